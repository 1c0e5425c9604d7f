// The report of the demonstration on slices whose result is known.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aurocTable, type DemoSlice, localisationTable } from '../../src-main/cli/demo/demo-report.ts';
import { temporaryFolder, writeGrey } from './residua.ts';

const slice = (name: string, kind: string, score: number, row: number): DemoSlice => ({
  name,
  kind,
  scores: new Map([
    ['WD patch', score],
    ['PCA residual', -score],
  ]),
  patches: new Map([['WD patch', { row, column: 0, size: 4 }]]),
});

const slices = [
  slice('n1.png', 'normal', 1, 0),
  slice('n2.png', 'normal', 3, 0),
  slice('a1.png', 'needle', 4, 0),
  slice('a2.png', 'needle', 2, 4),
];

describe('the report of the demonstration', () => {
  it('tells AUROC per kind and score, and the mean of the kinds', () => {
    expect(aurocTable(slices)).toBe('AUROC   WD patch  PCA residual\nneedle  0.75      0.25\nmean    0.75      0.25');
  });

  it('tells how often the highest patch is on the anomaly, and how often a random one would be', async () => {
    await using folder = await temporaryFolder();
    // The anomaly fills the upper half: 5 rows of positions, those at rows 0 to 3 overlap it.
    for (const name of ['a1.png', 'a2.png']) {
      await writeGrey(join(folder.path, name), 8, 8, (_, y) => (y < 4 ? 255 : 0));
    }
    expect(await localisationTable(slices, folder.path)).toBe(
      [
        'patch on the anomaly (a random one)  WD patch',
        'needle                               50 % (80 %)',
        'all                                  50 % (80 %)',
      ].join('\n'),
    );
  });
});

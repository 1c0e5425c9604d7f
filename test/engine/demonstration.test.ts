// The demonstration archive: as many slices of each kind as ordered, truth only where there is an anomaly, always the same.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { drawDemonstration } from '../../src-main/engine/demonstration.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { temporaryFolder } from '../cli/residua.ts';

describe('the demonstration archive', () => {
  it('holds what was ordered, with the truth about every anomaly', async () => {
    await using folder = await temporaryFolder();
    const order = { folder: folder.path, protocol: 'liver' as const, seed: 5, size: 32, normals: 2, perKind: 1 };
    const slices = await drawDemonstration(order, quiet);
    expect(slices.map(({ kind }) => kind)).toEqual([
      'normal',
      'normal',
      'needle',
      'ascites',
      'missing-segment',
      'clip',
    ]);
    for (const { name, kind, truth, box } of slices) {
      const image = await pixels(join(folder.path, 'images', name));
      expect([image.width, image.height]).toEqual([32, 32]);
      if (kind === 'normal') {
        expect([truth, box]).toEqual([null, null]);
        continue;
      }
      const mask = await pixels(join(folder.path, truth!));
      const marked = [...mask.samples].flatMap((value, at) => (value === 255 ? [at] : []));
      expect(marked.length).toBeGreaterThan(0);
      const columns = marked.map((at) => at % 32);
      expect([Math.min(...columns), Math.max(...columns)]).toEqual([box!.x, box!.x + box!.width - 1]);
    }
    const again = await readFile(join(folder.path, 'images', slices[2]!.name));
    await drawDemonstration(order, quiet);
    expect(await readFile(join(folder.path, 'images', slices[2]!.name))).toEqual(again);
  });
});

async function pixels(path: string) {
  return (await openImageFile({ name: path, bytes: await readFile(path) })).frame(0);
}

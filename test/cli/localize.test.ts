// residua localize as a process: the share of hits beside chance, what is left out, and bad files.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src-main/platform/csv.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const header = 'filename,dist,patch_size,patch_row,patch_column,patient\n';
/** The anomaly of every mask: 4x4 pixels from row 8, column 16. */
const anomaly = (x: number, y: number) => Number(x >= 16 && x < 20 && y >= 8 && y < 12);

describe('residua localize', () => {
  it('tells how often the highest patch lies on the anomaly, how much it covers, and what chance would do', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (const name of ['hit', 'half', 'missed']) await writeGrey(at(`masks/${name}.png`), 32, 24, anomaly);
    await writeGrey(at('masks/normal.png'), 32, 24, () => 0);
    const rows = [
      'hit.jpg,9,8,6,14,a',
      'half.jpg,8,8,10,14,a',
      'missed.jpg,7,8,0,0,b',
      'normal.jpg,1,8,0,0,c',
      'other.jpg,1,8,0,0,c',
    ];
    await writeFile(at('s.csv'), header + rows.join('\n'));
    const words = ['localize', '-s', at('s.csv'), '--mask_dir', at('masks'), '-o', at('l.csv')];
    const outcome = await residua(words);
    expect(outcome.code).toBe(0);
    // 8x8 patches at 17 x 25 places: 11 x 11 of them touch 4x4 pixels in the middle; each covers 1/17/25 of (5 + 6 * 0.5)² windows.
    expect(outcome.stdout).toContain(
      'Highest patch on the anomaly: 66.7 % (95 % interval 0.0 % to 100.0 %; a random patch: 28.5 %) of 3 images',
    );
    expect(outcome.stdout).toContain('Share of the anomaly that it covers: 50.0 %');
    expect(outcome.stdout).toContain('a random patch: 15.1 %');
    expect(outcome.stderr).toContain('2 images without a marked anomaly are left out');
    const found = parseCsv(await readFile(at('l.csv'), 'utf8'), 'l.csv', {
      filename: 'text',
      overlaps: 'number',
      covered: 'number',
    });
    expect(found).toEqual([
      { filename: 'hit.jpg', overlaps: 1, covered: 1 },
      { filename: 'half.jpg', overlaps: 1, covered: 0.5 },
      { filename: 'missed.jpg', overlaps: 0, covered: 0 },
    ]);
    const again = await residua(words);
    expect(again.stdout).toBe(outcome.stdout);
    expect((await residua([...words, '--by-patient'])).code).toBe(0);
  });

  it('names every row that cannot be judged, and what makes no sense at all', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeGrey(at('masks/a.png'), 32, 24, anomaly);
    await writeGrey(at('masks/small.png'), 16, 16, () => 1);
    await writeGrey(at('masks/without.png'), 32, 24, anomaly);
    await writeFile(at('masks/text.png'), 'no image');
    const rows = ['a.png,1,8,0,0,', 'small.png,1,8,12,0,', 'without.png,,8,,,', 'text.png,1,8,0,0,'];
    await writeFile(at('s.csv'), header + rows.join('\n'));
    const outcome = await residua(['localize', '-s', at('s.csv'), '-m', at('masks')]);
    expect(outcome).toMatchObject({ code: 0 });
    const skipped = outcome.stderr.split('\n').filter((line) => line.startsWith('skipped'));
    expect(skipped.map((line) => line.split(':')[0])).toEqual([
      'skipped small.png',
      'skipped without.png',
      'skipped text.png',
    ]);
    expect(outcome.stdout).toContain('of 1 images');

    await writeFile(at('whole.csv'), 'filename,dist\na.png,1\n');
    const whole = await residua(['localize', '-s', at('whole.csv'), '-m', at('masks')]);
    expect(whole.code).toBe(1);
    expect(whole.stderr).toContain('patch_size');
    await writeFile(at('none.csv'), `${header}b.png,1,8,0,0,\n`);
    const none = await residua(['localize', '-s', at('none.csv'), '-m', at('masks'), '-o', at('never.csv')]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('image with a patch and a marked anomaly');
    await expect(readFile(at('never.csv'))).rejects.toThrow('ENOENT');
  });
});

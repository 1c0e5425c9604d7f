// residua eval-recon as a process: published option names, the CSV, patches, reruns, and every kind of bad file.
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { readNpy } from '../../src-main/archive/numpy-file.ts';
import { parseCsv } from '../../src-main/platform/csv.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const columns = { filename: 'text', dist: 'optional-number', region: 'text', reason: 'optional-text' } as const;
const scoresOf = async (csv: string) => parseCsv(await readFile(csv, 'utf8'), csv, columns);
const square = (x: number, y: number) => x >= 20 && x < 28 && y >= 8 && y < 16;

describe('residua eval-recon', () => {
  it('takes the published option names and writes filename,dist first', async () => {
    await using folder = await temporaryFolder();
    const [o, r, op] = ['o', 'r', 'scores.csv'].map((name) => join(folder.path, name)) as [string, string, string];
    await writeGrey(join(o, 'a.png'), 40, 32, () => 10);
    await writeGrey(join(r, 'a.png'), 40, 32, () => 13);
    const outcome = await residua(['eval-recon', '-o', o, '-r', r, '-op', op, '-d', 'MSE', '-reg=full']);
    expect(outcome).toMatchObject({ code: 0, stdout: `MSE full of 1 images: ${op}\n` });
    expect((await readFile(op, 'utf8')).split('\n')[0]).toMatch(/^filename,dist,/);
    expect(await scoresOf(op)).toEqual([{ filename: 'a.png', dist: 9, region: 'full', reason: null }]);
  });

  it('saves the highest patch beside its reconstruction and the score of every position', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeGrey(at('o/a.png'), 40, 32, (x, y) => (square(x, y) ? 200 : 50));
    await writeGrey(at('r/a.png'), 40, 32, () => 50);
    const words = ['eval-recon', '--orig_dir', at('o'), '--recon_dir', at('r'), '--out_path', at('s.csv')];
    const patch = ['-d', 'WD', '-reg', 'patch', '-ps', '8', '-pp', at('patches'), '--map-path', at('maps')];
    expect(await residua([...words, ...patch])).toMatchObject({ code: 0 });
    expect(await scoresOf(at('s.csv'))).toMatchObject([{ dist: 150 }]);
    const pair = await (await openImageFile({ name: 'a.png', bytes: await readFile(at('patches/a.png')) })).frame(0);
    expect([pair.width, pair.height]).toEqual([16, 8]);
    expect([...pair.samples.slice(0, 16)]).toEqual([...Array(8).fill(200), ...Array(8).fill(50)]);
    const { shape, data } = await readNpy(at('maps/a.npy'));
    expect([shape, data[8 * 33 + 20], data[0]]).toEqual([[25, 33], 150, 0]);
  });

  it('names every file that cannot be scored, scores the rest, and keeps rows of earlier runs', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (const name of ['a', 'broken', 'cut', 'size', 'alone', 'black']) {
      await writeGrey(at(`o/${name}.png`), 32, 32, (x) => (name === 'black' ? 0 : x));
      if (name !== 'alone') await writeGrey(at(`r/${name}.png`), name === 'size' ? 16 : 32, 32, (x) => x);
    }
    await writeFile(at('o/broken.png'), 'no image at all');
    await truncate(at('o/cut.png'), 60);
    const words = ['eval-recon', '-o', at('o'), '-r', at('r'), '-op', at('s.csv'), '-reg', 'body'];
    const outcome = await residua(words);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toBe(`MSE body of 1 images: ${at('s.csv')}\n5 skipped\n`);
    const remarks = outcome.stderr.split('\n').filter((line) => line.startsWith('skipped'));
    expect(remarks.map((line) => line.split(':')[0])).toEqual(
      ['alone', 'black', 'broken', 'cut', 'size'].map((name) => `skipped ${name}.png`),
    );
    expect(outcome.stderr).not.toMatch(/ at .*\.ts/);
    expect(await scoresOf(at('s.csv'))).toEqual([
      { filename: 'a.png', dist: 0, region: 'body', reason: null },
      { filename: 'black.png', dist: null, region: 'body', reason: 'no body was found in the image' },
    ]);

    await rm(at('o/a.png'));
    await writeGrey(at('o/new.png'), 32, 32, (x) => x);
    await writeGrey(at('r/new.png'), 32, 32, (x) => x + 2);
    expect((await residua(words)).code).toBe(0);
    expect((await scoresOf(at('s.csv'))).map(({ filename, dist }) => [filename, dist])).toEqual([
      ['a.png', 0],
      ['black.png', null],
      ['new.png', 4],
    ]);
    const other = await residua([...words, '-d', 'WD']);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('expected WD body corrected, found MSE body corrected');
  });
});

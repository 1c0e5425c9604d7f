// residua eval-frd: two folders measured and compared from beginning to end, cached tables, masks, words for what cannot be.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usageMistake } from '../../src-main/cli/command.ts';
import { evalFrd } from '../../src-main/cli/commands/eval-frd.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { draw, goldenRadiomics } from '../statistics/radiomic-cases.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const { sets, v0, v1 } = goldenRadiomics.folders;

async function writeSets(folder: string): Promise<readonly [string, string]> {
  for (const [set, { seeds, ...how }] of sets.entries())
    for (const seed of seeds) {
      const [height, width] = how.shape as [number, number];
      const values = draw({ ...how, seed });
      await writeGrey(join(folder, `${set}`, `${seed}.png`), width, height, (x, y) => values[y * width + x]!);
    }
  return [join(folder, '0'), join(folder, '1')];
}
const distanceOf = (stdout: string) => Number(/^FRD \(v\d\): (.*)$/m.exec(stdout)?.[1]);

/** The command in this process: many cases, quickly. */
const evaluated = (words: readonly string[]) => {
  const silent = {
    ...quiet,
    print: () => {},
    remark: () => {},
    catalogFolder: '',
    catalogGiven: false,
    verbose: false,
  };
  return evalFrd({ name: 'eval-frd', summary: '', words }, () => silent);
};

describe('residua eval-frd', () => {
  it('is the distance of frd-score, also of cached features', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = await writeSets(folder.path);
    const [cache, csv] = [join(folder.path, 'features'), join(folder.path, 'frd.csv')];
    const measured = await residua(['eval-frd', first, second, '-F', cache, '-o', csv]);
    expect(measured).toMatchObject({ code: 0 });
    expect(Math.abs(distanceOf(measured.stdout) / v0 - 1)).toBeLessThan(1e-4);
    expect((await readFile(csv, 'utf8')).split('\n')[1]).toBe(
      `${first},${second},14,12,102,v0,minmax joint 0 7.45670747756958,${distanceOf(measured.stdout)}`,
    );
    const tables = ['0', '1'].map((set) => join(cache, `radiomics_set${set}_results.csv`));
    // frd-score ends its tables with empty rows, minima and maxima.
    const text = await readFile(tables[0]!, 'utf8');
    const commas = ','.repeat(text.split('\n', 1)[0]!.split(',').length - 1);
    await writeFile(tables[0]!, `${text}${commas}\nMin,${commas.replaceAll(',', ',0').slice(2)}\n`);
    const again = await residua(['eval-frd', ...tables]);
    expect(distanceOf(again.stdout)).toBe(distanceOf(measured.stdout));
    const cached = await residua(['eval-frd', ...tables, '--frd_version', 'v1']);
    expect(Math.abs(distanceOf(cached.stdout) - v1)).toBeLessThan(1e-4);
    expect(cached.stderr).toContain('not comparable');
  });

  it('measures inside masks, and says which image has none', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = await writeSets(folder.path);
    const masks = join(folder.path, 'masks');
    for (const { seeds } of sets)
      for (const seed of seeds.slice(1)) await writeGrey(join(masks, `${seed}.png`), 8, 9, (x) => (x < 4 ? 255 : 128));
    const cache = join(folder.path, 'features');
    const words = ['eval-frd', first, second, '-m', masks, masks, '-f', 'firstorder', 'shape2D', '-F', cache];
    const { code, stdout, stderr } = await residua(words);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('13 and 11 images, 27 features') });
    expect(stderr).toContain('skipped 101.png: mask not found: 101.png');
    const table = (await readFile(join(cache, 'radiomics_set0_results.csv'), 'utf8'))
      .split('\n')
      .map((row) => row.split(','));
    const column = table[0]!.indexOf('shape2D_PixelSurface');
    expect(table.slice(1, -1).map((row) => [row[1], row[column]])).toEqual(
      sets[0]!.seeds.slice(1).map((seed) => [`${seed}.png`, '36']),
    );
  });

  it('refuses what makes no sense, and writes nothing', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = [join(folder.path, 'two'), join(folder.path, 'two')];
    for (const name of ['a', 'b']) await writeGrey(join(first, `${name}.png`), 4, 4, (_, y) => 50 * y);
    const csv = join(folder.path, 'frd.csv');
    await writeGrey(join(folder.path, 'one', 'a.png'), 4, 4, (x) => 60 * x);
    const cases: readonly (readonly [readonly string[], 'usage' | 'failure', string])[] = [
      [[first], 'usage', 'dir2'],
      [[first, join(folder.path, 'none')], 'failure', 'none: no such file or folder'],
      [[first, join(folder.path, 'one')], 'usage', 'at least two images'],
      [[first, second, '-m', first], 'usage', 'expected two folders'],
      [[first, second, '-f', 'shape'], 'usage', 'no feature is left'],
      [[first, second, '-R', '0', 'x'], 'usage', '--norm-range'],
      [[first, second, '--bin-width', '0'], 'usage', '--bin-width'],
      [[first, second, '--bin-width', '0.01'], 'failure', 'image that can be measured'],
    ];
    for (const [words, kind, message] of cases) {
      const problem = await evaluated([...words, '-o', csv]).catch((error: unknown) => error);
      expect({ words, usage: usageMistake(problem) !== undefined || isProblem(problem, 'usage') }).toEqual({
        words,
        usage: kind === 'usage',
      });
      expect(usageMistake(problem) ?? inWords(problem)).toContain(message);
    }
    await expect(readFile(csv)).rejects.toThrow(/ENOENT/);
  });
});

// Every command of the table: its help, its published option names, and the ones that work on plain files.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isHelp, publishedSpelling } from '../../src-main/cli/command.ts';
import { commands } from '../../src-main/cli/commands.ts';
import type { Context } from '../../src-main/cli/context.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { temporaryFolder, writeGrey } from './residua.ts';

/** Runs a command in this process; what it printed, and its remarks. */
async function run(name: string, ...words: string[]) {
  const printed: string[] = [];
  const remarks: string[] = [];
  const context: Context = {
    ...quiet,
    print: (line) => printed.push(line),
    remark: (line) => remarks.push(line),
    catalogFolder: '/no/catalog',
    catalogGiven: true,
    verbose: false,
  };
  const { load, summary } = commands[name]!;
  await (await load())({ name, summary, words }, () => context);
  return { printed: printed.join('\n'), remarks };
}

/** The published options of each tool, defaults included, as its help names them. */
const published: Readonly<Record<string, readonly string[]>> = {
  project: ['--network', '--target', '--outdir', '--num-steps', 'default: 1000', '--seed', 'default: 303', '--mode'],
  'eval-recon': ['-o,', '-r,', '-op is', '-d,', '-reg is', '-ps is', 'default: 32', '-pp is'],
  'eval-ad': ['-a,', '-b,', '-o,', '-n,', 'default: 50'],
  'permutation-test': ['-c1 is', '-c2 is', '-n1 is', '-n2 is', 'default: AUROC'],
  'find-best-fid': ['-f,'],
  'dicom-to-nifti': ['--in-dir', '--out-dir'],
  'window-level': ['-i,', '-o,', '-w,', 'default: 350', '-l,', 'default: 50'],
  slice: ['--in-dir', '--out-dir', '--mask-dir'],
  'png-conversion': ['--in-dir', '--out-dir'],
  'preprocess-midrc': ['--in-dir', '--out-dir'],
  'rescale-images': ['-i,', '-o,', '-r,', 'default: 512'],
  'split-dataset': ['--in-dir', '--out-dir1', '--out-dir2'],
  'add-noise': ['-i,', '-o,', '-t,', '-m,', '-v,', 'default: 0.01', '-k,', 'default: 5,5', '-s,'],
};

describe('every command', () => {
  it.each(Object.keys(commands))('%s has help that names its published options', async (name) => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const error = await run(name, '--help').catch((error: unknown) => error);
    spy.mockRestore();
    expect(isHelp(error)).toBe(true);
    const help = written.join('');
    expect(help).toContain(`Usage: residua ${name}`);
    for (const part of published[name] ?? []) expect(help.replace(/\s+/g, ' ')).toContain(part);
  });

  it('understands the spellings of argparse and click', () => {
    const aliases = { '-op': 'out-path' };
    expect(publishedSpelling(['-op', 'x', '--in_dir=a_b', '-op=y', '--', '--in_dir'], aliases)).toEqual([
      '--out-path',
      'x',
      '--in-dir=a_b',
      '--out-path=y',
      '--',
      '--in_dir',
    ]);
  });
});

describe('eval-ad and permutation-test', () => {
  const csv = (values: readonly number[]) => `filename,dist\n${values.map((v, i) => `${i}.png,${v}`).join('\n')}\n`;

  it('tell the AUROC with its interval, and write every resample', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('a.csv'), csv([2, 3, 4, 5]));
    await writeFile(at('b.csv'), csv([1, 2, 3, 0]));
    const { printed } = await run('eval-ad', '-a', at('a.csv'), '-b', at('b.csv'), '-o', at('o.csv'), '-n', '7');
    expect(printed).toContain('AUROC of all images: 0.8750');
    expect(printed).toContain('4 anomalous, 4 baseline images');
    const lines = (await readFile(at('o.csv'), 'utf8')).trim().split('\n');
    expect([lines[0], lines.length]).toEqual(['AUROC', 8]);

    await writeFile(at('one.csv'), `AUROC\n${Array(10).fill(0.9).join('\n')}\n`);
    await writeFile(at('two.csv'), `AUROC\n${Array(10).fill(0.5).join('\n')}\n`);
    const words = ['-c1', at('one.csv'), '-c2', at('two.csv'), '--permutations', '1000', '--simulations', '20'];
    const test = await run('permutation-test', ...words);
    expect(test.printed).toMatch(/^Difference of the means: 0\.4/);
    expect(test.printed).toMatch(/p-value: 0\.00/);
    expect(test.printed).toContain('image-level tests');
  });

  it('refuse a missing column, an empty group and one that is no CSV', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('a.csv'), csv([1]));
    await writeFile(at('none.csv'), 'filename,dist\nx.png,\n');
    await writeFile(at('other.csv'), 'file,score\nx,1\n');
    const evaluate = (b: string) => run('eval-ad', '-a', at('a.csv'), '-b', at(b), '-o', at('o.csv'));
    await expect(evaluate('none.csv')).rejects.toMatchObject({ kind: 'content', values: { reason: 'holds no score' } });
    await expect(evaluate('other.csv')).rejects.toMatchObject({ values: { reason: 'has no column dist' } });
  });
});

describe('tools on files', () => {
  it('find-best-fid names the lowest, and ties', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'metric-fid50k_full.jsonl');
    const lines = [30, 12.5, 14, 12.5].map((fid, i) =>
      JSON.stringify({ results: { fid50k_full: fid }, snapshot_pkl: `network-snapshot-00000${i}.pkl`, metric: 'x' }),
    );
    await writeFile(file, `${lines.join('\n')}\n`);
    const { printed } = await run('find-best-fid', '-f', file);
    expect(printed).toContain('Best FID: 12.5 with network-snapshot-000001.pkl (the first of 2 that tie)');
    await writeFile(file, 'no json\n');
    await expect(run('find-best-fid', '-f', file)).rejects.toMatchObject({ kind: 'content' });
  });

  it('rescale-images writes squares, names what it skipped, and keeps what is there', async () => {
    await using folder = await temporaryFolder();
    const [i, o] = [join(folder.path, 'in'), join(folder.path, 'out')];
    await writeGrey(join(i, 'a.png'), 20, 10, (x) => x);
    await writeFile(join(i, 'b.png'), 'no image');
    const first = await run('rescale-images', '--in_dir', i, '--out_dir', o, '-r', '8');
    expect(first.printed).toBe('1 written\n1 skipped');
    expect(first.remarks).toEqual(['skipped b.png: not a format that Residua reads (text)']);
    expect((await run('rescale-images', '-i', i, '-o', o, '-r', '8')).printed).toContain('1 were there already');
  });
});

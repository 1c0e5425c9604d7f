// What people and archives do to a program: each failure is one line, the rest goes on, nothing is lost or done twice.
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { listRuns } from '../../src-main/catalog/tables/runs.ts';
import { rawZip } from '../archive/raw-zip.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const network = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('bad input', { timeout: 300_000 }, () => {
  it('import names every file that it cannot take, takes the others, and counts', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'archive');
    await writeGrey(join(source, 'good.png'), 12, 12, (x) => x);
    await writeGrey(join(source, 'cut.png'), 12, 12, (x, y) => (x * 37 + y * 91) % 256);
    await truncate(join(source, 'cut.png'), 70);
    await writeFile(join(source, 'text.dcm'), 'no image at all');
    await writeFile(join(source, 'empty.nii'), '');
    const inside = await encodePng(12, 12, 1, new Uint8Array(144).fill(9));
    const hostile = rawZip([
      { name: '../../escaped.png', content: inside },
      { name: 'fine.png', content: inside },
    ]);
    await writeFile(join(source, 'hostile.zip'), hostile);
    const catalog = join(folder.path, 'catalog');
    const { code, stdout, stderr } = await residua(['import', source, '--catalog', catalog]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 images imported, 4 skipped\n' });
    const skipped = lines(stderr).filter((line) => line.startsWith('skipped '));
    expect(skipped.map((line) => /^skipped ([^:]+)/.exec(line)![1]).sort()).toEqual([
      'cut.png',
      'empty.nii',
      'hostile.zip/../../escaped.png',
      'text.dcm',
    ]);
    expect(skipped.find((line) => line.includes('hostile.zip'))).toContain('leaves its folder');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await readdir(folder.path)).toEqual(['archive', 'catalog']);
    const missing = await residua(['import', join(folder.path, 'nowhere'), '--catalog', catalog]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('no such file or folder');
  });

  it('files that a DICOMDIR lists and that are missing are named by every command on folders', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('in/IMAGES'), { recursive: true });
    await copyFile(new URL('../golden/archive/dicom/DICOMDIR', import.meta.url), at('in/DICOMDIR'));
    await writeFile(at('in/IMAGES/ONE'), await encodePng(8, 8, 1, new Uint8Array(64).fill(7)));
    const [input, output] = [
      ['-i', at('in')],
      ['-o', at('out')],
    ];
    for (const words of [
      ['train', '--data', at('in'), '--outdir', at('out'), '--metrics', 'none', '--dry-run'],
      ['slice', ...input, ...output],
      ['png-conversion', ...input, ...output],
      ['rescale-images', ...input, ...output],
      ['add-noise', ...input, ...output],
      ['window-level', ...input, ...output],
      ['dicom-to-nifti', ...input, ...output],
      ['split-dataset', ...input, '--out-dir1', at('a'), '--out-dir2', at('b')],
    ]) {
      const { stderr } = await residua(words);
      const named = lines(stderr).filter((line) => line.includes('file of DICOMDIR not found: IMAGES/TWO'));
      expect({ command: words[0], named: named.length }, stderr).toEqual({ command: words[0], named: 1 });
    }
  });

  it('a network that is none, or names what it must not, is refused by name', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeGrey(at('in/a.png'), 32, 32, (x) => x);
    // Protocol 2: os.system('true') as a reduce of a global.
    await writeFile(at('evil.pkl'), Buffer.from('\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.', 'latin1'));
    await writeFile(at('text.pkl'), 'hello');
    await writeFile(at('empty.safetensors'), '');
    const project = (file: string) =>
      residua(['project', '--network', at(file), '--target', at('in'), '--outdir', at('out'), '--num-steps', '1']);
    for (const [file, reason] of [
      ['evil.pkl', 'refers to os.system, which Residua does not load'],
      ['text.pkl', 'not a format that Residua reads'],
      ['empty.safetensors', 'an empty file'],
      ['absent.pkl', 'no such file or folder'],
    ] as const) {
      const { code, stderr } = await project(file);
      expect({ file, code }).toEqual({ file, code: 1 });
      expect(lines(stderr).at(-1)).toContain(`${at(file)}`);
      expect(lines(stderr).at(-1)).toContain(reason);
    }
  });

  it('images that do not fit a network are skipped with the reason', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('in'));
    await writeFile(at('in/deep.png'), await encodePng(32, 32, 1, new Uint16Array(1024).fill(40_000)));
    await writeGrey(at('in/plain.png'), 40, 32, (x) => x);
    const { code, stdout, stderr } = await residua([
      'project',
      '--network',
      network,
      '--target',
      at('in'),
      '--outdir',
      at('out'),
      '--num-steps',
      '1',
      '--loss',
      'pixel',
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `1 images projected: ${at('out')}\n1 skipped\n` });
    expect(stderr).toContain('skipped deep.png: image for the recipe "as-is": expected 8-bit levels, found 16-bit PNG');
    const { code: none, stderr: why } = await residua(
      ['project', '--network', network, '--target', at('in'), '--outdir', at('out'), '--loss', 'lpips'],
      { RESIDUA_WEIGHTS: at('weights') },
    );
    expect(none).toBe(1);
    expect(why).toContain('weights of the loss lpips not found');
  });

  it('a command that is killed has lost nothing: the same command completes the work exactly once', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (let i = 0; i < 4; i++) await writeGrey(at(`in/${i}.png`), 32, 32, (x, y) => (x * i + y) % 256);
    const words = ['run', at('in'), '--catalog', at('catalog'), '--network', network];
    const settings = ['--num-steps', '40', '--loss', 'pixel', '--patch-size', '8'];
    const child = spawn(process.execPath, [main, ...words, ...settings], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const stored = async () => {
      const run = runsOf(at('catalog')).find(({ kind }) => kind === 'project');
      return run?.done ?? 0;
    };
    while ((await stored()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await ended;
    while (runsOf(at('catalog')).some(({ state }) => state === 'running')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const before = runsOf(at('catalog')).find(({ kind }) => kind === 'project')!;
    expect(before).toMatchObject({ state: 'interrupted', total: 4 });
    const { code, stdout } = await residua([...words, ...settings]);
    expect(code).toBe(0);
    expect(stdout).toContain(`run ${before.id}: 4 images scored\n`);
    const projections = runsOf(at('catalog')).filter(({ kind }) => kind === 'project');
    expect(projections).toMatchObject([{ id: before.id, state: 'done', done: 4, skipped: 0, total: 4 }]);
    const files = await readdir(at(`catalog/reconstructions/${before.id}`));
    expect(files.filter((name) => name.endsWith('.png')).length).toBe(4);
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

function runsOf(folder: string) {
  try {
    const catalog = openCatalog(folder);
    try {
      return listRuns(catalog);
    } finally {
      catalog.close();
    }
  } catch {
    // The command has not made it yet.
    return [];
  }
}

describe('a command that could use no file', { timeout: 120_000 }, () => {
  it.each([
    ['import', (source: string, out: string) => ['import', source, '--catalog', out]],
    ['rescale-images', (source: string, out: string) => ['rescale-images', '-i', source, '-o', out, '-r', '16']],
    ['window-level', (source: string, out: string) => ['window-level', '-i', source, '-o', out]],
  ] as const)('%s exits with 1', async (_, words) => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'source'));
    await writeFile(join(folder.path, 'source', 'a.png'), 'no picture');
    const { code, stderr } = await residua(words(join(folder.path, 'source'), join(folder.path, 'out')));
    expect(stderr).toContain('skipped');
    expect(code).toBe(1);
  });
});

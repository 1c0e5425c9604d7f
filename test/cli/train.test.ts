// residua train as a person calls it: plans, refusals, folders of runs, Ctrl-C and going on, a cohort of a catalog.
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { type Outcome, residua, temporaryFolder, writeGrey } from './residua.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...parts: string[]) => join(folder.path, ...parts);
beforeAll(async () => {
  folder = await temporaryFolder();
  const level = (i: number) => (x: number, y: number) => ((x - 4) ** 2 + (y - (i % 8)) ** 2 < 9 ? 200 - i : 20);
  for (let i = 0; i < 12; i++) await writeGrey(at('images', `${i}.png`), 8, 8, level(i));
});
afterAll(() => folder[Symbol.asyncDispose]());

const tiny = '--batch 16 --channel-base 64 --channel-max 4 --latent-size 8 --threads 1 --workers 1'.split(' ');
const train = (...words: string[]) => residua(['train', '--data', at('images'), '--outdir', at('runs'), ...words]);

describe('residua train', () => {
  it('prints the full configuration with --dry-run and leaves nothing', async () => {
    const { code, stdout } = await train('--metrics', 'none', '--dry-run', '--cfg', 'paper256', '--gamma', '3');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dataset: { images: 12, resolution: 8, channels: 1 },
      r1Gamma: 3,
      batch: 64,
      generator: { mapping_kwargs: { num_layers: 8 } },
      augmentation: { adaptive: { target: 0.6 } },
    });
    expect(await readdir(at())).toEqual(['images']);
  });

  it.each<[string, number, readonly string[], string]>([
    ['a metric that there is not', 2, ['--metrics', 'fid9'], '--metrics fid9'],
    ['--p without --aug fixed', 2, ['--metrics', 'none', '--p', '0.2'], '--p can only be specified with --aug=fixed'],
    ['labels that there are not', 2, ['--metrics', 'none', '--cond'], '--cond=True requires labels'],
    ['a subset beyond the images', 2, ['--metrics', 'none', '--subset', '13'], 'between 1 and 12'],
    ['a network that is not there', 1, ['--metrics', 'none', '--resume', '/no/net.pkl'], '/no/net.pkl'],
    ['a known network that is not there', 1, ['--metrics', 'none', '--resume', 'ffhq256'], 'ffhq-res256-mirror'],
    ['a network by its address', 2, ['--metrics', 'none', '--resume', 'https://x.org/a.pkl'], 'downloads nothing'],
    ['a window without width', 2, ['--metrics', 'none', '--window', '40'], 'expected auto, each or CENTER,WIDTH'],
    ['a window of no width', 2, ['--metrics', 'none', '--window', '40,0'], 'expected auto, each or CENTER,WIDTH'],
    [
      'two windows',
      2,
      ['--metrics', 'none', '--window', '40,400', '--window-level', '40', '--window-width', '400'],
      'give one or the other',
    ],
    ['half a window', 2, ['--metrics', 'none', '--window-level', '40'], '--window-width'],
  ])('refuses %s with one line', async (_, code, words, message) => {
    const outcome = await train(...words);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
    expect(await readdir(at())).toEqual(['images']);
  });

  it('does not call an option that turns something off true by default', async () => {
    const { stdout } = await residua(['train', '--help']);
    expect(stdout).toMatch(/--no-path-length\s+no path length regularisation\n/);
  });

  it('leaves out a metric whose weights are missing, and other devices, with one line each', async () => {
    const { code, stdout, stderr } = await train('--weights', '/nowhere', '--dry-run', '--gpus', '2');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ metrics: [], batch: 32 });
    const lines = stderr.trim().split('\n');
    expect(lines.filter((line) => line.includes('the metric fid50k_full is left out'))).toHaveLength(1);
    expect(stderr).toContain('/nowhere/inception-2015-12-05.pt is not there');
    expect(lines.filter((line) => line.includes('--gpus 2: without effect'))).toHaveLength(1);
    expect(await readdir(at())).toEqual(['images']);
  });

  it('refuses images of mixed sizes by name, unless they are resized; others are left out by name', async () => {
    await writeGrey(at('mixed', 'a.png'), 8, 8, () => 1);
    await writeGrey(at('mixed', 'b.png'), 16, 8, () => 1);
    await writeFile(at('mixed', 'notes.txt'), 'no image');
    const words = ['train', '--data', at('mixed'), '--outdir', at('none'), '--metrics', 'none', '--dry-run'];
    const refused = await residua(words);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('size of b.png: expected 8 x 8 x 1, found 16 x 8 x 1');
    const resized = await residua([...words, '--resolution', '32']);
    expect(resized.stderr).toContain('skipped notes.txt');
    expect(JSON.parse(resized.stdout)).toMatchObject({ dataset: { images: 2, resolution: 32 } });
  });

  it('reads volumes at their full depth, one image per slice, through a window', async () => {
    await mkdir(at('volumes'));
    await writeFile(
      at('volumes', 'a.nii'),
      volume([8, 8, 3], (i) => i * 10 - 1000),
    );
    await writeFile(
      at('volumes', 'b.nii'),
      volume([8, 8, 2], (i) => i),
    );
    const words = ['train', '--data', at('volumes'), '--outdir', at('none'), '--metrics', 'none', '--dry-run'];
    const intensity = { type: 'window', center: 0, width: 2000 };
    for (const window of [
      ['--window-level', '0', '--window-width', '2000'],
      ['--window', '0,2000'],
    ]) {
      const { stdout } = await residua([...words, ...window]);
      expect(JSON.parse(stdout)).toMatchObject({ dataset: { images: 5, resolution: 8 }, recipe: { intensity } });
    }
    const stretched = await residua(words);
    expect(JSON.parse(stretched.stdout)).toMatchObject({ recipe: { intensity: { type: 'min-max' } } });
    expect(stretched.stderr).toContain('each image is stretched from its own minimum to its own maximum');
    expect(stretched.stderr).toContain('turned for display, each volume by its own affine');
    await writeFile(
      at('volumes', 'c.nii'),
      volume([8, 8, 1], (i) => (i === 5 ? Number.NaN : i)),
    );
    const refused = await residua(words);
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('samples of c.nii: expected numbers, found NaN'),
    });
  });

  it('goes on after Ctrl-C with the same command, and ends as if it had not been stopped', async () => {
    const words = ['--metrics', 'none', '--aug', 'noaug', '--kimg', '2', ...tiny];
    const name = '00000-images-auto1-kimg2-batch16-noaug-base64-max4-latent8';
    const whole = await residua(['train', '--data', at('images'), '--outdir', at('whole'), ...words]);
    expect(whole.code, whole.stderr).toBe(0);
    expect(whole.stdout).toContain(join('whole', name, 'network-snapshot-000002.safetensors'));

    const stopped = await interrupted(
      ['train', '--data', at('images'), '--outdir', at('parts'), ...words],
      /training: /,
    );
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('the same command resumes where this one stopped');
    expect(await readdir(at('parts'))).toEqual([name]);
    const resumed = await residua(['train', '--data', at('images'), '--outdir', at('parts'), ...words]);
    expect(resumed.stderr).toContain(`resuming in ${at('parts', name)}`);
    const state = 'training-state-000002.safetensors';
    const [a, b] = await Promise.all(['whole', 'parts'].map((outdir) => readFile(at(outdir, name, state))));
    expect(a!.equals(b!)).toBe(true);

    const { provenance, recipe, networks } = await readNetworks(
      at('whole', name, 'network-snapshot-000002.safetensors'),
    );
    expect(recipe).toMatchObject({ intensity: { type: 'as-is' }, resolution: 8, channels: 1 });
    expect(provenance).toMatchObject({ imagesShown: 2000, device: 'cpu', dataset: { images: 12 } });
    expect(provenance.featurePowers).toEqual({ pixels: expect.any(Number), blocks: [expect.any(Number)], images: 12 });
    expect(Object.keys(networks).sort()).toEqual(['D', 'G', 'G_ema']);
  }, 240_000);

  it('begins another run from a finished network, and refuses one that does not fit', async () => {
    const outdir = ['--outdir', at('transfer'), '--metrics', 'none', '--aug', 'noaug', '--kimg', '1'];
    const source = at(
      'whole',
      '00000-images-auto1-kimg2-batch16-noaug-base64-max4-latent8',
      'network-snapshot-000002.safetensors',
    );
    const words = ['train', '--data', at('images'), ...outdir, '--resume', source, ...tiny];
    const { code, stdout, stderr } = await residua([...words, '--freezed', '2']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('-resumecustom-freezed2');
    const before = (await readNetworks(source)).networks.D!.tensors;
    const after = (await readNetworks(stdout.trim().split(': ')[1]!)).networks.D!.tensors;
    const same = [...before].filter(([key, { data }]) => data.every((value, i) => value === after.get(key)!.data[i]));
    const trained = same.map(([key]) => key).filter((key) => !key.endsWith('resample_filter'));
    expect(trained.sort()).toEqual(['b8.conv0.bias', 'b8.conv0.weight', 'b8.fromrgb.bias', 'b8.fromrgb.weight']);
    const wider = await residua([...words, '--channel-max', '6']);
    expect(wider.code).toBe(1);
    expect(wider.stderr).toMatch(/G\.synthesis\.b4\.const of .*: expected \[6,4,4\], found \[4,4,4\]/);
    expect((await readdir(at('transfer'))).length).toBe(1);
  }, 240_000);

  it('trains on a cohort, and the catalog keeps the model and the run', async () => {
    const catalog = ['--catalog', at('catalog')];
    expect((await residua(['import', at('images'), '--cohort', 'normals', ...catalog])).code).toBe(0);
    const words = ['--metrics', 'none', '--aug', 'noaug', '--kimg', '1', ...tiny.slice(0, -4)];
    const { code, stdout, stderr } = await residua([
      'train',
      '--cohort',
      'normals',
      '--name',
      'small',
      ...words,
      ...catalog,
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('the model is called small');
    expect(await readdir(at('catalog', 'trainings'))).toEqual(['run-2']);
    expect(await readdir(at('catalog', 'trainings', 'run-2'))).toContain('network-snapshot-000001.safetensors');
    const both = await residua(['train', '--cohort', 'normals', '--data', at('images'), ...catalog]);
    expect(both.code).toBe(2);
  }, 240_000);
});

/** Runs a command and presses Ctrl-C when its standard error shows something. */
function interrupted(words: readonly string[], shows: RegExp): Promise<Outcome> {
  const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    if (!shows.test(stderr) && shows.test(stderr + text)) child.kill('SIGINT');
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr })));
}

/** A NIfTI-1 file of float32 voxels (nifti1.h): 348 bytes of header, four of no extension, voxels. */
function volume(size: readonly [number, number, number], value: (index: number) => number): Uint8Array {
  const count = size[0] * size[1] * size[2];
  const bytes = new DataView(new ArrayBuffer(352 + 4 * count));
  bytes.setInt32(0, 348, true);
  for (const [i, length] of [3, ...size, 1, 1, 1, 1].entries()) bytes.setInt16(40 + 2 * i, length, true);
  bytes.setInt16(70, 16, true);
  bytes.setInt16(72, 32, true);
  for (let i = 0; i < 4; i++) bytes.setFloat32(76 + 4 * i, 1, true);
  bytes.setFloat32(108, 352, true);
  bytes.setFloat32(112, 1, true);
  for (const [i, letter] of [...'n+1'].entries()) bytes.setUint8(344 + i, letter.charCodeAt(0));
  for (let i = 0; i < count; i++) bytes.setFloat32(352 + 4 * i, value(i), true);
  return new Uint8Array(bytes.buffer);
}

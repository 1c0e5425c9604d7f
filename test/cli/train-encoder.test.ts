// residua train-encoder as a person calls it, and what its network does: reconstruct in one pass, start an optimisation.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { main, residua, temporaryFolder, writeGrey } from './residua.ts';

const network = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...parts: string[]) => join(folder.path, ...parts);
beforeAll(async () => {
  folder = await temporaryFolder();
  const level = (i: number) => (x: number, y: number) =>
    ((x - 16) ** 2 + (y - 12 - (i % 8)) ** 2 < 80 ? 180 : 40) + ((x * 7 + y * 3 + i) % 11);
  for (let i = 0; i < 20; i++) await writeGrey(at('normals', `${i}.png`), 32, 32, level(i));
}, 60_000);
afterAll(() => folder[Symbol.asyncDispose]());

const tiny = '--batch 4 --threads 1 --workers 1'.split(' ');
const words = (outdir: string, ...more: string[]) => [
  ...['train-encoder', '--network', network, '--data', at('normals'), '--outdir', at(outdir), ...tiny, ...more],
];
const trained = () => at('runs', '00000-normals-encoder', 'network-encoder.safetensors');
const levelsOf = async (path: string) =>
  [...(await (await openImageFile({ name: path, bytes: await readFile(path) })).frame(0)).samples].map(Number);

describe('residua train-encoder', { timeout: 240_000 }, () => {
  it('prints the full configuration with --dry-run and leaves nothing', async () => {
    const { code, stdout } = await residua(words('dry', '--images', '40', '--dry-run'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dataset: { images: 20, resolution: 32, channels: 1 },
      ...{ totalKimg: 0.04, batch: 4, generated: 2, heldOut: 2, pixelWeight: 4, latentWeight: 0.002 },
      encoder: { num_ws: 8 },
    });
    expect(await readdir(at())).toEqual(['normals']);
  });

  it.each<[string, number, readonly string[], string]>([
    ['no network', 2, ['--data', '@normals', '--outdir', '@none'], '--network'],
    ['no images', 1, ['--network', network, '--data', '@nowhere', '--outdir', '@none'], 'nowhere'],
    ['no folder for the run', 2, ['--network', network, '--data', '@normals'], '--outdir is required'],
    ['a batch of one', 2, ['--network', network, '--data', '@normals', '--outdir', '@none', '--batch', '1'], '--batch'],
  ])('refuses %s with one line', async (_, code, options, message) => {
    const outcome = await residua(['train-encoder', ...options.map((word) => word.replace('@', `${folder.path}/`))]);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
  });

  it('writes the network with its encoder, what it was trained on and what normals reach', async () => {
    const { code, stdout, stderr } = await residua(words('runs', '--kimg', '0.04'));
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: expect.stringContaining(trained()) });
    expect(stderr).toMatch(/kimg 0\.0, loss \d+\.\d{4}, held-out loss \d+\.\d{4}/);
    expect(await readdir(at('runs', '00000-normals-encoder'))).toContain('reconstructions000000040.png');
    const { networks, recipe, provenance } = await readNetworks(trained());
    expect(Object.keys(networks).sort()).toEqual(['D', 'E', 'G_ema']);
    expect(recipe).toMatchObject({ resolution: 32, channels: 1 });
    const quantiles = { '0.5': expect.any(Number), '0.9': expect.any(Number), '0.99': expect.any(Number) };
    expect(provenance).toMatchObject({
      featurePowers: { pixels: expect.any(Number) },
      encoder: {
        imagesShown: 40,
        heldOut: [expect.any(String), expect.any(String)],
        normals: { images: 2, reconstructionLoss: quantiles, latentDistance: quantiles },
      },
    });
    const shown = await residua(['inspect-network', trained()]);
    expect(shown.stdout).toContain('E: {"num_ws":8');
  });

  it('reconstructs by its encoder where nothing else is asked for, in latents that generate reads', async () => {
    const project = (outdir: string, ...more: string[]) =>
      residua(['project', '--network', trained(), '--target', at('normals', '3.png'), '--outdir', at(outdir), ...more]);
    const { code, stderr } = await project('encoded');
    expect(code, stderr).toBe(0);
    const drawn = await residua([
      ...[
        'generate',
        '--network',
        trained(),
        '--projected-w',
        at('encoded', 'latents', '3.npz'),
        '--outdir',
        at('drawn'),
      ],
    ]);
    expect(drawn.code, drawn.stderr).toBe(0);
    const [encoded, generated] = await Promise.all([at('encoded', '3.png'), at('drawn', 'proj00.png')].map(levelsOf));
    expect(Math.max(...encoded!.map((level, i) => Math.abs(level - generated![i]!)))).toBeLessThanOrEqual(1);

    // One step with next to no learning rate leaves it where it started.
    const still = ['--num-steps', '1', '--learning-rate', '1e-9', '--space', 'w+', '--loss', 'pixel'];
    const started = await project('started', '--start', 'encoder', ...still);
    expect(started.code, started.stderr).toBe(0);
    expect(await levelsOf(at('started', '3.png'))).toEqual(encoded);
    const mean = await project('mean', '--inverse', 'optimise', ...still);
    expect(mean.code, mean.stderr).toBe(0);
    expect(await levelsOf(at('mean', '3.png'))).not.toEqual(encoded);
    const without = await residua([
      ...[
        'project',
        '--network',
        network,
        '--target',
        at('normals', '3.png'),
        '--outdir',
        at('x'),
        '--inverse',
        'encoder',
      ],
    ]);
    expect({ code: without.code, stderr: without.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('encoder for --inverse encoder (residua train-encoder makes one) not found'),
    });
  });

  it('resumes what Ctrl-C has stopped, bit by bit', async () => {
    const longer = ['--kimg', '0.4'];
    const child = spawn(process.execPath, [main, ...words('stopped', ...longer)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    let text = '';
    child.stderr.on('data', (part) => {
      if (!/training: /.test(text) && /training: /.test(text + part)) child.kill('SIGINT');
      text += part;
    });
    expect(await ended).toBe(1);
    const again = await residua(words('stopped', ...longer));
    expect(again.stderr).toContain('resuming in');
    const whole = await residua(words('whole', ...longer));
    expect({ again: again.code, whole: whole.code }).toEqual({ again: 0, whole: 0 });
    const [a, b] = await Promise.all(
      ['stopped', 'whole'].map((name) => readFile(at(name, '00000-normals-encoder', 'network-encoder.safetensors'))),
    );
    expect(a!.equals(b!)).toBe(true);
  });
});

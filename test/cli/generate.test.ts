// residua generate: published seeds, truncation, noise modes and projected latents, on a small published pickle.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src-main/archive/numpy-file.ts';
import { golden } from '../networks/golden.ts';
import { residua, temporaryFolder } from './residua.ts';

const network = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const generate = (outdir: string, ...words: string[]) =>
  residua(['generate', '--network', network, '--outdir', outdir, ...words]);
const pixels = async (file: string) => Uint8Array.from(await sharp(file).toColourspace('b-w').raw().toBuffer());

describe('residua generate', () => {
  it('draws projected latents as the published generator, truncated to levels', async () => {
    await using folder = await temporaryFolder();
    const { tensors } = golden('stylegan2/tiny-networks.safetensors');
    await writeNpz(join(folder.path, 'w.npz'), { w: tensors.get('ws')! });
    for (const mode of ['const', 'none'] as const) {
      const outdir = join(folder.path, mode);
      const { code, stderr } = await generate(
        outdir,
        '--projected-w',
        join(folder.path, 'w.npz'),
        '--noise-mode',
        mode,
      );
      expect(code, stderr).toBe(0);
      expect(await readdir(outdir)).toEqual(['proj00.png', 'proj01.png', 'proj02.png', 'proj03.png']);
      const { data } = tensors.get(`img_${mode}`)!;
      const size = data.length / 4;
      for (let i = 0; i < 4; i++) {
        const found = await pixels(join(outdir, `proj0${i}.png`));
        const levels = data.subarray(i * size, (i + 1) * size).map((x) => Math.min(255, Math.max(0, x * 127.5 + 128)));
        // Where the value is a whole level but for rounding, its truncation may be the one below.
        expect(found.every((level, p) => level <= levels[p]! + 0.02 && level > levels[p]! - 1.02)).toBe(true);
      }
    }
  });

  it('names images by their seeds and draws the same ones again', async () => {
    await using folder = await temporaryFolder();
    const [a, b] = [join(folder.path, 'a'), join(folder.path, 'b')];
    const { stdout } = await generate(a, '--seeds', '85,297-298', '--noise-mode', 'random');
    expect(stdout).toBe(`3 images: ${a}\n`);
    expect(await readdir(a)).toEqual(['seed0085.png', 'seed0297.png', 'seed0298.png']);
    await generate(b, '--seeds', '298', '--noise-mode', 'random');
    const read = (outdir: string) => readFile(join(outdir, 'seed0298.png'));
    expect((await read(a)).equals(await read(b))).toBe(true);
  });

  it('draws the mean image when truncated to nothing', async () => {
    await using folder = await temporaryFolder();
    const outdir = join(folder.path, 'out');
    await generate(outdir, '--seeds', '1,2', '--trunc', '0');
    const [one, two] = await Promise.all(['seed0001.png', 'seed0002.png'].map((name) => pixels(join(outdir, name))));
    expect(one).toEqual(two);
    const average = golden('stylegan2/tiny-weights.safetensors').tensors.get('G.mapping.w_avg')!;
    await writeNpz(join(folder.path, 'mean.npz'), { w: { shape: [1, 1, average.data.length], data: average.data } });
    await generate(outdir, '--projected-w', join(folder.path, 'mean.npz'));
    expect(await pixels(join(outdir, 'proj00.png'))).toEqual(one);
  });

  it('mixes styles into a sheet, and walks in a film', async () => {
    await using folder = await temporaryFolder();
    const outdir = join(folder.path, 'out');
    const { code, stdout, stderr } = await generate(outdir, '--rows', '85', '--cols', '55,293', '--styles', '0-1');
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: `5 images and grid.png: ${outdir}\n` });
    const sheet = sharp(await readFile(join(outdir, 'grid.png')));
    const side = (await sharp(join(outdir, '85-85.png')).metadata()).width;
    expect(await sheet.metadata()).toMatchObject({ width: 3 * side, height: 2 * side });
    const at = async (left: number, top: number) => {
      const area = { left: left * side, top: top * side, width: side, height: side };
      return Uint8Array.from(await sheet.clone().extract(area).toColourspace('b-w').raw().toBuffer());
    };
    expect(await at(0, 1)).toEqual(await pixels(join(outdir, '85-85.png')));
    expect(await at(2, 0)).toEqual(await pixels(join(outdir, '293-293.png')));
    expect(await at(2, 1)).toEqual(await pixels(join(outdir, '85-293.png')));
    expect((await at(0, 0)).every((level) => level === 0)).toBe(true);
    expect((await generate(outdir, '--seeds', '1,2', '--video', '--frames', '3')).stdout).toContain('6 frames: ');
    expect((await readFile(join(outdir, 'walk.mp4'))).toString('latin1', 4, 8)).toBe('ftyp');
  });

  it('refuses what makes no image, and says which options had no effect', async () => {
    await using folder = await temporaryFolder();
    const outdir = join(folder.path, 'out');
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[], 2, '--seeds is required'],
      [['--rows', '1'], 2, 'both --rows and --cols'],
      [['--rows', '1', '--cols', '2', '--seeds', '3'], 2, 'cannot be combined'],
      [['--seeds', '5-3'], 2, 'no range of seeds'],
      [['--seeds', '1,x'], 2, '"x"'],
      [['--seeds', '0-9999999999'], 2, 'no range of seeds'],
      [['--projected-w', network], 1, 'tiny.pkl'],
    ];
    for (const [words, code, message] of cases) {
      const outcome = await generate(outdir, ...words);
      expect({ words, code: outcome.code }).toEqual({ words, code });
      expect(outcome.stderr).toContain(message);
    }
    const { code, stderr } = await generate(outdir, '--seeds', '1', '--class', '3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('--class: ignored') });
  });
});

// Training of a tiny encoder from end to end: it learns, stops at the best, and resumes bit by bit.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobControl } from '../../../src-main/platform/job.ts';
import { quiet } from '../../../src-main/platform/job.ts';
import { EncoderTrainer } from '../../../src-main/training/encoder/encoder-trainer.ts';
import { trainEncoder } from '../../../src-main/training/encoder/train-encoder.ts';
import type { TickStatistics } from '../../../src-main/training/tick-statistics.ts';
import { tinyMaterial } from './tiny-encoder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'residua-encoder-'));
});
afterAll(() => rm(folder, { recursive: true }));
const origin = { recipe: {}, provenance: { program: 'test' } };
const at = (...parts: string[]) => join(folder, ...parts);
/** Stops after so many reports of progress. */
function stopping(after: number): JobControl {
  const stop = new AbortController();
  let reports = 0;
  return { signal: stop.signal, report: () => ++reports === after && stop.abort() };
}

describe('the training of an encoder', { timeout: 120_000 }, () => {
  it('begins at the mean of W for every image', async () => {
    const material = await tinyMaterial();
    const trainer = await EncoderTrainer.create(material);
    const [first, second] = await trainer.reconstruct(await trainer.heldOutImages());
    expect(first!.latents).toEqual(second!.latents);
    expect(first!.latents.slice(-8)).toEqual(material.latents.mean);
    await trainer.release();
  });

  it('redraws normals that it has not seen, much better than the mean image', async () => {
    const material = await tinyMaterial({ totalKimg: 2 });
    const mean = await EncoderTrainer.create(material);
    const images = await mean.heldOutImages();
    const before = (await mean.reconstruct(images)).map(({ pixels }) => pixels);
    await mean.release();
    const ticks: TickStatistics[] = [];
    const { best, heldOut, imagesShown } = await trainEncoder(
      { ...material, folder: at('learns'), origin },
      quiet,
      (tick) => ticks.push(tick),
    );
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    expect(sum(heldOut.map(({ pixels }) => pixels)) / sum(before)).toBeLessThan(0.25);
    expect(imagesShown).toBe(2000);
    expect(best.loss).toBe(Math.min(...ticks.map((tick) => tick['Loss/E/validation']!.mean)));
    const names = await readdir(at('learns'));
    expect(names.filter((name) => name.startsWith('encoder-state-'))).toHaveLength(2);
  });

  it('resumes after a stop, and after a kill that tore its newest state, as if nothing had happened', async () => {
    const material = await tinyMaterial();
    const whole = await trainEncoder({ ...material, folder: at('whole'), origin }, quiet);
    for (const after of [20, 75]) {
      const stopped = trainEncoder({ ...material, folder: at('parts'), origin }, stopping(after));
      await expect(stopped).rejects.toMatchObject({ kind: 'cancelled' });
    }
    const newest = (await readdir(at('parts')))
      .filter((name) => name.startsWith('encoder-state-'))
      .sort()
      .at(-1)!;
    await writeFile(at('parts', newest), 'torn');
    const parts = await trainEncoder({ ...material, folder: at('parts'), origin }, quiet);
    expect(parts.best).toEqual(whole.best);
    for (const [name, { data }] of whole.tensors) expect(parts.tensors.get(name)!.data, name).toEqual(data);
    const state = 'encoder-state-000000800.safetensors';
    expect((await readFile(at('parts', state))).equals(await readFile(at('whole', state)))).toBe(true);
    const again = await trainEncoder({ ...material, folder: at('whole'), origin }, quiet);
    expect(again.heldOut).toEqual(whole.heldOut);
  });

  it('ends when the held-out normals are not reconstructed better any more, and keeps the best', async () => {
    const material = await tinyMaterial({ totalKimg: 4, kimgPerTick: 0.08, patience: 2 });
    // Steps this long lead away from the beginning.
    const optimizer = { ...material.configuration.optimizer, learningRate: 3 };
    const configuration = { ...material.configuration, optimizer };
    const ended = await trainEncoder({ ...material, configuration, folder: at('best'), origin }, quiet);
    expect(ended.imagesShown).toBeLessThan(4000);
    expect(ended.imagesShown - ended.best.imagesShown).toBe(160);
  });

  it('refuses a folder of another training', async () => {
    const material = await tinyMaterial({ totalKimg: 0.08, kimgPerTick: 0.08 });
    await trainEncoder({ ...material, folder: at('other'), origin }, quiet);
    const other = { ...material, configuration: { ...material.configuration, seed: 2 } };
    await expect(trainEncoder({ ...other, folder: at('other'), origin }, quiet)).rejects.toMatchObject({
      kind: 'mismatch',
      message: expect.stringContaining('seed of the training in'),
    });
  });
});

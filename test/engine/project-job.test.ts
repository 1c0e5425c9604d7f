// The projection job of the engine with a tiny network: order, padding of the last batch, films, cancellation, losses.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ProjectSource, projectJob } from '../../src-main/engine/project-job.ts';
import { isShown } from '../../src-main/engine/projection-film.ts';
import type { ProjectItem, ProjectParameters, ProjectResult, ProjectStart } from '../../src-main/engine/protocol.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { shapeOf } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { writeNetworkWithEncoder } from './network-with-encoder.ts';

const parameters: ProjectParameters = {
  networkFile: new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname,
  weightsFolder: '/no/weights',
  ...z.strictObject(shapeOf(projection)).parse({ loss: 'pixel', steps: 3 }),
  scoring: { distances: ['MSE'], regions: ['full'], patchSize: 8, patchCount: 1 },
  total: 3,
};
const side = 32;
const image = (id: number): ProjectItem => ({
  id,
  target: Float32Array.from({ length: side ** 2 }, (_, i) => ((i * (id + 3)) % 256) / 127.5 - 1),
});

/** Runs the job on some images; what it started with and stored, batch by batch. */
async function project(change: Partial<ProjectParameters>, items = [1, 2, 3].map(image)) {
  const left = [...items];
  const batches: (readonly ProjectResult[])[] = [];
  let start: ProjectStart | undefined;
  const source: ProjectSource = {
    start: async (started) => {
      start = started;
    },
    normals: async () => [],
    next: async (count) => left.splice(0, count),
    store: async (results) => {
      batches.push(results);
    },
  };
  await projectJob({ ...parameters, ...change }, source, quiet);
  return { start: start!, batches, results: batches.flat() };
}

describe('the projection job', { timeout: 120_000 }, () => {
  it('answers every image once, the same whatever the batch', async () => {
    const single = await project({});
    expect(single.start).toMatchObject({ resolution: side, channels: 1, loss: 'pixel', device: 'cpu', recipe: null });
    expect(single.start!.lossRemark).toBeNull();
    expect(single.results.map(({ id }) => id)).toEqual([1, 2, 3]);
    const paired = await project({ batch: 2 });
    expect(paired.batches.map((batch) => batch.length)).toEqual([2, 1]);
    for (const [index, { reconstruction, loss, latents }] of paired.results.entries()) {
      const alone = single.results[index]!;
      expect(loss).toBeCloseTo(alone.loss, 4);
      expect(Math.max(...latents.map((value, i) => Math.abs(value - alone.latents[i]!)))).toBeLessThan(1e-3);
      expect(Math.max(...reconstruction.map((level, i) => Math.abs(level - alone.reconstruction[i]!)))).toBeLessThan(2);
    }
  });

  it('gives the target back as it was and scores the difference', async () => {
    const [{ target, reconstruction, scores }] = (await project({}, [image(1)])).results as [ProjectResult];
    expect(target).toEqual(Uint8Array.from({ length: side ** 2 }, (_, i) => (i * 4) % 256));
    const mean = target.reduce((sum, level, i) => sum + (level - reconstruction[i]!) ** 2, 0) / target.length;
    expect(scores!.scores[0]!.value).toBeCloseTo(mean, 6);
  });

  it('takes the loss that the network allows, and balances the discriminator on what it draws itself', async () => {
    const { start, results } = await project({ loss: null, space: 'w+', renderNoise: 'optimised' }, [image(1)]);
    expect(start.loss).toBe('discriminator');
    expect(start.lossRemark).toContain('the weights of the published loss lpips are not there: discriminator is used');
    expect(results[0]!.latents.length).toBe(start.latentWidth * 8);
    await expect(project({ loss: 'lpips' })).rejects.toMatchObject({ kind: 'missing' });
  });

  it('moves by the learning rate: a smaller one stays nearer to where it started', async () => {
    const [usual, small] = await Promise.all([project({}, [image(1)]), project({ learningRate: 0.001 }, [image(1)])]);
    const [mean] = (await project({ steps: 1 }, [image(1)])).results;
    const moved = ({ latents }: ProjectResult) => Math.hypot(...latents.map((value, i) => value - mean!.latents[i]!));
    expect(moved(small.results[0]!)).toBeLessThan(moved(usual.results[0]!) / 20);
  });

  it('reconstructs by an encoder, batched, and starts an optimisation from it', async () => {
    await using folder = await temporaryFolder();
    const networkFile = join(folder.path, 'network.safetensors');
    await writeNetworkWithEncoder(networkFile);
    const many = Array.from({ length: 5 }, (_, id) => image(id));
    const { start, results, batches } = await project({ networkFile, loss: null }, many);
    expect(start).toMatchObject({ inverse: 'encoder', loss: 'pixel', lossRemark: null });
    expect(batches.map((batch) => batch.length)).toEqual([5]);
    const [alone] = (await project({ networkFile, loss: null }, [many[3]!])).results;
    expect(Math.max(...alone!.latents.map((value, i) => Math.abs(value - results[3]!.latents[i]!)))).toBeLessThan(1e-4);
    expect(results[0]!.latents.length).toBe(8 * start.latentWidth);
    for (const [i, { loss, target, reconstruction, latentDistance }] of results.entries()) {
      expect(latentDistance).toBeGreaterThan(0);
      // The loss is that of the pixels; 8 bits cut off what the network draws beyond -1..1.
      const mean = many[i]!.target.reduce((sum, x, at) => sum + (x - (reconstruction[at]! + 0.5) / 127.5 + 1) ** 2, 0);
      expect(loss).toBeGreaterThan((0.98 * mean) / target.length);
    }
    const still = { networkFile, start: 'encoder', steps: 1, learningRate: 1e-9 } as const;
    const [inPlus] = (await project({ ...still, space: 'w+' }, [many[3]!])).results;
    expect(inPlus!.latents).toEqual(alone!.latents);
    const [inW] = (await project(still, [many[3]!])).results;
    const mean = (at: number) =>
      Array.from({ length: 8 }, (_, layer) => alone!.latents[layer * start.latentWidth + at]!).reduce((a, b) => a + b) /
      8;
    for (const [at, value] of inW!.latents.entries()) expect(value).toBeCloseTo(mean(at), 4);
    await expect(project({ inverse: 'encoder' })).rejects.toMatchObject({ kind: 'missing' });
  });

  it('makes a film of the steps, target on the left', async () => {
    const { results } = await project({ video: true }, [image(1)]);
    const film = Buffer.from(results[0]!.video!);
    expect(film.toString('latin1', 4, 8)).toBe('ftyp');
    const shown = (steps: number) =>
      Array.from({ length: steps }, (_, step) => step).filter((step) => isShown(step, steps));
    expect(shown(3)).toEqual([0, 1, 2]);
    expect(shown(1000).length).toBe(200);
    expect(shown(1000).at(-1)).toBe(999);
  });

  it('stops between two steps and keeps what was stored', async () => {
    const stop = new AbortController();
    const stored: number[] = [];
    const source: ProjectSource = {
      start: async () => {},
      normals: async () => [],
      next: async () => [image(stored.length)],
      store: async ([result]) => {
        stored.push(result!.id);
        stop.abort();
      },
    };
    await expect(projectJob(parameters, source, { signal: stop.signal, report: () => {} })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    expect(stored).toEqual([0]);
  });
});

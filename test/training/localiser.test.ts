// A localiser's training: Poisson editing and masks against SciPy; a tiny one end to end; stopped and resumed bit by bit.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import type { LocaliserConfiguration } from '../../src-main/training/localiser/configuration.ts';
import { poissonBlend } from '../../src-main/training/localiser/poisson-blend.ts';
import { syntheticAnomaly, visibleChange } from '../../src-main/training/localiser/synthetic-anomaly.ts';
import { type LocaliserTick, trainLocaliser } from '../../src-main/training/localiser/train-localiser.ts';
import { imagesInMemory } from '../../src-main/training/training-images.ts';
import golden from '../golden/training/localiser.json' with { type: 'json' };

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-localiser-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('synthetic anomalies', () => {
  test.each(golden.blend)('Poisson editing of $height x $width, mixed $mixed, equals a sparse solver', (one) => {
    const { width, height } = one;
    const plane = (values: readonly number[]) => ({ width, height, values: Float32Array.from(values) });
    const { values } = poissonBlend(plane(one.target), plane(one.source), one.mixed);
    expect(values.length).toBe(one.blended.length);
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(one.blended[index]!, 5);
  });

  test('the mask is the visible change, median-filtered as SciPy does', () => {
    const { side, before, after, mask } = golden.change;
    const found = visibleChange(Float32Array.from(before), Float32Array.from(after), side);
    for (const [index, value] of found.entries()) expect(value).toBeCloseTo(mask[index]!, 4);
    expect(found.some((value) => value > 0.5)).toBe(true);
  });

  test('what the mask leaves out has not changed, and the image stays in -1..1', () => {
    const images = texture(2, 32, 3);
    const shape = { channels: 3, side: 32 };
    const [normal, other] = [images.image(0), images.image(1)] as [Float32Array, Float32Array];
    for (let seed = 0; seed < 40; seed++) {
      const { image, mask } = syntheticAnomaly(normal, other, shape, randomFrom(seed));
      expect(image.every((value) => value >= -1 && value <= 1)).toBe(true);
      for (const [index, value] of mask.entries()) {
        if (value < 0.999) continue;
        const changed = [0, 1, 2].some((channel) => image[channel * 1024 + index] !== normal[channel * 1024 + index]);
        // The median looks around: a single pixel in the middle of a change may be as before.
        if (!changed) expect(mask[index + 1] ?? 1).toBeGreaterThan(0);
      }
    }
    const same = [1, 2].map(() => syntheticAnomaly(normal, other, shape, randomFrom(5)));
    expect(same[0]).toEqual(same[1]);
  });
});

describe('training', () => {
  const configuration: LocaliserConfiguration = {
    network: { resolution: 32, channels: 1, width: 8, stages: 3 },
    totalImages: 3200,
    batch: 16,
    learningRate: 3e-3,
    seed: 3,
    validationImages: 48,
    imagesPerTick: 1600,
    dataset: { images: 240, sha256: 'texture' },
  };
  const images = texture(240, 32, 1);
  const device = { name: 'cpu', threads: 1 } as const;
  const origin = { recipe: {}, provenance: { program: 'test' } };

  test('a tiny localiser learns to tell and to mark what was set in', async () => {
    const folder = newFolder();
    const ticks: LocaliserTick[] = [];
    const run = { device, configuration, images, folder, origin };
    const result = await trainLocaliser(run, quiet, (tick) => ticks.push(tick));
    expect(ticks.map(({ imagesShown }) => imagesShown)).toEqual([1600, 3200]);
    // An untrained one is at 0.5; one whose masks or gradients are wrong does not pass 0.6.
    expect(result.validation.auroc).toBeGreaterThan(0.75);
    expect(result.validation.loss).toBeLessThan(ticks[0]!.trainingLoss);
    const { networks, provenance } = await readNetworks(result.network);
    expect(networks.localiser!.constructorArguments).toEqual(configuration.network);
    expect(provenance).toMatchObject({ program: 'test', calibration: { normals: 48 } });
    const names = readdirSync(folder);
    expect(names).toContain('anomalies000003.png');
    expect(names.filter((name) => name.includes('state'))).toHaveLength(2);
    expect((await readFile(join(folder, 'stats.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  test('one that was stopped resumes bit by bit', async () => {
    const short = { ...configuration, totalImages: 320, imagesPerTick: 160 };
    const whole = await trainLocaliser({ device, configuration: short, images, folder: newFolder(), origin }, quiet);
    const folder = newFolder();
    const stop = new AbortController();
    const control = {
      signal: stop.signal,
      report: ({ done }: { readonly done: number }) => {
        if (done === 208) stop.abort();
      },
    };
    const run = { device, configuration: short, images, folder, origin };
    await expect(trainLocaliser(run, control)).rejects.toThrow();
    const resumed = await trainLocaliser(run, quiet);
    const [a, b] = await Promise.all([whole, resumed].map(({ network }) => readNetworks(network)));
    expect(resumed.validation).toEqual(whole.validation);
    for (const [name, { data }] of a!.networks.localiser!.tensors) {
      expect(Buffer.from(data.buffer), name).toEqual(
        Buffer.from(b!.networks.localiser!.tensors.get(name)!.data.buffer),
      );
    }
    await expect(trainLocaliser({ ...run, configuration: { ...short, seed: 4 } }, quiet)).rejects.toMatchObject({
      kind: 'mismatch',
    });
  });
});

/** Smooth textures with the same bright disc in the middle: what is normal is plain to see. */
function texture(count: number, side: number, channels: 1 | 3) {
  const random = randomFrom('texture');
  const pixels = new Uint8Array(count * channels * side * side);
  for (let index = 0; index < count; index++) {
    const [phase, level] = [random.uniform() * 6, 60 + 20 * random.uniform()];
    for (let at = 0; at < channels * side * side; at++) {
      const [x, y] = [at % side, Math.floor(at / side) % side];
      const disc = Math.hypot(x - side / 2, y - side / 2) < side / 4 ? 80 : 0;
      pixels[index * channels * side * side + at] = level + disc + 15 * Math.sin(x / 4 + phase);
    }
  }
  return imagesInMemory(pixels, { resolution: side, channels });
}

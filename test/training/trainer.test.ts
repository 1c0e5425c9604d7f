// Training step by step: what moves, when the regularisers run, what the moving average is, and exact resumption.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../native/runtime/session.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { augmentationPipelines } from '../../src-main/training/augmentation-pipelines.ts';
import type { TrainingConfiguration } from '../../src-main/training/configuration.ts';
import type { Reported, ReportedName } from '../../src-main/training/tick-statistics.ts';
import { Trainer, type TrainingState } from '../../src-main/training/trainer.ts';
import type { TrainingImages } from '../../src-main/training/training-images.ts';
import { relativeDistance } from '../networks/golden.ts';
import { discs, oneThread, tinyConfiguration } from './tiny-training.ts';

interface Run {
  /** Of each iteration. */
  readonly reported: readonly Reported[];
  /** Of each augmentation, after each iteration. */
  readonly probabilities: readonly number[];
  /** The state after so many iterations. */
  readonly stateAfter: (iterations: number) => TrainingState;
}

async function run(
  configuration: TrainingConfiguration,
  images: TrainingImages,
  iterations: number,
  looks: readonly number[],
  start: TrainingState | null = null,
): Promise<Run> {
  const trainer = await Trainer.create(oneThread, configuration, images, start);
  try {
    const [reported, probabilities]: [Reported[], number[]] = [[], []];
    const states = new Map<number, TrainingState>();
    for (let i = 0; i <= iterations; i++) {
      if (looks.includes(i)) states.set(i, await trainer.state());
      if (i === iterations) break;
      reported.push(await trainer.iterate());
      probabilities.push(trainer.augmentationProbability);
    }
    return { reported, probabilities, stateAfter: (iterations) => states.get(iterations)! };
  } finally {
    await trainer.release();
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
/** Names of the tensors whose values differ. */
const moved = (before: ReadonlyMap<string, HostTensor>, after: ReadonlyMap<string, HostTensor>): string[] =>
  [...before]
    .filter(([name, { data }]) => data.some((value, i) => value !== after.get(name)!.data[i]))
    .map(([name]) => name);

describe('a training', () => {
  const images = discs(20);
  const configuration = tinyConfiguration(images);
  let long: Run;
  beforeAll(async () => {
    long = await run(configuration, images, 48, [0, 1, 7, 8, 17, 24, 40, 41, 48]);
  }, 120_000);

  it('makes the discriminator tell real images from generated ones', () => {
    const losses = long.reported.map((one) => mean([...one['Loss/D/loss']!]));
    expect(mean(losses.slice(-12))).toBeLessThan(0.95 * mean(losses.slice(0, 12)));
  });

  it('moves every trained parameter of both networks, and no filter or stored noise', () => {
    const [first, last] = [long.stateAfter(0).networks, long.stateAfter(48).networks];
    const fixed = /resample_filter$|noise_const$/;
    for (const name of ['G', 'D', 'G_ema'] as const) {
      const trained = [...first[name].keys()].filter((key) => !fixed.test(key));
      expect(moved(first[name], last[name]).sort()).toEqual(trained.sort());
    }
  });

  it('runs path length regularisation every 4th and R1 every 16th iteration, from the first', () => {
    const due = (name: ReportedName) => long.reported.flatMap((one, i) => (one[name] === undefined ? [] : [i]));
    expect(due('Loss/pl_penalty')).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44]);
    expect(due('Loss/r1_penalty')).toEqual([0, 16, 32]);
  });

  it('reports losses of every image, and of the phases that judge them the scores and their signs', () => {
    const [first, second] = long.reported;
    const values = (one: Reported | undefined, name: ReportedName) => [...(one?.[name] ?? [])];
    // Four images in a batch, two in one of path length; the generator's phase and the discriminator's judge generated ones.
    expect(values(first, 'Loss/scores/fake').length).toBe(8);
    expect(values(first, 'Loss/scores/real').length).toBe(8);
    expect(values(second, 'Loss/scores/real').length).toBe(4);
    expect(values(first, 'Loss/signs/fake')).toEqual(values(first, 'Loss/scores/fake').map(Math.sign));
    const softplus = (x: number) => Math.log1p(Math.exp(x));
    const [generator, discriminator] = [
      values(second, 'Loss/scores/fake').slice(0, 4),
      values(second, 'Loss/scores/fake').slice(4),
    ];
    const real = values(second, 'Loss/scores/real');
    for (const i of [0, 1, 2, 3]) {
      expect(second!['Loss/G/loss']![i]).toBeCloseTo(softplus(-generator[i]!), 5);
      expect(second!['Loss/D/loss']![i]).toBeCloseTo(softplus(discriminator[i]!) + softplus(-real[i]!), 5);
    }
    expect(values(first, 'Loss/pl_penalty').length).toBe(2);
    for (const [i, penalty] of values(first, 'Loss/pl_penalty').entries()) {
      expect(first!['Loss/G/reg']![i]).toBeCloseTo(2 * penalty, 5);
    }
    for (const [i, penalty] of values(first, 'Loss/r1_penalty').entries()) {
      expect(first!['Loss/D/reg']![i]! / penalty).toBeCloseTo(0.05, 5);
    }
  });

  it('counts one optimizer step per phase that ran, and the images of every batch', () => {
    const { position } = long.stateAfter(48);
    expect(position).toMatchObject({ iteration: 48, imagesShown: 192, optimizerSteps: { G: 48 + 12, D: 48 + 3 } });
  });

  it('begins the moving average with the generator itself (ramp-up), then follows with the published half-life', () => {
    expect(moved(long.stateAfter(1).networks.G, long.stateAfter(1).networks.G_ema)).toEqual([]);
    // 0.05 of the images shown before the iteration.
    for (const i of [7, 40]) expectAverage(long.stateAfter(i), long.stateAfter(i + 1), 0.5 ** (4 / (0.05 * 4 * i)));
  });

  it('begins otherwise with another seed', async () => {
    const other = await run(tinyConfiguration(images, { seed: 2 }), images, 1, []);
    expect(other.reported[0]).not.toEqual(long.reported[0]);
  });

  it('goes on from a state with the same bits: networks, moments, random numbers and sampler', async () => {
    // 17 is no multiple of any interval, and lies within a pass over the 40 images.
    const resumed = await run(configuration, images, 7, [7], long.stateAfter(17));
    expect(resumed.reported).toEqual(long.reported.slice(17, 24));
    expect(resumed.stateAfter(7)).toEqual(long.stateAfter(24));
  });
});

const bare = { pathLengthWeight: 0, r1Gamma: 0, microBatch: 2 };

it('adds up the gradients of micro-batches as published; without ramp-up the average keeps its half-life', async () => {
  const images = discs(8);
  const firstGradient = async (batch: number) => {
    const changes = { ...bare, batch, emaKimg: 0.01, emaRampup: null };
    const { stateAfter, reported } = await run(tinyConfiguration(images, changes), images, 2, [0, 1, 2]);
    expect(Object.keys(reported[0]!).filter((name) => /penalty|reg$/.test(name))).toEqual([]);
    expect(reported[0]!['Loss/D/loss']!.length).toBe(batch);
    expect(stateAfter(1).position).toMatchObject({ imagesShown: batch, optimizerSteps: { G: 1, D: 1 } });
    for (const i of [0, 1]) expectAverage(stateAfter(i), stateAfter(i + 1), 0.5 ** (batch / 10));
    // Without momentum the first moment is the last gradient.
    return Math.hypot(...stateAfter(1).variables.get('D first')!.data);
  };
  expect((await firstGradient(4)) / (await firstGradient(2))).toBeGreaterThan(1.3);
});

it('augments, adapts the probability, and goes on with both to the bit', async () => {
  const images = discs(8);
  const adaptive = { target: -2, interval: 2, kimg: 0.1 };
  const augmentation = { transforms: augmentationPipelines.bgcfnc, probability: 0.3, adaptive };
  const configuration = tinyConfiguration(images, { augmentation, pathLengthWeight: 0 });
  const { stateAfter, reported, probabilities } = await run(configuration, images, 6, [3, 6]);
  // Any mean sign is above the target: every second iteration adds 4 * 2 / 100.
  expect(probabilities.map((one) => one.toFixed(2))).toEqual(['0.30', '0.38', '0.38', '0.46', '0.46', '0.54']);
  const resumed = await run(configuration, images, 3, [3], stateAfter(3));
  expect(resumed.stateAfter(3)).toEqual(stateAfter(6));
  const plain = await run(tinyConfiguration(images, { pathLengthWeight: 0 }), images, 1, []);
  expect(plain.probabilities).toEqual([0]);
  expect(plain.reported[0]!['Loss/D/loss']).not.toEqual(reported[0]!['Loss/D/loss']);
});

it('trains conditional networks: both learn from labels', async () => {
  const images = discs(20, true);
  const { stateAfter } = await run(tinyConfiguration(images, bare), images, 2, [0, 2]);
  for (const name of ['G', 'D'] as const) {
    expect(moved(stateAfter(0).networks[name], stateAfter(2).networks[name])).toContain('mapping.embed.weight');
  }
});

function expectAverage(before: TrainingState, after: TrainingState, beta: number): void {
  const trained = moved(before.networks.G, after.networks.G).filter((name) => name !== 'mapping.w_avg');
  expect(trained.length).toBeGreaterThan(10);
  for (const name of trained) {
    const [value, old, average] = [after.networks.G, before.networks.G_ema, after.networks.G_ema].map(
      (network) => network.get(name)!.data,
    ) as [Float32Array, Float32Array, Float32Array];
    const expected = value.map((v, i) => v + beta * (old[i]! - v));
    expect(relativeDistance(average, expected)).toBeLessThan(1e-6);
  }
}

describe('16-bit arithmetic', () => {
  const images = discs(12);
  const single = tinyConfiguration(images);
  const { generator, discriminator } = single;
  const limits = { num_fp16_res: 4, conv_clamp: 256 };
  const configuration = {
    ...single,
    generator: { ...generator, synthesis_kwargs: { ...(generator.synthesis_kwargs as object), ...limits } },
    discriminator: { ...discriminator, ...limits },
  };
  const reports = async (device: Device): Promise<Reported> => {
    const trainer = await Trainer.create(device, configuration, images);
    const reported = await trainer.iterate();
    await trainer.release();
    return reported;
  };

  it('is used where the device gains from it, by every phase, and stays near 32 bits', async () => {
    const [half, full] = [await reports({ ...oneThread, half: true }), await reports(oneThread)];
    const names = ['Loss/G/loss', 'Loss/D/loss', 'Loss/r1_penalty', 'Loss/pl_penalty'] as const;
    for (const name of names) {
      const away = relativeDistance(half[name]!, full[name]!);
      expect(away, name).toBeGreaterThan(0);
      expect(away, name).toBeLessThan(0.02);
    }
  });
});

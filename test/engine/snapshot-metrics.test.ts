// Metrics of a tiny generator in the features of a tiny discriminator; the parts of the perceptual path length.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constant } from '../../native/graph/build.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { type Levels, publishedRecipe } from '../../src-main/archive/recipe.ts';
import { openOwnDetector } from '../../src-main/engine/quality/detector.ts';
import { pairOnSphere, shownToVgg, trimmedMean } from '../../src-main/engine/quality/path-length.ts';
import { measureAs, SnapshotMetrics } from '../../src-main/engine/quality/snapshot-metrics.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { featureMoments, frechetDistance } from '../../src-main/statistics/frechet-distance.ts';
import { writeNetworkSnapshot } from '../../src-main/training/snapshots.ts';
import { discriminatorOf, drawnNetworks, generatorOf } from '../../src-main/training/starting-networks.ts';
import type { MetricDefinition } from '../../src-main/training/training-metrics.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { discs, oneThread, tinyConfiguration } from '../training/tiny-training.ts';

const images = discs(12);
const configuration = tinyConfiguration(images);
const networks = drawnNetworks(configuration);
const generator = { arguments_: generatorOf(configuration), tensors: networks.G_ema };
const discriminator = { arguments_: discriminatorOf(configuration), tensors: networks.D };

/** The training images as their files had them. */
const levels = async (index: number): Promise<Levels> => ({
  width: 8,
  height: 8,
  channels: 1,
  data: Uint8Array.from(await images.image(index), (value) => Math.round((value + 1) * 127.5)),
});

describe('metrics of a snapshot', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const position = { imagesShown: 0 } as never;
    const origin = { recipe: publishedRecipe(8, 1), provenance: {} };
    file = await writeNetworkSnapshot(folder.path, { position, networks, variables: new Map() }, configuration, origin);
  });
  afterAll(() => folder[Symbol.asyncDispose]());
  const open = (trainedWith = 12) =>
    new SnapshotMetrics({
      device: oneThread,
      weightsFolder: folder.path,
      networkFile: file,
      images: { ...images, count: trainedWith },
      allImages: 12,
      mirror: true,
      seed: 1,
    });
  const definition = { kind: 'frechet', detector: 'own', full: true, reals: 100, generated: 40 } as const;
  const measure = async (metrics: SnapshotMetrics, wanted: MetricDefinition) => {
    try {
      return await measureAs('x', wanted, metrics, generator, randomFrom('metric'), quiet);
    } finally {
      await metrics.release();
    }
  };

  it('are the same again, and differ with the real images that count', async () => {
    const first = await measure(open(), definition);
    expect(first.x).toBeGreaterThan(0);
    expect(await measure(open(), definition)).toEqual(first);
    // All images count, trained with or not; without "full" only the others do, and mirrored.
    expect(await measure(open(5), definition)).toEqual(first);
    expect(await measure(open(5), { ...definition, full: false })).not.toEqual(first);
  });

  it('compare every real image once, and as many generated ones as are asked for', async () => {
    const metrics = open();
    const wanted = { moments: 'biased', rows: true, probabilities: false } as const;
    const real = await metrics.reals(definition, wanted, quiet);
    const mirrored = await metrics.reals({ ...definition, full: false, reals: 20 }, wanted, quiet);
    const drawn = await metrics.generated(definition, generator, wanted, randomFrom(3), quiet);
    const distance = await frechetDistance(real.moments!, drawn.moments!);
    await metrics.release();
    expect([real.images, mirrored.images, drawn.images]).toEqual([12, 20, 40]);
    const detector = await openOwnDetector(oneThread, discriminator, 12);
    const shown = await Promise.all(Array.from({ length: 12 }, (_, i) => levels(i)));
    const { features } = await detector.see(shown);
    await detector.release();
    expect([...real.rows!.data]).toEqual([...features]);
    expect([...mirrored.rows!.data.subarray(0, features.length)]).toEqual([...features]);
    const whole = await Promise.all([real.rows!, drawn.rows!].map((rows) => featureMoments(rows)));
    // The published covariance divides by the number of images, numpy's by one less.
    const scaled = whole.map(({ mean, covariance }, i) => ({
      mean,
      covariance: covariance.map((value) => value * (i === 0 ? 11 / 12 : 39 / 40)),
    }));
    expect(distance).toBeCloseTo(await frechetDistance(scaled[0]!, scaled[1]!), 8);
  });

  it('need their weights or say which file lacks', async () => {
    const score = { kind: 'score', detector: 'inception', generated: 10 } as const;
    await expect(measure(open(), score)).rejects.toMatchObject({
      kind: 'missing',
      values: { name: expect.stringContaining('inception-2015-12-05.pt') },
    });
  });

  it('refuse images of another size than the own discriminator takes', async () => {
    const detector = await openOwnDetector(oneThread, discriminator, 2);
    const image: Levels = { width: 4, height: 4, channels: 1, data: new Uint8Array(16) };
    await expect(detector.see([image])).rejects.toMatchObject({ kind: 'mismatch' });
    await detector.release();
  });
});

describe('perceptual path length', () => {
  it('leaves the lowest and the highest hundredth out, as numpy chooses them', () => {
    const values = Float64Array.from({ length: 201 }, (_, i) => (i === 200 ? 1e9 : i));
    // The 1st percentile is value 2, the 99th value 198.
    expect(trimmedMean(values)).toBe(100);
    expect(trimmedMean(Float64Array.of(1, 2, 30))).toBe(11);
  });

  it('moves codes along the great circle between them', () => {
    const codes = randomFrom('codes').gaussians(2 * 5);
    const norm = (x: Float32Array) => Math.hypot(...x);
    const [a, b] = [codes.subarray(0, 5), codes.subarray(5)].map((x) => x.map((value) => value / norm(x)));
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    const angle = Math.acos(dot(a!, b!));
    const pair = pairOnSphere(codes, 5, 0.25);
    const near = pair.subarray(0, 5);
    expect(norm(near)).toBeCloseTo(1, 6);
    expect(Math.acos(dot(near, a!))).toBeCloseTo(angle / 4, 5);
    expect(Math.acos(dot(near, b!))).toBeCloseTo((3 * angle) / 4, 5);
    const step = pair.subarray(5).map((value, i) => value - near[i]!);
    expect(norm(step) / (angle * 1e-4)).toBeCloseTo(1, 2);
  });

  it('shows VGG16 the middle of the image, and at most about 256 pixels', async () => {
    const ramp = (side: number) =>
      constant(
        Float32Array.from({ length: side ** 2 }, (_, i) => i / side ** 2),
        [1, 1, side, side],
      );
    const { cropped } = await evaluate(oneThread, { cropped: shownToVgg(ramp(16), true) });
    const level = (value: number) => (value + 1) * 127.5;
    expect(cropped!.length).toBe(64);
    // Rows 6 to 13, columns 4 to 11.
    expect(cropped![0]).toBeCloseTo(level((6 * 16 + 4) / 256), 4);
    expect(cropped![63]).toBeCloseTo(level((13 * 16 + 11) / 256), 4);
    const { small } = await evaluate(oneThread, { small: shownToVgg(ramp(512), false) });
    expect(small!.length).toBe(256 ** 2);
    expect(small![0]).toBeCloseTo(level((0 + 1 + 512 + 513) / 4 / 512 ** 2), 4);
  });
});

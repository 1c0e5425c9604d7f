// The batches that a localiser learns from: normals, three quarters of them with a synthetic anomaly, and the masks.
import type { Random } from '../../platform/random/random.ts';
import type { TrainingImages } from '../training-images.ts';
import { acquiredAnew } from './acquisition-variation.ts';
import { syntheticAnomaly } from './synthetic-anomaly.ts';

export interface LocaliserBatch {
  /** [N, C, R, R] in -1..1. */
  readonly images: Float32Array;
  /** [N, 1, R, R]: 1 where a pixel belongs to an anomaly. */
  readonly masks: Float32Array;
}

/** Share of the images that stay as they are. */
const unchangedShare = 0.25;

/** An image of a batch: a normal, the one that patches come from (null: it stays as it is), and its own random numbers. */
export interface Drawn {
  readonly number: number;
  readonly other: number | null;
  readonly random: Random;
}

/** Draws the images of a batch to learn from. */
export function drawBatch(size: number, from: Uint32Array, random: Random): readonly Drawn[] {
  return Array.from({ length: size }, (_, index) => {
    const [number, other] = [from[random.below(from.length)]!, from[random.below(from.length)]!];
    const own = random.fork(index);
    return { number, other: own.uniform() < unchangedShare ? null : other, random: own };
  });
}

/** Makes a batch of drawn images. */
export async function makeBatch(images: TrainingImages, drawn: readonly Drawn[]): Promise<LocaliserBatch> {
  const { resolution: side, channels } = images;
  const plane = side * side;
  images.expect?.(drawn.flatMap(({ number, other }) => (other === null ? [number] : [number, other])));
  const batch = {
    images: new Float32Array(drawn.length * channels * plane),
    masks: new Float32Array(drawn.length * plane),
  };
  for (const [index, { number, other, random }] of drawn.entries()) {
    const normal = await images.image(number);
    const changed =
      other === null
        ? { image: normal, mask: null }
        : syntheticAnomaly(normal, await images.image(other), { channels, side }, random);
    batch.images.set(acquiredAnew(changed.image, side, random), index * channels * plane);
    if (changed.mask !== null) batch.masks.set(changed.mask, index * plane);
  }
  return batch;
}

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

/** The numbers of the images that a batch needs: of each image, itself and the one that patches come from. */
export function numbersOf(size: number, from: Uint32Array, random: Random): readonly (readonly [number, number])[] {
  return Array.from({ length: size }, () => [from[random.below(from.length)]!, from[random.below(from.length)]!]);
}

/** Makes a batch; the same stream of random numbers makes the same one. `keeps` says which images stay as they are. */
export async function makeBatch(
  images: TrainingImages,
  numbers: readonly (readonly [number, number])[],
  random: Random,
  keeps: (index: number, random: Random) => boolean = (_, own) => own.uniform() < unchangedShare,
): Promise<LocaliserBatch> {
  const { resolution: side, channels } = images;
  const plane = side * side;
  const batch = {
    images: new Float32Array(numbers.length * channels * plane),
    masks: new Float32Array(numbers.length * plane),
  };
  for (const [index, [number, other]] of numbers.entries()) {
    const own = random.fork(index);
    const normal = await images.image(number);
    const changed = keeps(index, own)
      ? { image: normal, mask: null }
      : syntheticAnomaly(normal, await images.image(other), { channels, side }, own);
    batch.images.set(acquiredAnew(changed.image, side, own), index * channels * plane);
    if (changed.mask !== null) batch.masks.set(changed.mask, index * plane);
  }
  return batch;
}

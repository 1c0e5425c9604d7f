// What the programs of a training are fed with: random numbers, images and labels, by the names of their inputs.

import type { Leaf } from '../../native/graph/leaves.ts';
import { type Shape, sizeOf } from '../../native/graph/operations.ts';
import type { Random } from '../platform/random/random.ts';
import { type AugmentedImages, augmentationFeeds } from './augmentation-inputs.ts';
import type { AugmentationTransforms } from './augmentation-pipelines.ts';
import { keepGradient } from './programs.ts';
import { mirrored, type TrainingImages } from './training-images.ts';

/** Real images of one device run with their labels. */
export interface RealBatch {
  /** [N, C, R, R] in -1..1 */
  readonly images: Float32Array;
  /** [N, labelSize] */
  readonly labels: Float32Array;
}

/** Reads the images of the numbers given; numbers from `count` on mean the mirrored image. */
export async function realBatch(images: TrainingImages, numbers: readonly number[]): Promise<RealBatch> {
  const { resolution, channels, labelSize, count } = images;
  const size = channels * resolution * resolution;
  const pixels = new Float32Array(numbers.length * size);
  const labels = new Float32Array(numbers.length * labelSize);
  images.expect?.(numbers.map((number) => number % count));
  for (const [i, number] of numbers.entries()) {
    const image = await images.image(number % count);
    pixels.set(number < count ? image : mirrored(image, resolution), i * size);
    labels.set(images.label(number % count), i * labelSize);
  }
  return { images: pixels, labels };
}

/** `count` labels for generated images: those of training images drawn at random, [count, labelSize]. */
export function drawLabels(images: TrainingImages, count: number, random: Random): Float32Array {
  const labels = new Float32Array(count * images.labelSize);
  for (let i = 0; i < count; i++) labels.set(images.label(random.below(images.count)), i * images.labelSize);
  return labels;
}

const augmentedImages: readonly AugmentedImages[] = ['real', 'generated'];

/** What a phase needs besides random numbers. */
export interface PhaseInputs {
  readonly real: RealBatch;
  /** Where the labels of generated images come from. */
  readonly images: TrainingImages;
  /** False in the first run of a phase: the gradient starts anew. */
  readonly keep: boolean;
  readonly styleMixingProbability: number;
  /** Null without augmentation. */
  readonly augmentation: { readonly transforms: AugmentationTransforms; readonly probability: number } | null;
}

/**
 * Values for each input of a program: `real`, `real c`, `c`, `keep gradient`, `second` (the layers that take the mixing
 * code), what augmentation asks for; every other input is a tensor of standard normals, drawn in the order of the inputs.
 */
export function phaseFeeds(
  inputs: readonly Leaf[],
  { real, images, keep, styleMixingProbability, augmentation }: PhaseInputs,
  random: Random,
): Record<string, Float32Array> {
  const named: Readonly<Record<string, (shape: Shape) => Float32Array>> = {
    real: () => real.images,
    'real c': () => real.labels,
    c: ([count]) => drawLabels(images, count!, random),
    [keepGradient]: () => Float32Array.of(keep ? 1 : 0),
    second: ([layers]) => mixedLayers(layers!, styleMixingProbability, random),
  };
  const { channels, resolution: side } = images;
  const drawn = augmentedImages.flatMap((which) => {
    const own = inputs.find(({ name }) => name.startsWith(`augment ${which} `));
    if (own === undefined || augmentation === null) return [];
    const size = { images: own.shape[0]!, channels, side };
    return Object.entries(augmentationFeeds(augmentation.transforms, augmentation.probability, size, which, random));
  });
  const augmenting = Object.fromEntries(drawn);
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      augmenting[name] ?? named[name]?.(shape) ?? random.gaussians(sizeOf(shape)),
    ]),
  );
}

/** 1 for the layers from a random one on, with the given probability; else all 0. */
function mixedLayers(layers: number, probability: number, random: Random): Float32Array {
  const cutoff = 1 + random.below(layers - 1);
  const first = random.uniform() < probability ? cutoff : layers;
  return Float32Array.from({ length: layers }, (_, layer) => (layer < first ? 0 : 1));
}

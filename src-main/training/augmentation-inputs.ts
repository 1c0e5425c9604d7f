// Augmentation between graph and host: which steps a pipeline asks for, what they are fed with, and how that is drawn.
import { input } from '../../native/graph/build.ts';
import { type Shape, sizeOf, type Tensor } from '../../native/graph/operations.ts';
import {
  addNoise,
  amplifyBands,
  changeColours,
  cutOut,
  moveImages,
  placesMatrix,
} from '../../native/networks/augmentation/augmentation.ts';
import type { Random } from '../platform/random/random.ts';
import type { AugmentationTransforms } from './augmentation-pipelines.ts';
import {
  bandGains,
  colourChange,
  cutoutMask,
  drawTransform,
  type ImageTransform,
  inverseMotion,
} from './image-transform.ts';

/** Real and generated images are augmented by numbers of their own. */
export type AugmentedImages = 'real' | 'generated';

interface Size {
  readonly images: number;
  readonly channels: 1 | 3;
  readonly side: number;
}

/** A step of the augmentation: the transforms that need it, its inputs, and what they are for one image. */
interface Step {
  readonly transforms: readonly (keyof AugmentationTransforms)[];
  readonly inputs: (size: Size) => Readonly<Record<string, Shape>>;
  readonly apply: (images: Tensor, inputs: Readonly<Record<string, Tensor>>) => Tensor;
  readonly values: (
    transform: ImageTransform,
    size: Size,
    random: Random,
  ) => Readonly<Record<string, ArrayLike<number>>>;
}

/** In the published order. */
const steps: readonly Step[] = [
  {
    transforms: ['xflip', 'rotate90', 'xint', 'scale', 'rotate', 'aniso', 'xfrac'],
    inputs: ({ images }) => ({ motion: [images, 2, 3] }),
    apply: (x, { motion }) => moveImages(x, motion!),
    values: (transform, { side }) => ({ motion: placesMatrix(inverseMotion(transform, side), side) }),
  },
  {
    transforms: ['brightness', 'contrast', 'lumaflip', 'hue', 'saturation'],
    inputs: ({ images, channels }) => ({ matrix: [images, channels, channels], offset: [images, channels, 1] }),
    apply: (x, { matrix, offset }) => changeColours(x, matrix!, offset!),
    values: (transform, { channels }) => ({ ...colourChange(transform, channels) }),
  },
  {
    transforms: ['imgfilter'],
    inputs: ({ images }) => ({ gains: [images, 4] }),
    apply: (x, { gains }) => amplifyBands(x, gains!),
    values: (transform) => ({ gains: bandGains(transform) }),
  },
  {
    transforms: ['noise'],
    inputs: ({ images, channels, side }) => ({ noise: [images, channels, side, side] }),
    apply: (x, { noise }) => addNoise(x, noise!),
    values: ({ noise }, { channels, side }, random) => ({
      noise: random.gaussians(channels * side * side).map((value) => value * noise),
    }),
  },
  {
    transforms: ['cutout'],
    inputs: ({ images, side }) => ({ mask: [images, 1, side, side] }),
    apply: (x, { mask }) => cutOut(x, mask!),
    values: (transform, { side }) => ({ mask: cutoutMask(transform, side) }),
  },
];

const stepsOf = (transforms: AugmentationTransforms): readonly Step[] =>
  steps.filter((step) => step.transforms.some((name) => transforms[name] > 0));

const nameOf = (which: AugmentedImages, name: string): string => `augment ${which} ${name}`;

/** Images [N, C, R, R] after every step that `transforms` ask for; the inputs are fed by `augmentationFeeds`. */
export function augmented(transforms: AugmentationTransforms, images: Tensor, which: AugmentedImages): Tensor {
  const [count, channels, side] = images.shape as [number, 1 | 3, number];
  return stepsOf(transforms).reduce((x, step) => {
    const inputs = Object.entries(step.inputs({ images: count, channels, side })).map(
      ([name, shape]) => [name, input(nameOf(which, name), shape)] as const,
    );
    return step.apply(x, Object.fromEntries(inputs));
  }, images);
}

/** Values for the inputs of `augmented` that do to each image what its transform says. `random` draws added noise. */
export function transformFeeds(
  transforms: AugmentationTransforms,
  each: readonly ImageTransform[],
  { channels, side }: Pick<Size, 'channels' | 'side'>,
  which: AugmentedImages,
  random: Random,
): Record<string, Float32Array> {
  const size: Size = { images: each.length, channels, side };
  const feeds: Record<string, Float32Array> = {};
  for (const step of stepsOf(transforms)) {
    for (const [name, shape] of Object.entries(step.inputs(size))) {
      feeds[nameOf(which, name)] = new Float32Array(sizeOf(shape));
    }
    for (const [image, transform] of each.entries()) {
      for (const [name, values] of Object.entries(step.values(transform, size, random))) {
        feeds[nameOf(which, name)]!.set(values, image * values.length);
      }
    }
  }
  return feeds;
}

/** The same for transforms that are drawn, each with `probability`. */
export function augmentationFeeds(
  transforms: AugmentationTransforms,
  probability: number,
  { images, ...size }: Size,
  which: AugmentedImages,
  random: Random,
): Record<string, Float32Array> {
  const drawn = Array.from({ length: images }, () => drawTransform(transforms, probability, random));
  return transformFeeds(transforms, drawn, size, which, random);
}

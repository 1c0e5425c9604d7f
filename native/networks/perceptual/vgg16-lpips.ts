// VGG16: features scaled to LPIPS, whose squared distance is the perceptual distance, and those of its classifier.
import {
  add,
  concat,
  constant,
  convolution,
  divide,
  matmul,
  maxPool,
  multiply,
  relu,
  reshape,
  sqrt,
  square,
  subtract,
  sum,
  transpose,
} from '../../graph/build.ts';
import { sizeOf, type Tensor } from '../../graph/operations.ts';
import type { ParameterSource } from '../parameter-source.ts';

/** Convolutions of VGG16's five stages by their number in torchvision's `features`; the stages' channels. */
const stages = [
  { layers: [0, 2], channels: 64 },
  { layers: [5, 7], channels: 128 },
  { layers: [10, 12, 14], channels: 256 },
  { layers: [17, 19, 21], channels: 512 },
  { layers: [24, 26, 28], channels: 512 },
] as const;

/** Mean and standard deviation of ImageNet's pixels in 0..255, as LPIPS rounds them. */
const [mean, deviation] = [
  [-0.03, -0.088, -0.188].map((shift) => (1 + shift) * 127.5),
  [0.458, 0.448, 0.45].map((scale) => scale * 127.5),
];

/** A pixel without any feature has norm 0: this keeps it and its gradient finite. */
const smallest = 1e-20;

/**
 * Features of images [N, C, H, W] in 0..255 (C = 3; one channel counts as three equal ones; H and W at least 16),
 * one tensor [N, C', H', W'] for each stage of VGG16 (relu1_2, relu2_2, relu3_3, relu4_3, relu5_3). Per pixel
 * divided by their norm, then scaled by the square roots of the LPIPS weights and of 1 / (H' W'): the sum of squared
 * differences is LPIPS version 0.1 (Zhang et al., 2018), as the metric network of the published projector returns
 * (`resize_images=False, return_lpips=True`).
 *
 * Parameters: `features.0.weight`, `features.0.bias`, ... of torchvision's VGG16 and `lin0.model.1.weight` ...
 * `lin4.model.1.weight` [1, C', 1, 1] of LPIPS.
 */
export function vgg16Lpips(source: ParameterSource, images: Tensor): readonly Tensor[] {
  return vgg16Stages(source, images).map((x, stage) => {
    const importance = sqrt(source(`lin${stage}.model.1.weight`, [1, stages[stage]!.channels, 1, 1]));
    const perPixel = sqrt(add(multiply(sum(square(x), [1]), x.shape[2]! * x.shape[3]!), smallest));
    return multiply(divide(x, perPixel), importance);
  });
}

/**
 * The features that the published precision and recall compare: the second fully connected layer of VGG16 for images
 * [N, C, 224, 224] in 0..255 (C = 3 or 1): [N, units], 4,096 in the published weights.
 *
 * Parameters: those of `features`, and `classifier.0.weight`, `classifier.0.bias`, `classifier.3.weight`,
 * `classifier.3.bias`, by torchvision's names.
 */
export function vgg16Features(source: ParameterSource, images: Tensor, units = 4096): Tensor {
  const last = maxPool(vgg16Stages(source, images).at(-1)!, 2, 2);
  const flat = reshape(last, [images.shape[0]!, sizeOf(last.shape.slice(1))]);
  return [0, 3].reduce((x, number) => {
    const weight = source(`classifier.${number}.weight`, [units, x.shape[1]!]);
    return relu(add(matmul(x, transpose(weight, [1, 0])), source(`classifier.${number}.bias`, [units])));
  }, flat);
}

/** What each of the five stages gives before it is pooled, at strides 1, 2, 4, 8 and 16; images as `vgg16Lpips` takes them. */
export function vgg16Stages(source: ParameterSource, images: Tensor): readonly Tensor[] {
  const colours = images.shape[1] === 1 ? concat([images, images, images], 1) : images;
  const perColour = (values: readonly number[]) => constant(Float32Array.from(values), [1, 3, 1, 1]);
  let x = multiply(subtract(colours, perColour(mean!)), perColour(deviation!.map((value) => 1 / value)));
  return stages.map(({ layers, channels }, stage) => {
    if (stage > 0) x = maxPool(x, 2, 2);
    for (const layer of layers) {
      const weight = source(`features.${layer}.weight`, [channels, x.shape[1]!, 3, 3]);
      x = relu(convolution(x, weight, { padding: 1 }, source(`features.${layer}.bias`, [channels])));
    }
    return x;
  });
}

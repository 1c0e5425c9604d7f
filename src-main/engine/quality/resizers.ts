// Images as feature networks take them: square, three colours, normalised. The way of resizing changes the distances.
import { interpolate } from '../../archive/interpolate.ts';
import { type Levels, toChannels } from '../../archive/recipe.ts';
import { type Filter, resample } from '../../archive/resample.ts';
import type { FeatureNetwork } from '../../networks/feature-networks.ts';

/**
 * `legacy`: PyTorch's bilinear interpolation without smoothing. `clean`: Pillow's bicubic (Parmar and others, 2022).
 * `friendly`: Pillow's filter that the network was trained with (StudioGAN). `tensorflow`: TensorFlow 1's bilinear
 * interpolation, inside the metric networks of StyleGAN2-ADA.
 */
export const resizers = ['legacy', 'clean', 'friendly', 'tensorflow'] as const;
export type Resizer = (typeof resizers)[number];

/** Writes one image of 8-bit levels into `target` [3, side, side] as the network takes it. */
export function prepareImage(
  image: Levels,
  { side, mean, deviation }: Pick<FeatureNetwork, 'side' | 'mean' | 'deviation'>,
  resizer: Resizer,
  friendly: Filter,
  target: Float32Array,
): void {
  const { width, height, channels, data } = image;
  const resized: { readonly [R in Resizer]: () => Float32Array } = {
    legacy: () => interpolate(data, width, height, channels, side, side, 'centre'),
    tensorflow: () => interpolate(data, width, height, channels, side, side, 'corner'),
    clean: () => resample(Float32Array.from(data), width, height, channels, side, side, 'bicubic'),
    friendly: () => resample(Float32Array.from(data), width, height, channels, side, side, friendly),
  };
  const levels = toChannels({ width: side, height: side, channels, data: resized[resizer]() }, 3).data;
  const plane = side * side;
  for (let colour = 0; colour < 3; colour++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      target[colour * plane + pixel] = (levels[3 * pixel + colour]! - mean[colour]!) / deviation[colour]!;
    }
  }
}

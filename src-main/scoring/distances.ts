// The two distances between an image and its reconstruction: mean squared error and 1-D Wasserstein distance.
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';

export type Distance = 'MSE' | 'WD';

/** Which pixels count: 1 inside, 0 outside, row-major as the image. */
export type PixelMask = Uint8Array;

/** Throws `mismatch` unless both images have the same width and height (and as many samples as these say). */
export function assertSameSize(what: string, expected: GreyImage, found: GreyImage): void {
  const size = ({ width, height, data }: GreyImage) => `${width}x${height} (${data.length} samples)`;
  if (expected.width !== found.width || expected.height !== found.height || expected.data.length !== found.data.length)
    throw new Problem('mismatch', { what, expected: size(expected), found: size(found) });
}

/**
 * Mean of the squared grey-value differences over the pixels of `mask` (all pixels without one), as
 * skimage.metrics.mean_squared_error. NaN when the mask holds no pixel.
 */
function meanSquaredError(original: GreyImage, reconstruction: GreyImage, mask?: PixelMask): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < original.data.length; i++) {
    if (mask !== undefined && mask[i] === 0) continue;
    const difference = original.data[i]! - reconstruction.data[i]!;
    sum += difference * difference;
    count++;
  }
  return sum / count;
}

/**
 * Area between the cumulative distributions of the two sets of grey values inside `mask`, exact from histograms;
 * equals scipy.stats.wasserstein_distance of the values. NaN when the mask holds no pixel.
 */
function wassersteinDistance(original: GreyImage, reconstruction: GreyImage, mask?: PixelMask): number {
  const surplus = new Int32Array(256);
  let count = 0;
  for (let i = 0; i < original.data.length; i++) {
    if (mask !== undefined && mask[i] === 0) continue;
    surplus[original.data[i]!]! += 1;
    surplus[reconstruction.data[i]!]! -= 1;
    count++;
  }
  let cumulative = 0;
  let area = 0;
  for (const difference of surplus) {
    cumulative += difference;
    area += Math.abs(cumulative);
  }
  return area / count;
}

/** Distance of two images of the same size (check with `assertSameSize`), each >= 0, in grey values (squared for MSE). */
export const distances: {
  readonly [D in Distance]: (original: GreyImage, reconstruction: GreyImage, mask?: PixelMask) => number;
} = { MSE: meanSquaredError, WD: wassersteinDistance };

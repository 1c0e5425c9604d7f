// Exact sums over every square window of an image at stride 1: what score maps and patches are made from.
import type { GreyImage } from '../platform/grey-image.ts';
import type { Distance } from './distances.ts';
import type { WindowSums } from './sliding-window.ts';
import { squaredErrorSums } from './squared-error-sums.ts';
import { wassersteinSums } from './wasserstein-sums.ts';

/** A score for every window position, `values[row * width + column]`, float32. */
export interface ScoreMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Sums of each distance for two images of the same size, both at least `patchSize` high and wide. */
export const windowSums: {
  readonly [D in Distance]: (original: GreyImage, reconstruction: GreyImage, patchSize: number) => WindowSums;
} = { MSE: squaredErrorSums, WD: wassersteinSums };

/** The distance at every window position. */
export function scoreMap({ width, height, pixels, sums }: WindowSums): ScoreMap {
  const values = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i++) values[i] = sums[i]! / pixels;
  return { width, height, values };
}

/**
 * The positions that the published eval_recon.py visits on an image that is not higher than wide: it leaves out the last row
 * and column and takes the image's height for its width.
 */
export function publishedPositions({ width, height, pixels, sums }: WindowSums): WindowSums {
  const side = height - 1;
  const visited = new Float64Array(side * side);
  for (let row = 0; row < side; row++) visited.set(sums.subarray(row * width, row * width + side), row * side);
  return { width: side, height: side, pixels, sums: visited };
}

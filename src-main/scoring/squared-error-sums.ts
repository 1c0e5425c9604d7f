// The squared error in every window of an image, through an integral image of exact integers.
import type { GreyImage } from '../platform/grey-image.ts';
import type { WindowSums } from './sliding-window.ts';

/** Sum of squared grey-value differences in every window of `patchSize` x `patchSize` pixels at stride 1. */
export function squaredErrorSums(original: GreyImage, reconstruction: GreyImage, patchSize: number): WindowSums {
  const { width: columns, height: rows } = original;
  const stride = columns + 1;
  /** integral[(row) * stride + column] = sum over the pixels above and to the left of (row, column), exclusive. */
  const integral = new Float64Array((rows + 1) * stride);
  for (let row = 0; row < rows; row++) {
    let rowSum = 0;
    for (let column = 0; column < columns; column++) {
      const pixel = row * columns + column;
      const difference = original.data[pixel]! - reconstruction.data[pixel]!;
      rowSum += difference * difference;
      const corner = (row + 1) * stride + column + 1;
      integral[corner] = integral[corner - stride]! + rowSum;
    }
  }
  const width = columns - patchSize + 1;
  const height = rows - patchSize + 1;
  const sums = new Float64Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const top = row * stride + column;
      const bottom = top + patchSize * stride;
      sums[row * width + column] =
        integral[bottom + patchSize]! - integral[bottom]! - integral[top + patchSize]! + integral[top]!;
    }
  return { width, height, pixels: patchSize * patchSize, sums };
}

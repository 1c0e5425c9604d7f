// What a square window that slides over an image gathers at every position.

/**
 * `sums[row * width + column]` belongs to the window whose top left pixel is (row, column): an exact integer, the
 * distance times the window's pixel count `pixels`. width = image width - patch size + 1, height likewise.
 */
export interface WindowSums {
  readonly width: number;
  readonly height: number;
  readonly pixels: number;
  readonly sums: Float64Array;
  /** The score of a window that the edge cuts off, where the published procedure takes it for the highest. */
  readonly cutOff?: number;
}

/** The sums of a value of each pixel in every window of `patchSize` x `patchSize` pixels at stride 1; exact for integers. */
export function sumsInWindows(
  columns: number,
  rows: number,
  valueAt: (pixel: number) => number,
  patchSize: number,
): WindowSums {
  const stride = columns + 1;
  /** integral[(row) * stride + column] = sum over the pixels above and to the left of (row, column), exclusive. */
  const integral = new Float64Array((rows + 1) * stride);
  for (let row = 0; row < rows; row++) {
    let rowSum = 0;
    for (let column = 0; column < columns; column++) {
      rowSum += valueAt(row * columns + column);
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

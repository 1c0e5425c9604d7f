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

// The highest-scoring windows of a score map that do not overlap each other.
import type { WindowSums } from './sliding-window.ts';

/** A square window by its top left pixel (0-based row and column of the image) and its score. */
export interface ScoredPatch {
  readonly row: number;
  readonly column: number;
  readonly size: number;
  readonly score: number;
}

/**
 * Up to `count` windows, highest first, none sharing a pixel with a higher one. Equal scores are taken in reading order,
 * so the first is the window that the published eval_recon.py saves. Fewer when no more fit.
 */
export function highestPatches(windows: WindowSums, count: number): readonly ScoredPatch[] {
  const { width, height, pixels, sums } = windows;
  const size = Math.sqrt(pixels);
  const open = Float64Array.from(sums);
  const patches: ScoredPatch[] = [];
  while (patches.length < count) {
    const position = positionOfLargest(open);
    if (position === undefined) break;
    const row = Math.floor(position / width);
    const column = position % width;
    patches.push({ row, column, size, score: sums[position]! / pixels });
    const firstColumn = Math.max(column - size + 1, 0);
    const endColumn = Math.min(column + size, width);
    for (let y = Math.max(row - size + 1, 0); y < Math.min(row + size, height); y++)
      open.fill(taken, y * width + firstColumn, y * width + endColumn);
  }
  return patches;
}

/** Below every sum, which is at least 0. */
const taken = -1;

function positionOfLargest(sums: Float64Array): number | undefined {
  let largest = taken;
  let position: number | undefined;
  for (let i = 0; i < sums.length; i++)
    if (sums[i]! > largest) {
      largest = sums[i]!;
      position = i;
    }
  return position;
}

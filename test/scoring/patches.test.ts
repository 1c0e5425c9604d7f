// Non-overlapping patches, volume scores, residual images.
import { expect, it } from 'vitest';
import { labelComponents } from '../../src-main/scoring/connected-components.ts';
import { highestPatches } from '../../src-main/scoring/highest-patches.ts';
import { residualImage } from '../../src-main/scoring/residual-image.ts';
import { squaredErrorSums } from '../../src-main/scoring/squared-error-sums.ts';
import { volumeScore } from '../../src-main/scoring/volume-score.ts';

/** A 12x8 image that is black but for the given pixels [row, column, grey]. */
function spots(...pixels: readonly (readonly [number, number, number])[]) {
  const data = new Uint8Array(96);
  for (const [row, column, grey] of pixels) data[row * 12 + column] = grey;
  return { width: 12, height: 8, data };
}
const black = spots();

it('takes the highest windows that do not overlap, equal ones in reading order', () => {
  const windows = squaredErrorSums(spots([1, 1, 30], [1, 9, 60], [6, 3, 60]), black, 3);
  expect(highestPatches(windows, 3)).toEqual([
    { row: 0, column: 7, size: 3, score: 400 },
    { row: 4, column: 1, size: 3, score: 400 },
    { row: 0, column: 0, size: 3, score: 100 },
  ]);
});

it('never lets two patches share a pixel and stops when none fits any more', () => {
  const windows = squaredErrorSums(spots([3, 5, 200], [3, 6, 190], [4, 5, 180]), black, 3);
  const patches = highestPatches(windows, 100);
  expect(patches.length).toBeGreaterThan(2);
  for (const [index, a] of patches.entries())
    for (const b of patches.slice(index + 1))
      expect(Math.abs(a.row - b.row) >= 3 || Math.abs(a.column - b.column) >= 3).toBe(true);
  expect(patches.map(({ score }) => score)).toEqual(patches.map(({ score }) => score).toSorted((a, b) => b - a));
});

it('labels 8-connected components in reading order', () => {
  const mask = Uint8Array.from([...'100110', '010000', '000011', '110010'].join('')).map(Number);
  expect([...labelComponents(mask, 6, 4).labels].join('')).toBe('100220010000000033440030');
  expect(labelComponents(mask, 6, 4).sizes).toEqual([15, 2, 2, 3, 2]);
});

it("sums up a volume's slices, the percentile as numpy's", () => {
  expect(volumeScore([3, 1, 4, 1, 5, 9, 2, 6])).toEqual({ maximum: 9, mean: 3.875, percentile95: 7.949999999999998 });
  expect(volumeScore([])).toBeUndefined();
});

it('shows absolute differences', () => {
  expect([...residualImage(spots([0, 0, 200]), spots([0, 0, 240], [0, 1, 7])).data.subarray(0, 3)]).toEqual([40, 7, 0]);
});

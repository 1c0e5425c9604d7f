// Patches of an image higher than wide as the published eval_recon.py scores them: cut off at the right edge, or not at all.
import type { GreyImage } from '../platform/grey-image.ts';
import { type Distance, distances } from './distances.ts';
import type { WindowSums } from './sliding-window.ts';

/**
 * The windows that the script visits on an image higher than wide, whose height it takes for the width: whole ones but for
 * the last row, and beyond them windows that are cut off at the right edge, whose highest score is `cutOff` when it is the
 * highest of all. Undefined where the script stops: scipy refuses the empty windows behind the edge, and a window of two or
 * more columns that is cut off does not fit where the script saves it.
 */
export function publishedPortrait(
  original: GreyImage,
  reconstruction: GreyImage,
  distance: Distance,
  size: number,
  whole: WindowSums,
): WindowSums | undefined {
  const visited = original.height - size;
  if (distance === 'WD' && visited > original.width) return undefined;
  const columns = Math.min(whole.width, visited);
  const sums = new Float64Array(columns * visited);
  for (let row = 0; row < visited; row++) {
    sums.set(whole.sums.subarray(row * whole.width, row * whole.width + columns), row * columns);
  }
  const seen: WindowSums = { width: columns, height: visited, pixels: whole.pixels, sums };
  const highest = sums.reduce((most, sum) => Math.max(most, sum / whole.pixels), 0);
  let [cutOff, columnsLeft] = [highest, size];
  for (let row = 0; row < visited; row++) {
    for (let column = whole.width; column < Math.min(original.width, visited); column++) {
      const [a, b] = [original, reconstruction].map((image) => part(image, row, column, size)) as [
        GreyImage,
        GreyImage,
      ];
      const found = distances[distance](a, b);
      if (found > cutOff) [cutOff, columnsLeft] = [found, original.width - column];
    }
  }
  if (columnsLeft === size) return seen;
  return columnsLeft === 1 ? { ...seen, cutOff } : undefined;
}

/** `size` rows from (row, column) on, as many of `size` columns as there are. */
function part({ width, data }: GreyImage, row: number, column: number, size: number): GreyImage {
  const columns = Math.min(size, width - column);
  const pixels = Uint8Array.from({ length: size * columns }, (_, at) => {
    return data[(row + Math.floor(at / columns)) * width + column + (at % columns)]!;
  });
  return { width: columns, height: size, data: pixels };
}

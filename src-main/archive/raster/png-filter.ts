// The row filters of PNG (third edition, 9.2): undone where a file is read, applied where one is written.

type Predict = (left: number, above: number, corner: number) => number;

/** By the number of the filter: none, Sub, Up, Average, Paeth. */
const predictors: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** The number of the filter Paeth. */
const paethNumber = 4;

/**
 * The bytes of a row before it was filtered; undefined for an unknown filter. `above`: the bytes of the row above, zeros for
 * the first row. `step`: bytes from a pixel to the next, at least 1.
 */
export function unfiltered(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  step: number,
): Uint8Array<ArrayBuffer> | undefined {
  const predict = predictors[filter];
  if (predict === undefined) return undefined;
  const line = new Uint8Array(row);
  for (let at = 0; filter > 0 && at < line.length; at++) {
    const hasLeft = at >= step;
    line[at]! += predict(hasLeft ? line[at - step]! : 0, above[at]!, hasLeft ? above[at - step]! : 0);
  }
  return line;
}

/** A row as it is written with the filter Paeth, the number of the filter first. */
export function filteredByPaeth(row: Uint8Array, above: Uint8Array, step: number): Uint8Array {
  const filtered = new Uint8Array(1 + row.length);
  filtered[0] = paethNumber;
  for (let at = 0; at < row.length; at++) {
    const hasLeft = at >= step;
    filtered[at + 1] = row[at]! - paeth(hasLeft ? row[at - step]! : 0, above[at]!, hasLeft ? above[at - step]! : 0);
  }
  return filtered;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

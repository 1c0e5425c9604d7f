// Squared Euclidean distances between the rows of two matrices, through the matrix product and in blocks of rows.
import { type Matrix, type MatrixProduct, transpose } from './matrix.ts';

const blockRows = 1024;

/**
 * Calls `use(row, distances)` for every row of `from`, in order: `distances[j]` is its squared distance to row j of `to`.
 * The array is used again; memory stays at two blocks of 1,024 rows. The rows must have as many columns.
 * Rounding of the product can leave about 1e-15 (float32: 1e-6) of the squared lengths where two rows are equal.
 */
export async function forEachRowOfSquaredDistances(
  from: Matrix,
  to: Matrix,
  product: MatrixProduct,
  use: (row: number, distances: Float64Array) => void,
): Promise<void> {
  const lengths = squaredLengths(from);
  const otherLengths = squaredLengths(to);
  const columns = from.columns;
  const distances = new Float64Array(to.rows);
  const other = transpose(to.data, to.rows, columns);
  for (let start = 0; start < from.rows; start += blockRows) {
    const end = Math.min(start + blockRows, from.rows);
    const block = from.data.subarray(start * columns, end * columns);
    const products = await product(block, other, end - start, columns, to.rows);
    for (let row = start; row < end; row++) {
      const at = (row - start) * to.rows;
      for (let j = 0; j < to.rows; j++)
        distances[j] = Math.max(lengths[row]! + otherLengths[j]! - 2 * products[at + j]!, 0);
      use(row, distances);
    }
  }
}

function squaredLengths({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += data[at]! ** 2;
    return sum;
  });
}

/** The k-th smallest (1: smallest) of `values`, by a heap of the k smallest so far. */
export function kthSmallest(values: Float64Array, k: number, except = -1): number {
  const smallest = nearest(values, k, except);
  return values[smallest.at(-1)!]!;
}

/** Indices of the k smallest of `values`, ascending, leaving out index `except`. */
export function nearest(values: Float64Array, k: number, except = -1): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (i === except || (found.length === k && values[i]! >= values[found[k - 1]!]!)) continue;
    let place = found.length === k ? k - 1 : found.length;
    for (; place > 0 && values[found[place - 1]!]! > values[i]!; place--) found[place] = found[place - 1]!;
    found[place] = i;
  }
  return found;
}

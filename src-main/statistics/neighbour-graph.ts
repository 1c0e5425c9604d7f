// The nearest rows of one matrix for every row of another: exact, in tiles, through the matrix product.
import { type Matrix, type MatrixProduct, transpose } from './matrix.ts';

/** `indices[row * count + rank]` with its Euclidean distance, the nearest first; -1 and infinity where there are fewer rows. */
export interface Neighbours {
  readonly count: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

/** Rows of both matrices that are multiplied at once: a tile of products takes 64 MiB in float64. */
const [fromRows, toRows] = [1024, 8192];

/**
 * The `count` nearest rows of `to` for every row of `from` by Euclidean distance, ties by row. `isSame`: the matrices are one, and no row is its own
 * neighbour. Time grows with the product of both numbers of rows. `step` is told how many rows are done.
 */
export async function nearestRows(
  from: Matrix,
  to: Matrix,
  count: number,
  product: MatrixProduct,
  { isSame = false, step = () => {} }: { readonly isSame?: boolean; readonly step?: (rows: number) => void } = {},
): Promise<Neighbours> {
  const { columns } = from;
  const indices = new Int32Array(from.rows * count).fill(-1);
  // Half the squared distance without the row's own length, which orders the candidates of a row as the distance does.
  const keys = new Float64Array(from.rows * count).fill(Number.POSITIVE_INFINITY);
  const [lengths, others] = [halfSquares(from), halfSquares(to)];
  for (let start = 0; start < to.rows; start += toRows) {
    const end = Math.min(start + toRows, to.rows);
    const tile = transpose(to.data.subarray(start * columns, end * columns), end - start, columns);
    for (let first = 0; first < from.rows; first += fromRows) {
      const last = Math.min(first + fromRows, from.rows);
      const block = from.data.subarray(first * columns, last * columns);
      const products = await product(block, tile, last - first, columns, end - start);
      for (let row = first; row < last; row++) {
        const skipped = isSame ? row : -1;
        keepNearest(
          { indices, keys, count, row },
          { products, at: (row - first) * (end - start), others, start, end, skipped },
        );
      }
      step(((start / toRows) * from.rows + last) / Math.ceil(to.rows / toRows));
    }
  }
  const distances = Float32Array.from(keys, (key, at) =>
    Math.sqrt(Math.max(0, 2 * (key + lengths[Math.floor(at / count)]!))),
  );
  return { count, indices, distances };
}

function keepNearest(
  kept: { readonly indices: Int32Array; readonly keys: Float64Array; readonly count: number; readonly row: number },
  tile: {
    readonly products: Float32Array | Float64Array;
    readonly at: number;
    readonly others: Float64Array;
    readonly start: number;
    readonly end: number;
    readonly skipped: number;
  },
): void {
  const { indices, keys, count, row } = kept;
  const { products, at, others, start, end, skipped } = tile;
  const base = row * count;
  let worst = keys[base + count - 1]!;
  for (let column = start; column < end; column++) {
    const key = others[column]! - products[at + column - start]!;
    if (key >= worst || column === skipped) continue;
    let place = base + count - 1;
    for (; place > base && keys[place - 1]! > key; place--) {
      keys[place] = keys[place - 1]!;
      indices[place] = indices[place - 1]!;
    }
    keys[place] = key;
    indices[place] = column;
    worst = keys[base + count - 1]!;
  }
}

function halfSquares({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += data[at]! ** 2;
    return sum / 2;
  });
}

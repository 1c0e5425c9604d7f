// Matrices as plain rows, and their product: the one heavy operation that statistics let their caller speed up.

/** `data[row * columns + column]`; a row is an observation (an image's features), a column a variable. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/** Arrays of one length as the rows of a matrix. */
export function matrixOf(rows: readonly Float32Array[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  for (const [row, values] of rows.entries()) data.set(values, row * columns);
  return { rows: rows.length, columns, data };
}

/**
 * The product [m, n] of a [m, k] and b [k, n], all row-major. Statistics take one as an argument, so that a caller with
 * an accelerator passes its own. One in float32 gives distances of about 1e-3 relative.
 */
export type MatrixProduct = (
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  m: number,
  k: number,
  n: number,
) => Float32Array | Float64Array | Promise<Float32Array | Float64Array>;

const depth = 64;
const breadth = 512;

/** The product in plain JavaScript and float64, on one thread: about 2 GFLOP/s. */
export function multiply(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const product = new Float64Array(m * n);
  const stride = Math.min(breadth, n);
  /** A block of b that stays in the cache while all rows of a pass by; rows that it lacks at the end are 0. */
  const block = new Float64Array((Math.min(depth, k) + 3) * stride);
  for (let fromDepth = 0; fromDepth < k; fromDepth += depth) {
    const depthHere = Math.min(depth, k - fromDepth);
    for (let fromColumn = 0; fromColumn < n; fromColumn += breadth) {
      const breadthHere = Math.min(breadth, n - fromColumn);
      block.fill(0);
      for (let row = 0; row < depthHere; row++) {
        const start = (fromDepth + row) * n + fromColumn;
        block.set(b.subarray(start, start + breadthHere), row * stride);
      }
      for (let row = 0; row < m; row++)
        addRows(
          product.subarray(row * n + fromColumn, row * n + fromColumn + breadthHere),
          a.subarray(row * k + fromDepth, row * k + fromDepth + depthHere),
          block,
          stride,
        );
    }
  }
  return product;
}

/**
 * sums += factors · block, four rows of the block, `stride` apart, at a time. The block must go on for three rows after the last
 * factor's, with any finite numbers.
 */
export function addRows(
  sums: Float64Array,
  factors: Float32Array | Float64Array,
  block: Float64Array,
  stride: number,
): void {
  for (let row = 0; row < factors.length; row += 4) {
    const first = factors[row]!;
    const second = factors[row + 1] ?? 0;
    const third = factors[row + 2] ?? 0;
    const fourth = factors[row + 3] ?? 0;
    const start = row * stride;
    for (let column = 0; column < sums.length; column++) {
      const at = start + column;
      sums[column]! +=
        first * block[at]! +
        second * block[at + stride]! +
        third * block[at + 2 * stride]! +
        fourth * block[at + 3 * stride]!;
    }
  }
}

/** [columns, rows] of a [rows, columns] matrix. */
export function transpose(data: Float32Array | Float64Array, rows: number, columns: number): Float64Array {
  const transposed = new Float64Array(data.length);
  const tile = 32;
  for (let top = 0; top < rows; top += tile)
    for (let left = 0; left < columns; left += tile)
      for (let row = top; row < Math.min(top + tile, rows); row++)
        for (let column = left; column < Math.min(left + tile, columns); column++)
          transposed[column * rows + row] = data[row * columns + column]!;
  return transposed;
}

/** Mean of every column. */
export function columnMeans({ rows, columns, data }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) means[column]! += data[row * columns + column]!;
  return means.map((sum) => sum / rows);
}

/** The rows minus `means`. */
export function centred({ rows, columns, data }: Matrix, means: Float64Array): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      result[row * columns + column] = data[row * columns + column]! - means[column]!;
  return result;
}

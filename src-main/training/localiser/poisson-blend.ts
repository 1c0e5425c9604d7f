// Poisson image editing (Pérez et al. 2003): a patch is set into an image by its gradients, so that no seam shows.

/** Rows of samples, one after the other. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/**
 * The rectangle that agrees with `target` on its border and has the gradients of `source` inside; `mixed`: wherever those of
 * `target` are larger, these. Both have one size, at least 3 x 3. The discrete Poisson equation is solved exactly, by sine
 * transforms (DST-I) of rows and columns.
 */
export function poissonBlend(target: Plane, source: Plane, mixed: boolean): Plane {
  const { width, height } = target;
  const [rows, columns] = [height - 2, width - 2];
  const t = target.values;
  const s = source.values;
  /** The gradient from pixel `at` to its neighbour `step` further. */
  const gradient = (at: number, step: number): number => {
    const own = s[at + step]! - s[at]!;
    if (!mixed) return own;
    const other = t[at + step]! - t[at]!;
    return Math.abs(other) > Math.abs(own) ? other : own;
  };
  const right = new Float64Array(rows * columns);
  for (let y = 1; y <= rows; y++) {
    for (let x = 1; x <= columns; x++) {
      const at = y * width + x;
      let value = gradient(at, 1) - gradient(at - 1, 1) + gradient(at, width) - gradient(at - width, width);
      if (y === 1) value -= t[x]!;
      if (y === rows) value -= t[at + width]!;
      if (x === 1) value -= t[at - 1]!;
      if (x === columns) value -= t[at + 1]!;
      right[(y - 1) * columns + x - 1] = value;
    }
  }
  const solution = solvePoisson(right, rows, columns);
  const values = t.slice();
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) values[(y + 1) * width + x + 1] = solution[y * columns + x]!;
  }
  return { width, height, values };
}

/** u with laplacian(u) = right, [rows, columns], u = 0 around it. */
function solvePoisson(right: Float64Array, rows: number, columns: number): Float64Array {
  const down = sines(rows);
  const across = sines(columns);
  const coefficients = timesRight(timesLeft(down, right, rows, columns), across, rows, columns);
  const scale = 4 / ((rows + 1) * (columns + 1));
  for (let i = 0; i < rows; i++) {
    const vertical = 2 * Math.cos((Math.PI * (i + 1)) / (rows + 1)) - 2;
    for (let j = 0; j < columns; j++) {
      const eigenvalue = vertical + 2 * Math.cos((Math.PI * (j + 1)) / (columns + 1)) - 2;
      coefficients[i * columns + j]! *= scale / eigenvalue;
    }
  }
  return timesRight(timesLeft(down, coefficients, rows, columns), across, rows, columns);
}

const sineMatrices = new Map<number, Float64Array>();

/** The symmetric matrix of DST-I: sin(pi (i + 1) (j + 1) / (n + 1)), [n, n]. */
function sines(n: number): Float64Array {
  const known = sineMatrices.get(n);
  if (known !== undefined) return known;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = Math.sin((Math.PI * (i + 1) * (j + 1)) / (n + 1));
  }
  sineMatrices.set(n, matrix);
  return matrix;
}

/** a [n, n] times x [n, columns]. */
function timesLeft(a: Float64Array, x: Float64Array, n: number, columns: number): Float64Array {
  const result = new Float64Array(n * columns);
  for (let i = 0; i < n; i++) {
    const to = i * columns;
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      const from = k * columns;
      for (let j = 0; j < columns; j++) result[to + j]! += factor * x[from + j]!;
    }
  }
  return result;
}

/** x [rows, n] times the symmetric a [n, n]. */
function timesRight(x: Float64Array, a: Float64Array, rows: number, n: number): Float64Array {
  const result = new Float64Array(rows * n);
  for (let i = 0; i < rows; i++) {
    const to = i * n;
    for (let k = 0; k < n; k++) {
      const factor = x[to + k]!;
      const from = k * n;
      for (let j = 0; j < n; j++) result[to + j]! += factor * a[from + j]!;
    }
  }
  return result;
}

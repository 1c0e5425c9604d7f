// Eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalisation, then implicit QL steps.
import { Problem } from '../platform/errors.ts';

export interface EigenSystem {
  /** Descending. */
  readonly values: Float64Array;
  /** `vectors[i * n + …]` is the unit eigenvector of values[i]. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues of a symmetric [n, n] matrix, descending; only its lower triangle is read. About 4/3 n^3
 * operations. Throws `usage` for entries that are not finite.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, offDiagonal } = tridiagonalise(matrix, n);
  diagonaliseTridiagonal(diagonal, offDiagonal, undefined);
  return diagonal.sort().reverse();
}

/** Eigenvalues and eigenvectors of a symmetric [n, n] matrix; only its lower triangle is read. */
export function symmetricEigen(matrix: Float64Array, n: number): EigenSystem {
  const { diagonal, offDiagonal, reflections } = tridiagonalise(matrix, n);
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  diagonaliseTridiagonal(diagonal, offDiagonal, rows);
  for (let i = 0; i < n; i++) reflectBack(rows.subarray(i * n, (i + 1) * n), reflections, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(n * n);
  for (const [place, i] of order.entries()) vectors.set(rows.subarray(i * n, (i + 1) * n), place * n);
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** offDiagonal[i] couples i and i + 1; one 0 at the end. */
  readonly offDiagonal: Float64Array;
  /** Row k holds from column k + 1 on the vector v, |v|^2 = 2 (or 0), of the reflection I - v v^T of step k. */
  readonly reflections: Float64Array;
}

/**
 * Reflects the matrix to tridiagonal form. A step must subtract v w^T + w v^T from what is left, and then multiply that
 * by the next v; both are done in one pass over the lower triangle, because reading it is what takes the time.
 */
function tridiagonalise(matrix: Float64Array, n: number): Tridiagonal {
  const work = Float64Array.from(matrix);
  const reflections = new Float64Array(n * n);
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const column = new Float64Array(n);
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let nextV = new Float64Array(n);
  let nextW = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    for (let i = k; i < n; i++) column[i] = work[i * n + k]! - v[i]! * w[k]! - w[i]! * v[k]!;
    diagonal[k] = column[k]!;
    if (k === n - 1) break;
    offDiagonal[k] = reflectionOf(column, k + 1, nextV);
    reflections.set(nextV.subarray(k + 1), k * n + k + 1);
    nextW.fill(0);
    for (let i = k + 1; i < n; i++)
      nextW[i]! += updateRow(work.subarray(i * n, i * n + i + 1), k + 1, v, w, nextV, nextW);
    const half = dot(nextV, nextW, k + 1, n) / 2;
    for (let i = k + 1; i < n; i++) nextW[i]! -= half * nextV[i]!;
    [v, nextV] = [nextV, v];
    [w, nextW] = [nextW, w];
  }
  if (!diagonal.every(Number.isFinite) || !offDiagonal.every(Number.isFinite))
    throw new Problem('usage', { message: 'a matrix with entries that are not finite has no eigenvalues' });
  return { diagonal, offDiagonal, reflections };
}

/**
 * Applies the pending update to row i of the lower triangle (its entries `from`..i), adds its part above the diagonal to
 * `product`, and returns its own entry of the product with `next`.
 */
function updateRow(
  row: Float64Array,
  from: number,
  v: Float64Array,
  w: Float64Array,
  next: Float64Array,
  product: Float64Array,
): number {
  const i = row.length - 1;
  const vi = v[i]!;
  const wi = w[i]!;
  const nextI = next[i]!;
  let sum = 0;
  for (let j = from; j < i; j++) {
    const value = row[j]! - vi * w[j]! - wi * v[j]!;
    row[j] = value;
    sum += value * next[j]!;
    product[j]! += value * nextI;
  }
  row[i]! -= 2 * vi * wi;
  return sum + row[i]! * nextI;
}

/**
 * Writes to `v` the vector of the reflection I - v v^T that takes x = column[from..] to (length, 0, …), with |v|^2 = 2,
 * and returns that first entry. v is 0 where nothing has to be done.
 */
function reflectionOf(column: Float64Array, from: number, v: Float64Array): number {
  v.fill(0);
  let largest = 0;
  for (let i = from + 1; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]!));
  const first = column[from]!;
  if (largest === 0) return first;
  const scale = Math.max(largest, Math.abs(first));
  let squares = 0;
  for (let i = from; i < column.length; i++) squares += (column[i]! / scale) ** 2;
  const length = Math.sqrt(squares) * (first > 0 ? -1 : 1);
  const head = first / scale - length;
  const norm = Math.sqrt(-length * head);
  v[from] = head / norm;
  for (let i = from + 1; i < column.length; i++) v[i] = column[i]! / scale / norm;
  return length * scale;
}

function dot(a: Float64Array, b: Float64Array, from: number, end: number): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Takes an eigenvector of the tridiagonal matrix back to one of the matrix it came from. */
function reflectBack(vector: Float64Array, reflections: Float64Array, n: number): void {
  for (let k = n - 2; k >= 0; k--) {
    const reflection = reflections.subarray(k * n, (k + 1) * n);
    const along = dot(reflection, vector, k + 1, n);
    for (let i = k + 1; i < n; i++) vector[i]! -= along * reflection[i]!;
  }
}

/**
 * Implicit QL with Wilkinson's shift (Parlett, The Symmetric Eigenvalue Problem, 8.13): leaves the eigenvalues in
 * `diagonal`. The rotations are applied to the rows of `rows` [n, n], which become the eigenvectors if they were the identity.
 */
function diagonaliseTridiagonal(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  rows: Float64Array | undefined,
): void {
  const n = diagonal.length;
  for (let first = 0; first < n; first++)
    for (;;) {
      const last = endOfBlock(diagonal, offDiagonal, first);
      if (last === first) break;
      const step = (diagonal[first + 1]! - diagonal[first]!) / (2 * offDiagonal[first]!);
      const away = step + Math.sign(step || 1) * Math.hypot(step, 1);
      let bulge = diagonal[last]! - diagonal[first]! + offDiagonal[first]! / away;
      let cosine = 1;
      let sine = 1;
      let shift = 0;
      let i = last - 1;
      for (; i >= first; i--) {
        const rotated = sine * offDiagonal[i]!;
        const kept = cosine * offDiagonal[i]!;
        const radius = Math.hypot(rotated, bulge);
        offDiagonal[i + 1] = radius;
        if (radius === 0) break;
        sine = rotated / radius;
        cosine = bulge / radius;
        const below = diagonal[i + 1]! - shift;
        const mixed = (diagonal[i]! - below) * sine + 2 * cosine * kept;
        shift = sine * mixed;
        diagonal[i + 1] = below + shift;
        bulge = cosine * mixed - kept;
        if (rows !== undefined) rotateRows(rows, n, i, cosine, sine);
      }
      if (i >= first) {
        // A rotation met a zero: the block has come apart at i + 1; the rest goes on by itself.
        diagonal[i + 1]! -= shift;
        offDiagonal[last] = 0;
        continue;
      }
      diagonal[first]! -= shift;
      offDiagonal[first] = bulge;
      offDiagonal[last] = 0;
    }
}

/** Last index of the unreduced block that starts at `first`. */
function endOfBlock(diagonal: Float64Array, offDiagonal: Float64Array, first: number): number {
  let last = first;
  while (last < diagonal.length - 1) {
    const size = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    if (Math.abs(offDiagonal[last]!) <= Number.EPSILON * size) break;
    last++;
  }
  return last;
}

function rotateRows(rows: Float64Array, n: number, i: number, cosine: number, sine: number): void {
  const start = i * n;
  for (let at = start; at < start + n; at++) {
    const lower = rows[at + n]!;
    const upper = rows[at]!;
    rows[at + n] = sine * upper + cosine * lower;
    rows[at] = cosine * upper - sine * lower;
  }
}

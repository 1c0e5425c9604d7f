// The Fréchet distance between two sets of feature vectors, each described by its mean and covariance.
import { Problem } from '../platform/errors.ts';
import { addRows, centred, columnMeans, type Matrix, type MatrixProduct, multiply, transpose } from './matrix.ts';
import { symmetricEigenvalues } from './symmetric-eigen.ts';

/** What is kept of a feature set: small enough to be cached. */
export interface FeatureMoments {
  readonly mean: Float64Array;
  /** [n, n], divided by rows - 1 (numpy.cov). */
  readonly covariance: Float64Array;
}

/** Mean and covariance of the rows. Throws `usage` for fewer than two rows. */
export async function featureMoments(features: Matrix, product: MatrixProduct = multiply): Promise<FeatureMoments> {
  const { rows, columns } = features;
  if (rows < 2) throw new Problem('usage', { message: 'a covariance needs at least two images' });
  const mean = columnMeans(features);
  const data = centred(features, mean);
  const scatter = await product(transpose(data, rows, columns), data, columns, rows, columns);
  return { mean, covariance: Float64Array.from(scatter, (sum) => sum / (rows - 1)) };
}

/**
 * |mean difference|^2 + trace(A + B - 2 (A B)^(1/2)) of two sets of moments (Dowson and Landau 1982; FID of Heusel and others
 * 2017, FRD). With A = L L^T the eigenvalues of A B are those of the symmetric L^T B L, so no matrix root is taken and
 * singular covariances need no offset. Throws `mismatch` for features of different length.
 */
export async function frechetDistance(
  first: FeatureMoments,
  second: FeatureMoments,
  product: MatrixProduct = multiply,
): Promise<number> {
  const n = first.mean.length;
  if (second.mean.length !== n)
    throw new Problem('mismatch', { what: 'length of features', expected: `${n}`, found: `${second.mean.length}` });
  const { factor, rank } = semidefiniteFactor(first.covariance, n);
  const middle = await product(factor, second.covariance, rank, n, n);
  const inner = await product(middle, transpose(factor, rank, n), rank, n, rank);
  const roots = symmetricEigenvalues(Float64Array.from(inner), rank);
  let distance = 0;
  for (let i = 0; i < n; i++) {
    distance += (first.mean[i]! - second.mean[i]!) ** 2;
    distance += first.covariance[i * n + i]! + second.covariance[i * n + i]!;
  }
  for (const value of roots) distance -= 2 * Math.sqrt(Math.max(value, 0));
  return Math.max(distance, 0);
}

/**
 * L^T, [rank, n], with L L^T = the positive semidefinite [n, n] matrix: Cholesky with complete pivoting, which stops where
 * only rounding is left (Higham 1990).
 */
function semidefiniteFactor(matrix: Float64Array, n: number): { readonly factor: Float64Array; readonly rank: number } {
  const factor = new Float64Array((n + 3) * n);
  const left = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
  const done = new Uint8Array(n);
  const tolerance = n * Number.EPSILON * left.reduce((largest, value) => Math.max(largest, value), 0);
  let rank = 0;
  for (; rank < n; rank++) {
    let pivot = -1;
    for (let i = 0; i < n; i++) if (done[i] === 0 && (pivot < 0 || left[i]! > left[pivot]!)) pivot = i;
    if (!(left[pivot]! > tolerance)) break;
    const row = factor.subarray(rank * n, (rank + 1) * n);
    row.set(matrix.subarray(pivot * n, (pivot + 1) * n));
    addRows(row, factorsAt(factor, rank, pivot, n), factor, n);
    const root = Math.sqrt(left[pivot]!);
    for (let i = 0; i < n; i++) {
      row[i] = done[i] === 1 ? 0 : row[i]! / root;
      left[i]! -= row[i]! ** 2;
    }
    row[pivot] = root;
    done[pivot] = 1;
  }
  return { factor: factor.subarray(0, rank * n), rank };
}

/** What must be subtracted of every row so far: minus its entry in the pivot's column. */
function factorsAt(factor: Float64Array, rank: number, pivot: number, n: number): Float64Array {
  return Float64Array.from({ length: rank }, (_, k) => -factor[k * n + pivot]!);
}

// A multivariate normal distribution fitted to feature vectors, and the Mahalanobis distance from it.
import { Problem } from '../platform/errors.ts';
import type { FeatureMoments } from './frechet-distance.ts';
import { type Matrix, type MatrixProduct, multiply } from './matrix.ts';

export interface Gaussian {
  readonly mean: Float64Array;
  /** W [n, n]: the distance of x is the length of (x - mean) W. W Wᵀ is the inverse of the covariance. */
  readonly whitening: Float64Array;
}

/** Less than this share of the squared mean is rounding. */
const leastVariation = 1e-12;

/**
 * The distribution of a mean and a covariance, to whose diagonal `shrinkage` times the mean of the diagonal is added, so that
 * directions which the sample does not fill have a width. Throws `usage` for features that do not vary at all.
 */
export function fitGaussian({ mean, covariance }: FeatureMoments, shrinkage: number): Gaussian {
  const n = mean.length;
  let [trace, size] = [0, 0];
  for (let i = 0; i < n; i++) {
    trace += covariance[i * n + i]!;
    size += mean[i]! ** 2;
  }
  if (!(trace > leastVariation * size)) {
    const message = 'the features of the normals do not vary: copies of one image do not tell what is usual';
    throw new Problem('usage', { message });
  }
  const ridge = (shrinkage * trace) / n;
  const shrunk = covariance.map((value, at) => (at % (n + 1) === 0 ? value + ridge : value));
  return { mean, whitening: inverseTransposed(cholesky(shrunk, n), n) };
}

/** The Mahalanobis distance of each row; `product` as in matrix.ts. */
export async function mahalanobisDistances(
  { mean, whitening }: Gaussian,
  { rows, columns, data }: Matrix,
  product: MatrixProduct = multiply,
): Promise<Float64Array> {
  const differences = Float64Array.from(data, (value, at) => value - mean[at % columns]!);
  const whitened = await product(differences, whitening, rows, columns, columns);
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += whitened[at]! ** 2;
    return Math.sqrt(sum);
  });
}

/**
 * The lower triangular L [n, n] with L Lᵀ = a symmetric positive definite matrix, of which only the lower triangle is read.
 * Throws `usage` for another matrix.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0, p = i * n, q = j * n; k < j; k++, p++, q++) sum -= lower[p]! * lower[q]!;
      if (i > j) lower[i * n + j] = sum / lower[j * n + j]!;
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else throw new Problem('usage', { message: 'the covariance of the features is not positive definite' });
    }
  }
  return lower;
}

/** (L⁻¹)ᵀ of a lower triangular L [n, n]. */
function inverseTransposed(lower: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let column = 0; column < n; column++) {
    const start = column * n;
    result[start + column] = 1 / lower[column * n + column]!;
    for (let i = column + 1; i < n; i++) {
      let sum = 0;
      for (let k = column; k < i; k++) sum += lower[i * n + k]! * result[start + k]!;
      result[start + i] = -sum / lower[i * n + i]!;
    }
  }
  return result;
}

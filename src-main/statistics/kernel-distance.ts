// The kernel Inception distance: an unbiased distance between two sets of feature vectors.
import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { type Matrix, type MatrixProduct, multiply, transpose } from './matrix.ts';

export interface KernelDistanceOptions {
  /** Random subsets that are averaged over; 100 in StyleGAN2-ADA's kid50k_full. */
  readonly subsets: number;
  /** Rows of each set in a subset, at most; 1,000 there. */
  readonly subsetSize: number;
}

/**
 * Squared maximum mean discrepancy under the kernel (x·y / n + 1)^3, n the features' length, unbiased, averaged over random
 * subsets drawn without replacement (Bińkowski and others 2018). Throws `usage` for fewer than two rows in a set.
 */
export async function kernelDistance(
  first: Matrix,
  second: Matrix,
  { subsets, subsetSize }: KernelDistanceOptions,
  random: Random,
  product: MatrixProduct = multiply,
): Promise<number> {
  if (first.columns !== second.columns)
    throw new Problem('mismatch', {
      what: 'length of features',
      expected: `${first.columns}`,
      found: `${second.columns}`,
    });
  const size = Math.min(first.rows, second.rows, subsetSize);
  if (!(size >= 2 && subsets >= 1))
    throw new Problem('usage', { message: 'a kernel distance needs a subset of at least two images of each set' });
  let sum = 0;
  for (let subset = 0; subset < subsets; subset++) {
    const [a, b] = [first, second].map((set) => drawRows(set, size, random));
    const within = (await kernelSums(a!, a!, product)).apart + (await kernelSums(b!, b!, product)).apart;
    const across = (await kernelSums(a!, b!, product)).all;
    sum += within / (size * (size - 1)) - (2 * across) / (size * size);
  }
  return sum / subsets;
}

/** Sum of the kernel over all pairs of rows, and over those of different index. */
async function kernelSums(a: Matrix, b: Matrix, product: MatrixProduct): Promise<{ all: number; apart: number }> {
  const products = await product(a.data, transpose(b.data, b.rows, b.columns), a.rows, a.columns, b.rows);
  let all = 0;
  let same = 0;
  for (let at = 0; at < products.length; at++) {
    const kernel = (products[at]! / a.columns + 1) ** 3;
    all += kernel;
    if (at % (b.rows + 1) === 0) same += kernel;
  }
  return { all, apart: all - same };
}

function drawRows({ rows, columns, data }: Matrix, size: number, random: Random): Matrix {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const drawn = new Float64Array(size * columns);
  for (let i = 0; i < size; i++) {
    const j = i + random.below(rows - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
    drawn.set(data.subarray(order[i]! * columns, (order[i]! + 1) * columns), i * columns);
  }
  return { rows: size, columns, data: drawn };
}

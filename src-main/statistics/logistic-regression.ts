// Logistic regression with a ridge, as scikit-learn's: what tells two groups of rows apart.
import { Problem } from '../platform/errors.ts';
import { cholesky } from './gaussian.ts';
import type { Matrix } from './matrix.ts';

export interface LogisticModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

export interface LogisticOptions {
  /** Inverse of the strength of the ridge (scikit-learn's C). */
  readonly c: number;
  /** Both groups weigh the same, however many rows each has (`class_weight='balanced'`). */
  readonly balanced: boolean;
}

/** Newton steps; a ridge makes the problem strictly convex, so that a dozen are enough. */
const mostSteps = 100;
const settled = 1e-10;

/**
 * Minimises C sum(w_i loss_i) + |weights|^2 / 2 over weights and an intercept without ridge, by Newton's method. `labels`: 1 or 0
 * for each row. Throws `usage` unless both groups have a row, `content` for values that are no numbers.
 */
export function fitLogistic(
  { rows, columns, data }: Matrix,
  labels: readonly (0 | 1)[],
  options: LogisticOptions,
): LogisticModel {
  const positive = labels.filter((label) => label === 1).length;
  if (labels.length !== rows || positive === 0 || positive === rows) {
    throw new Problem('usage', { message: `there must be rows of both kinds; there are ${positive} of ${rows}` });
  }
  const weightOf = (label: 0 | 1) =>
    options.c * (options.balanced ? rows / (2 * (label === 1 ? positive : rows - positive)) : 1);
  const size = columns + 1;
  let beta = new Float64Array(size);
  const objective = (at: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const margin = (labels[row] === 1 ? 1 : -1) * logitOf(at, data, row, columns);
      sum +=
        weightOf(labels[row]!) * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
    }
    for (let column = 0; column < columns; column++) sum += at[column]! ** 2 / 2;
    return sum;
  };
  let value = objective(beta);
  for (let step = 0; step < mostSteps; step++) {
    const { gradient, hessian } = derivatives(beta, data, labels, columns, weightOf);
    const direction = solve(hessian, gradient, size);
    let length = 1;
    let next = beta.map((each, at) => each - direction[at]!);
    // Halved until it goes down: far from the minimum a whole step may overshoot.
    while (!(objective(next) <= value) && length > 1e-6) {
      length /= 2;
      next = beta.map((each, at) => each - length * direction[at]!);
    }
    const after = objective(next);
    const gain = value - after;
    [beta, value] = [next, after];
    if (!Number.isFinite(value)) throw new Problem('content', { file: 'the features', reason: 'are not all numbers' });
    if (gain <= settled * Math.max(1, Math.abs(value))) break;
  }
  return { weights: beta.slice(0, columns), intercept: beta[columns]! };
}

/** Log-odds of every row. */
export function logits({ weights, intercept }: LogisticModel, { rows, columns, data }: Matrix): Float64Array {
  const beta = Float64Array.from([...weights, intercept]);
  return Float64Array.from({ length: rows }, (_, row) => logitOf(beta, data, row, columns));
}

function logitOf(beta: Float64Array, data: Matrix['data'], row: number, columns: number): number {
  let sum = beta[columns]!;
  for (let column = 0; column < columns; column++) sum += beta[column]! * data[row * columns + column]!;
  return sum;
}

function derivatives(
  beta: Float64Array,
  data: Matrix['data'],
  labels: readonly (0 | 1)[],
  columns: number,
  weightOf: (label: 0 | 1) => number,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const size = columns + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(size).fill(1);
  for (const [row, label] of labels.entries()) {
    for (let column = 0; column < columns; column++) x[column] = data[row * columns + column]!;
    const chance = 1 / (1 + Math.exp(-logitOf(beta, data, row, columns)));
    const weight = weightOf(label);
    const curvature = weight * chance * (1 - chance);
    for (let i = 0; i < size; i++) {
      gradient[i]! += weight * (chance - label) * x[i]!;
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += curvature * x[i]! * x[j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    if (i < columns) {
      gradient[i]! += beta[i]!;
      hessian[i * size + i]! += 1;
    } else {
      // Where both groups are told apart for certain, nothing curves any more.
      hessian[i * size + i]! += 1e-12;
    }
  }
  return { gradient, hessian };
}

/** x with A x = b for a positive definite A [n, n], by Cholesky. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const lower = cholesky(a, n);
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i]! -= lower[i * n + j]! * x[j]!;
    x[i]! /= lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= lower[j * n + i]! * x[j]!;
    x[i]! /= lower[i * n + i]!;
  }
  return x;
}

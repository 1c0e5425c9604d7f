// The Inception score: are generated images each clearly of a class, and of all classes together?
import { Problem } from '../platform/errors.ts';
import type { Matrix } from './matrix.ts';
import { mean, variance } from './moments.ts';

/**
 * exp of the mean Kullback-Leibler divergence between each image's class probabilities (a row) and their mean, over
 * `splits` consecutive parts of the rows (Salimans and others 2016): mean and standard deviation (ddof 0) of the parts,
 * 10 by custom. Throws `usage` when there are fewer rows than splits.
 */
export function inceptionScore(
  probabilities: Matrix,
  splits: number,
): { readonly mean: number; readonly standardDeviation: number } {
  const { rows, columns, data } = probabilities;
  if (!Number.isInteger(splits) || splits < 1 || rows < splits)
    throw new Problem('usage', { message: `${rows} images cannot be scored in ${splits} splits` });
  const scores = Array.from({ length: splits }, (_, split) => {
    const from = Math.floor((split * rows) / splits);
    const end = Math.floor(((split + 1) * rows) / splits);
    return scoreOf(data.subarray(from * columns, end * columns), columns);
  });
  return { mean: mean(scores), standardDeviation: Math.sqrt(variance(scores, 0)) };
}

/** exp(mean KL) by way of entropies: KL summed over rows = rows * entropy of the mean - sum of the rows' entropies. */
function scoreOf(probabilities: Float32Array | Float64Array, columns: number): number {
  const rows = probabilities.length / columns;
  const average = new Float64Array(columns);
  let rowEntropy = 0;
  for (let at = 0; at < probabilities.length; at++) {
    average[at % columns]! += probabilities[at]! / rows;
    rowEntropy += entropyTerm(probabilities[at]!);
  }
  const entropy = average.reduce((sum, p) => sum + entropyTerm(p), 0);
  return Math.exp(entropy - rowEntropy / rows);
}

const entropyTerm = (p: number) => (p > 0 ? -p * Math.log(p) : 0);

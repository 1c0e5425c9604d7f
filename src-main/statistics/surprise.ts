// How surprising a score is among those of normal images: minus the decimal logarithm of its tail probability.
import { Problem } from '../platform/errors.ts';
import { sortedQuantile } from './quantile.ts';
import { checkScores, type Scores } from './scores.ts';

/** Which scores are abnormal. */
export type AbnormalEnd = 'high' | 'low' | 'both';

/** The scores of normals, made ready. */
export interface NormalScores {
  readonly end: AbnormalEnd;
  readonly upper: Tail;
  readonly lower: Tail;
}

/** One end of a distribution: values turned so that high ones are far out. */
interface Tail {
  /** Ascending. */
  readonly sorted: Float64Array;
  /** From here on the tail is taken to fall exponentially. */
  readonly threshold: number;
  /** Mean of what exceeds the threshold. */
  readonly excess: number;
  /** Tail probability at the threshold. */
  readonly share: number;
}

/** Share of the normals that the exponential is fitted to, and how many of them are enough where there are few. */
const tailShare = 0.1;
const enoughInTail = 20;
/** Of a normal distribution beyond its upper tenth the mean excess is 0.47 deviations: half of that is a short tail already. */
const leastExcess = 0.25;
/** Fewer normals do not tell how often a score is reached. */
export const fewestNormals = 10;

/** Throws `usage` for too few normals or scores that are no numbers. */
export function fitNormalScores(values: Scores, end: AbnormalEnd): NormalScores {
  checkScores('normal', values);
  if (values.length < fewestNormals) {
    const message = `at least ${fewestNormals} held-out normals are needed to tell what is usual; there are ${values.length}`;
    throw new Problem('usage', { message });
  }
  return { end, upper: fitTail(values), lower: fitTail(Float64Array.from(values, (value) => -value)) };
}

/**
 * Minus log10 of the chance that a normal image scores as far out, 0 or more. Among the normals the chance is their share,
 * interpolated; beyond the tenth that is farthest out (a third, of few normals) it falls exponentially at their mean excess (the peaks over a threshold of
 * extreme value theory with shape 0, Pickands 1975), so that images beyond all normals still have an order.
 */
export function surpriseOf({ end, upper, lower }: NormalScores, value: number): number {
  const [above, below] = [tailProbability(upper, value), tailProbability(lower, -value)];
  const chance = { high: above, low: below, both: Math.min(1, 2 * Math.min(above, below)) }[end];
  return Math.log10(1 / chance);
}

function fitTail(values: Scores): Tail {
  const sorted = Float64Array.from(values).sort();
  const count = Math.max(Math.round(tailShare * sorted.length), Math.min(enoughInTail, Math.floor(sorted.length / 3)));
  const threshold = (sorted[sorted.length - count - 1]! + sorted[sorted.length - count]!) / 2;
  const beyond = sorted.subarray(sorted.length - count);
  const mean = beyond.reduce((sum, value) => sum + value - threshold, 0) / count;
  // A handful of normals that happen to lie close together must not make everything beyond them impossible.
  const deviation = (sortedQuantile(sorted, 0.84) - sortedQuantile(sorted, 0.16)) / 2;
  const excess = Math.max(mean, leastExcess * deviation);
  // Halfway between two normals: as the interpolation has it there.
  return { sorted, threshold, excess, share: (count + 1.5) / (sorted.length + 1) };
}

function tailProbability({ sorted, threshold, excess, share }: Tail, value: number): number {
  if (value > threshold) {
    // Normals that do not vary there: whatever is beyond them is as far out as a number can say.
    if (excess <= 0) return smallest;
    return Math.max(smallest, share * Math.exp(-(value - threshold) / excess));
  }
  return 1 - placeOf(sorted, value) / (sorted.length + 1);
}

/** Keeps logarithms finite. */
const smallest = 1e-300;

/** How many of the ascending values are below, a value between two of them counting for its share of the way. */
function placeOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  if (low === sorted.length) return sorted.length;
  const [before, after] = [sorted[low - 1]!, sorted[low]!];
  return low + (after > before ? (value - before) / (after - before) - 1 : 0);
}

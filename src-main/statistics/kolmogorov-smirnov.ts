// The two-sample test of Kolmogorov and Smirnov: whether two samples come from one distribution, whatever it is.
import { Problem } from '../platform/errors.ts';

export interface TwoSampleTest {
  /** The largest distance between the two empirical distribution functions, 0 to 1. */
  readonly distance: number;
  /** Two-sided: the chance of at least that distance when both samples come from one continuous distribution. */
  readonly p: number;
}

/** Up to this product of the sizes the distribution is computed exactly; it costs as many steps. */
const exactProduct = 1_000_000;

/**
 * The distance and its p-value. Exact for small samples, by the recursion of Kim and Jennrich (1973) as in R's psmirnov; else by the limit of
 * Kolmogorov (1933) with the correction of Stephens (1970). Ties make the p-value too large, never too small. Throws `usage` for an empty sample.
 */
export function kolmogorovSmirnov(first: ArrayLike<number>, second: ArrayLike<number>): TwoSampleTest {
  if (first.length === 0 || second.length === 0)
    throw new Problem('usage', { message: 'two samples cannot be compared when one of them is empty' });
  const distance = largestDistance(Float64Array.from(first).sort(), Float64Array.from(second).sort());
  const [few, many] = [Math.min(first.length, second.length), Math.max(first.length, second.length)];
  const p = few * many <= exactProduct ? exactTail(distance, few, many) : limitTail(distance, few, many);
  return { distance, p };
}

/** Of two samples in ascending order; equal values of both count before the distance is taken. */
function largestDistance(first: Float64Array, second: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i]!, second[j]!);
    while (i < first.length && first[i] === value) i++;
    while (j < second.length && second[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / first.length - j / second.length));
  }
  return largest;
}

/** Chance of a distance of at least `distance`: one minus the share of lattice paths that stay within it. */
function exactTail(distance: number, few: number, many: number): number {
  // A path leaves where |i/few - j/many| reaches the distance; rounding must not move the border.
  const border = (0.5 + Math.floor(distance * few * many - 1e-7)) / (few * many);
  const within = new Float64Array(many + 1);
  for (let j = 0; j <= many; j++) within[j] = j / many > border ? 0 : 1;
  for (let i = 1; i <= few; i++) {
    const weight = i / (i + many);
    within[0] = i / few > border ? 0 : weight * within[0]!;
    for (let j = 1; j <= many; j++)
      within[j] = Math.abs(i / few - j / many) > border ? 0 : weight * within[j]! + within[j - 1]!;
  }
  return Math.min(1, Math.max(0, 1 - within[many]!));
}

/** Kolmogorov's limit at Stephens's argument (Journal of the Royal Statistical Society B 32:115-122). */
function limitTail(distance: number, few: number, many: number): number {
  const size = Math.sqrt((few * many) / (few + many));
  return kolmogorovTail((size + 0.12 + 0.11 / size) * distance);
}

/** Chance that Kolmogorov's limiting variable exceeds `x`: equals scipy.stats.kstwobign.sf. */
export function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  if (x < 1) {
    // The theta series converges quickly here, and the alternating one does not.
    let sum = 0;
    for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let tail = 0;
  for (let k = 1; k <= 20; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    tail += k % 2 === 1 ? 2 * term : -2 * term;
    if (term < 1e-300) break;
  }
  return Math.min(1, tail);
}

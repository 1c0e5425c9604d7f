// Quantiles of a sample, linear between order statistics as numpy's default.
import { Problem } from '../platform/errors.ts';

/** The `probability` quantile (0 to 1) of `sample`; equals numpy.quantile(sample, probability). Throws `usage` for none. */
export function quantile(sample: ArrayLike<number>, probability: number): number {
  return sortedQuantile(Float64Array.from(sample).sort(), probability);
}

/** The same for a sample that is already in ascending order. */
export function sortedQuantile(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) throw new Problem('usage', { message: 'a quantile needs at least one value' });
  if (!(probability >= 0 && probability <= 1))
    throw new Problem('usage', { message: `a quantile's probability must be in 0..1, not ${probability}` });
  const place = probability * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const fraction = place - below;
  // The branches are numpy's: the nearer end is the anchor, so that rounding never leaves the interval.
  return fraction < 0.5 ? lower + (upper - lower) * fraction : upper - (upper - lower) * (1 - fraction);
}

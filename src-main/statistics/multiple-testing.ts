// Several tests at once: Holm's family-wise correction and the false discovery rate of Benjamini and Hochberg.
import { Problem } from '../platform/errors.ts';

/** Holm's (1979) adjusted p-values, in the order given: below alpha means significant among all with family-wise error alpha. */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, test] of order.entries()) {
    highest = Math.max(highest, Math.min((pValues.length - rank) * pValues[test]!, 1));
    adjusted[test] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's (1995) adjusted p-values, in the order given: taking those up to a rate q as discoveries
 * keeps the expected share of false ones among them at or below q.
 */
export function falseDiscoveryAdjusted(pValues: readonly number[]): readonly number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(pValues.length);
  let lowest = 1;
  for (let rank = order.length; rank > 0; rank--) {
    const test = order[rank - 1]!;
    lowest = Math.min(lowest, (pValues[test]! * pValues.length) / rank);
    adjusted[test] = lowest;
  }
  return adjusted;
}

/** Which images of an archive stay when those called anomalous may be false alarms at this rate at most. */
export interface KeepSet {
  readonly keep: readonly number[];
  readonly flagged: readonly number[];
}

/** Splits images (by index) by their conformal p-values with the procedure of Benjamini and Hochberg at `rate` (0 to 1). */
export function keepSet(pValues: readonly number[], rate: number): KeepSet {
  if (!(rate > 0 && rate < 1))
    throw new Problem('usage', { message: `a false discovery rate must lie between 0 and 1, not ${rate}` });
  const adjusted = falseDiscoveryAdjusted(pValues);
  const images = Array.from(pValues.keys());
  return {
    keep: images.filter((image) => adjusted[image]! > rate),
    flagged: images.filter((image) => adjusted[image]! <= rate),
  };
}

function ascending(pValues: readonly number[]): readonly number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new Problem('usage', { message: `a p-value must be in 0..1, not ${wrong}` });
  return Array.from(pValues.keys()).sort((i, j) => pValues[i]! - pValues[j]!);
}

// Agreement of two readers: Cohen's kappa with the large-sample interval of Fleiss, Cohen and Everitt (1969).
import { Problem } from '../platform/errors.ts';
import { normalQuantile } from './normal-distribution.ts';

export interface Agreement {
  /** Images that both have read. */
  readonly images: number;
  /** Share of them about which both decided the same. */
  readonly observed: number;
  /** 1: always the same, 0: as often as by chance; null where that cannot be told: both gave one and the same verdict only. */
  readonly kappa: number | null;
  /** 95 %; null with fewer than two images, or where the formula has no width: complete agreement. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Two-sided 95 %. */
const z = normalQuantile(0.025);

/**
 * Kappa of a square table: `counts[i][j]` images are in category i by the first reader and j by the second. Unweighted (Cohen
 * 1960, Educational and Psychological Measurement 20:37-46); the variance is formula 13 of Fleiss, Cohen and Everitt (1969,
 * Psychological Bulletin 72:323-327), which takes images as independent. Throws `usage` for a table that is not square.
 */
export function cohenKappa(counts: readonly (readonly number[])[]): Agreement {
  const categories = counts.length;
  if (counts.some((row) => row.length !== categories))
    throw new Problem('usage', { message: 'a table of agreement must be square' });
  const images = counts.flat().reduce((sum, count) => sum + count, 0);
  if (images === 0) return { images: 0, observed: 0, kappa: null, lower: null, upper: null };
  const share = (i: number, j: number) => counts[i]![j]! / images;
  const each = Array.from({ length: categories }, (_, index) => index);
  const sum = (of: (index: number) => number) => each.reduce((total, index) => total + of(index), 0);
  const first = each.map((i) => sum((j) => share(i, j)));
  const second = each.map((j) => sum((i) => share(i, j)));
  const observed = sum((i) => share(i, i));
  const expected = sum((i) => first[i]! * second[i]!);
  // Rounding must not make a table of one category look like one of two.
  if (1 - expected < 1e-12) return { images, observed, kappa: null, lower: null, upper: null };
  const kappa = (observed - expected) / (1 - expected);
  const agreeing = sum((i) => share(i, i) * (1 - (first[i]! + second[i]!) * (1 - kappa)) ** 2);
  const differing = sum((i) =>
    sum((j) => (i === j ? 0 : share(i, j) * (second[i]! + first[j]!) ** 2 * (1 - kappa) ** 2)),
  );
  const rest = (kappa - expected * (1 - kappa)) ** 2;
  const variance = Math.max(0, (agreeing + differing - rest) / (images * (1 - expected) ** 2));
  const half = z * Math.sqrt(variance);
  if (images < 2 || half < 1e-9) return { images, observed, kappa, lower: null, upper: null };
  return { images, observed, kappa, lower: Math.max(-1, kappa - half), upper: Math.min(1, kappa + half) };
}

/** The table of two readers' categories, image by image; both lists have one member per image. */
export function agreementTable<C>(
  categories: readonly C[],
  first: readonly C[],
  second: readonly C[],
): readonly (readonly number[])[] {
  const counts = categories.map(() => categories.map(() => 0));
  for (const [image, category] of first.entries()) {
    counts[categories.indexOf(category)]![categories.indexOf(second[image]!)]! += 1;
  }
  return counts;
}

// Spearman's rank correlation of two scores of the same images, with a bootstrap interval.
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import { bootstrap, canResample, percentileInterval } from './bootstrap.ts';

/** How far two scores agree in the order of some images. */
export interface RankAgreement {
  readonly images: number;
  /** Null where all images have the same score, or there are fewer than two. */
  readonly spearman: number | null;
  /** 95 %, by bootstrap over patients; null with fewer than two patients. */
  readonly lower: number | null;
  readonly upper: number | null;
}

const resamples = 1000;

/** Both scores of each image; `patients` where they are known. Throws `usage` for lists of different lengths. */
export function rankAgreement({
  first,
  second,
  patients,
}: {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly patients?: readonly (string | undefined)[];
}): RankAgreement {
  const value = spearman(first, second);
  const group = { size: first.length, ...(patients === undefined ? {} : { patients }) };
  if (value === null || !canResample([group]))
    return { images: first.length, spearman: value, lower: null, upper: null };
  const draws = bootstrap(
    [group],
    ([drawn]) =>
      spearman(
        drawn!.map((i) => first[i]!),
        drawn!.map((i) => second[i]!),
      ) ?? Number.NaN,
    resamples,
    randomFrom('rank agreement'),
  );
  // A draw of one image alone, many times over, has no order.
  const { lower, upper } = percentileInterval(draws.filter((draw) => !Number.isNaN(draw)));
  return { images: first.length, spearman: value, lower, upper };
}

/** Pearson's correlation of the ranks, ties at their mean rank (scipy.stats.spearmanr); null where one of them has no order. */
export function spearman(first: readonly number[], second: readonly number[]): number | null {
  if (first.length !== second.length) {
    throw new Problem('usage', { message: `${first.length} scores cannot be compared with ${second.length}` });
  }
  const [a, b] = [ranks(first), ranks(second)];
  const middle = (first.length + 1) / 2;
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (const [i, rank] of a.entries()) {
    product += (rank - middle) * (b[i]! - middle);
    squaresA += (rank - middle) ** 2;
    squaresB += (b[i]! - middle) ** 2;
  }
  return squaresA === 0 || squaresB === 0 ? null : product / Math.sqrt(squaresA * squaresB);
}

/** Ranks from 1, ties at their mean. */
function ranks(values: readonly number[]): readonly number[] {
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const found = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const index of order.slice(start, end)) found[index] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}

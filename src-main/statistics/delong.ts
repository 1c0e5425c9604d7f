// DeLong's method: standard errors of AUROCs, and whether two scores of the same images differ in AUROC.
import { Problem } from '../platform/errors.ts';
import { mean } from './moments.ts';
import { normalQuantile, normalTail } from './normal-distribution.ts';
import { checkScores, type Scores } from './scores.ts';

/** The AUROC of one score with its standard error and a normal interval, cut off at 0 and 1. */
export interface DelongAuroc {
  readonly auroc: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

export interface DelongComparison {
  /** AUROC of the first score minus that of the second. */
  readonly difference: number;
  readonly standardError: number;
  readonly z: number;
  /** Two-sided p-value. */
  readonly p: number;
}

/** One score's values on the anomalous and on the normal images. */
export interface ScoredPair {
  readonly anomalous: Scores;
  readonly normal: Scores;
}

/** AUROC with DeLong's standard error. Throws `usage` unless both groups have at least two finite scores. */
export function delongAuroc(scores: ScoredPair, level = 0.95): DelongAuroc {
  const placements = placementsOf(scores);
  const auroc = mean(placements.anomalous);
  const standardError = Math.sqrt(covarianceOf(placements, placements));
  const reach = normalQuantile((1 - level) / 2) * standardError;
  return { auroc, standardError, lower: Math.max(auroc - reach, 0), upper: Math.min(auroc + reach, 1) };
}

/**
 * Two-sided p-value that an AUROC is not 0.5. Its standard error is 0 where the groups are apart altogether, so p is not
 * taken below the exact (Mann-Whitney) one of that case: two of all the ways to deal the ranks. Throws as `delongAuroc`.
 */
export function delongChance(scores: ScoredPair): number {
  const { auroc, standardError } = delongAuroc(scores);
  if (auroc === 0.5) return 1;
  const [anomalous, normal] = [scores.anomalous.length, scores.normal.length];
  let deals = 1;
  for (let i = 1; i <= anomalous; i++) deals *= (normal + i) / i;
  return Math.max(2 * normalTail(Math.abs(auroc - 0.5) / standardError), 2 / deals);
}

/**
 * Compares two scores of the SAME images, in the same order (DeLong, DeLong and Clarke-Pearson 1988). Images are taken as
 * independent: with several images of a patient prefer the clustered bootstrap. p is not taken below that of an exact exchange of
 * the two scores, image by image, which a standard error of 0 would do. Throws `mismatch` for other counts.
 */
export function delongTest(first: ScoredPair, second: ScoredPair): DelongComparison {
  if (first.anomalous.length !== second.anomalous.length || first.normal.length !== second.normal.length)
    throw new Problem('mismatch', {
      what: 'images of the two scores',
      expected: `${first.anomalous.length} anomalous, ${first.normal.length} normal`,
      found: `${second.anomalous.length} anomalous, ${second.normal.length} normal`,
    });
  const [one, two] = [placementsOf(first), placementsOf(second)];
  const difference = mean(one.anomalous) - mean(two.anomalous);
  const squared = covarianceOf(one, one) + covarianceOf(two, two) - 2 * covarianceOf(one, two);
  const standardError = Math.sqrt(Math.max(squared, 0));
  // Without any variation equal AUROCs are no evidence, and different ones are certain.
  const z = difference === 0 ? 0 : difference / standardError;
  const images = first.anomalous.length + first.normal.length;
  const exchanges = difference === 0 ? 1 : 2 ** images;
  return { difference, standardError, z, p: Math.max(2 * normalTail(Math.abs(z)), Math.min(1, 2 / exchanges)) };
}

/** For each image the share of images of the other group that it is on the right side of. */
interface Placements {
  readonly anomalous: Float64Array;
  readonly normal: Float64Array;
}

function placementsOf({ anomalous, normal }: ScoredPair): Placements {
  checkScores('anomalous', anomalous);
  checkScores('normal', normal);
  if (anomalous.length < 2 || normal.length < 2)
    throw new Problem('usage', { message: 'a standard error needs at least two anomalous and two normal images' });
  return { anomalous: shareBelow(anomalous, normal), normal: shareBelow(normal, anomalous).map((share) => 1 - share) };
}

/** For each score the share of `others` that is lower, equal ones counting half. */
function shareBelow(scores: Scores, others: Scores): Float64Array {
  const sorted = Float64Array.from(others).sort();
  const countBelow = (score: number, orEqual: boolean) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < score || (orEqual && sorted[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return Float64Array.from(scores, (score) => (countBelow(score, false) + countBelow(score, true)) / 2 / sorted.length);
}

function covarianceOf(first: Placements, second: Placements): number {
  const part = (a: Float64Array, b: Float64Array) => {
    const [meanOfA, meanOfB] = [mean(a), mean(b)];
    const sum = a.reduce((total, value, i) => total + (value - meanOfA) * (b[i]! - meanOfB), 0);
    return sum / (a.length - 1) / a.length;
  };
  return part(first.anomalous, second.anomalous) + part(first.normal, second.normal);
}

// Scores against a validation cohort of normals: conformal p-values, and several scores combined into one.
import { Problem } from '../platform/errors.ts';
import { checkScores, type Scores } from './scores.ts';

/** Names of the scores of a combination: the sum of minus log tail probabilities, and its p-value (small: anomalous). */
export const combinedScores = { combined: 'combined', p: 'conformal p' } as const;

/**
 * The chance that a normal image scores at least `score`: (1 + how many validation normals do) / (1 + how many there are).
 * For a normal image exchangeable with them it is at most p with probability at most p (Vovk, Gammerman and Shafer 2005).
 */
export function conformalP(validation: Scores, score: number): number {
  checkScores('validation', validation);
  let asHigh = 0;
  for (const other of validation) if (other >= score) asHigh++;
  return (1 + asHigh) / (1 + validation.length);
}

/** Several scores of a validation cohort of normals, made ready for combining. */
export interface Combination {
  /** For each score its values, image by image. */
  readonly validation: readonly Float64Array[];
  /** For each score and image how many validation images, itself included, score at least as high. */
  readonly asHigh: readonly Int32Array[];
}

/** Takes for each score its values on the same validation normals in the same order. Throws `mismatch` for unequal counts. */
export function fitCombination(validation: readonly Scores[]): Combination {
  if (validation.length === 0) throw new Problem('usage', { message: 'there is no score to combine' });
  const count = validation[0]!.length;
  for (const scores of validation) {
    checkScores('validation', scores);
    if (scores.length !== count)
      throw new Problem('mismatch', { what: 'validation images', expected: `${count}`, found: `${scores.length}` });
  }
  return {
    validation: validation.map((scores) => Float64Array.from(scores)),
    asHigh: validation.map((scores) => {
      const descending = Float64Array.from(scores).sort().reverse();
      const lastPlace = new Map(Array.from(descending, (score, place) => [score, place + 1]));
      return Int32Array.from(scores, (score) => lastPlace.get(score)!);
    }),
  };
}

export interface CombinedScore {
  /** Sum over the scores of -ln(tail probability), 0 or more: higher is more anomalous. */
  readonly score: number;
  /** Conformal p-value of that sum. */
  readonly p: number;
}

/**
 * Combines the scores of one image, in the order of `fitCombination`. Tail probabilities are taken in the cohort with the image
 * added to it, for the image and the cohort alike (full conformal prediction), so p is exactly valid however many
 * scores are combined and however they depend on each other. Throws `mismatch` for another number of scores.
 */
export function combineScores({ validation, asHigh }: Combination, scores: readonly number[]): CombinedScore {
  if (scores.length !== validation.length)
    throw new Problem('mismatch', { what: 'scores', expected: `${validation.length}`, found: `${scores.length}` });
  checkScores('combined', scores);
  const count = validation[0]!.length;
  const sums = new Float64Array(count);
  let score = 0;
  for (const [k, value] of scores.entries()) {
    const others = validation[k]!;
    let ownAsHigh = 1;
    for (let image = 0; image < count; image++) {
      const added = Number(value >= others[image]!);
      sums[image]! -= Math.log((asHigh[k]![image]! + added) / (count + 1));
      ownAsHigh += Number(others[image]! >= value);
    }
    score -= Math.log(ownAsHigh / (count + 1));
  }
  const rounding = 1e-12 * Math.max(score, 1);
  const above = sums.reduce((found, sum) => found + Number(sum >= score - rounding), 0);
  return { score, p: (1 + above) / (1 + count) };
}

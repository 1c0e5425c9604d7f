// The scores of a group of images, checked at the border of every statistic that takes them.
import { Problem } from '../platform/errors.ts';

/** One number for each image of a group; higher means more anomalous. */
export type Scores = readonly number[] | Float32Array | Float64Array;

/** A group of images: the anomalous or the normal ones. */
export interface ScoredGroup {
  readonly scores: Scores;
  /** Whose image each is, in the order of `scores`; undefined where unknown. Images of a patient are not independent. */
  readonly patients?: readonly (string | undefined)[];
}

/** Throws `usage` when a group is empty or holds a score that is no finite number. */
export function checkScores(group: string, scores: Scores): void {
  if (scores.length === 0) throw new Problem('usage', { message: `there are no ${group} scores` });
  for (let i = 0; i < scores.length; i++)
    if (!Number.isFinite(scores[i]))
      throw new Problem('usage', { message: `${group} score number ${i + 1} is ${scores[i]}, which cannot be ranked` });
}

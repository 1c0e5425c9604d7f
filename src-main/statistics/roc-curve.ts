// The receiver operating characteristic and what is read off it: sensitivity at a specificity, the review curve.
import { Problem } from '../platform/errors.ts';
import { checkScores, type Scores } from './scores.ts';

/** What happens when images that score at least `threshold` are called anomalous. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of normal images called anomalous: 1 - specificity. */
  readonly falsePositiveRate: number;
  /** Share of anomalous images called so: sensitivity. */
  readonly truePositiveRate: number;
}

/**
 * A point for every distinct score, from none called (threshold Infinity) to all, as sklearn.metrics.roc_curve with
 * drop_intermediate=False. Throws `usage` when a group is empty or a score is not finite.
 */
export function rocCurve(anomalous: Scores, normal: Scores): readonly RocPoint[] {
  return countsAbove(anomalous, normal).map(({ threshold, found, falseAlarms }) => ({
    threshold,
    falsePositiveRate: falseAlarms / normal.length,
    truePositiveRate: found / anomalous.length,
  }));
}

/**
 * The highest sensitivity among thresholds whose specificity is at least `specificity` (0 to 1), with the threshold
 * (call an image anomalous when it scores at least that) and the specificity it reaches.
 */
export function sensitivityAtSpecificity(
  anomalous: Scores,
  normal: Scores,
  specificity: number,
): { readonly sensitivity: number; readonly threshold: number; readonly specificity: number } {
  if (!(specificity >= 0 && specificity <= 1))
    throw new Problem('usage', { message: `a specificity must be in 0..1, not ${specificity}` });
  const slack = 1e-9; // 1 - 0.95 is a little above 0.05 in binary.
  const allowed = Math.floor((1 - specificity) * normal.length + slack);
  const best = countsAbove(anomalous, normal).findLast(({ falseAlarms }) => falseAlarms <= allowed)!;
  return {
    sensitivity: best.found / anomalous.length,
    threshold: best.threshold,
    specificity: 1 - best.falseAlarms / normal.length,
  };
}

/** After reviewing this share of an archive from its top, this share of its anomalies has been seen. */
export interface ReviewPoint {
  readonly reviewed: number;
  readonly found: number;
}

/**
 * How fast a ranking brings the anomalies to the reader's eyes (the cumulative gain curve), from (0, 0) to (1, 1), a
 * point for every distinct score. Images of equal score come in no order: between points the curve is a straight line.
 */
export function reviewCurve(anomalous: Scores, normal: Scores): readonly ReviewPoint[] {
  return countsAbove(anomalous, normal).map(({ found, falseAlarms }) => ({
    reviewed: (found + falseAlarms) / (anomalous.length + normal.length),
    found: found / anomalous.length,
  }));
}

interface CountsAbove {
  readonly threshold: number;
  readonly found: number;
  readonly falseAlarms: number;
}

/** How many of each group score at least each threshold, thresholds descending from Infinity. */
function countsAbove(anomalous: Scores, normal: Scores): readonly CountsAbove[] {
  checkScores('anomalous', anomalous);
  checkScores('normal', normal);
  const descending = (scores: Scores) => Float64Array.from(scores).sort().reverse();
  const [first, second] = [descending(anomalous), descending(normal)];
  const points: CountsAbove[] = [{ threshold: Number.POSITIVE_INFINITY, found: 0, falseAlarms: 0 }];
  let found = 0;
  let falseAlarms = 0;
  while (found < first.length || falseAlarms < second.length) {
    const threshold = Math.max(first[found] ?? -Infinity, second[falseAlarms] ?? -Infinity);
    while (first[found] === threshold) found++;
    while (second[falseAlarms] === threshold) falseAlarms++;
    points.push({ threshold, found, falseAlarms });
  }
  return points;
}

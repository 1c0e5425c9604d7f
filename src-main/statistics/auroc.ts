// The area under the receiver operating characteristic: the chance that an anomalous image outscores a normal one.
import { checkScores, type Scores } from './scores.ts';

/**
 * AUROC (0 to 1): the share of pairs (anomalous, normal) in which the anomalous image has the higher score, equal
 * scores counting half (Mann-Whitney; equals sklearn.metrics.roc_auc_score). Throws `usage` when a group is empty or a
 * score is not finite.
 */
export function auroc(anomalous: Scores, normal: Scores): number {
  checkScores('anomalous', anomalous);
  checkScores('normal', normal);
  const { levels, count } = scoreLevels(anomalous, normal);
  const [ofAnomalous, ofNormal] = levels;
  return aurocOfCounts(countLevels(ofAnomalous!, count), countLevels(ofNormal!, count));
}

/** For each score of each group its place (0, 1, …) among the `count` distinct scores of all groups. */
export function scoreLevels(...groups: readonly Scores[]): {
  readonly levels: readonly Int32Array[];
  readonly count: number;
} {
  const all = new Float64Array(groups.reduce((sum, group) => sum + group.length, 0));
  let end = 0;
  for (const group of groups) {
    all.set(group, end);
    end += group.length;
  }
  all.sort();
  const levelOf = new Map<number, number>();
  for (const score of all) if (!levelOf.has(score)) levelOf.set(score, levelOf.size);
  return {
    levels: groups.map((group) => Int32Array.from(group, (score) => levelOf.get(score)!)),
    count: levelOf.size,
  };
}

/** How often each level occurs among the chosen members (indices, repeats allowed) of a group; all members by default. */
export function countLevels(levels: Int32Array, count: number, members?: ArrayLike<number>): Int32Array {
  const counts = new Int32Array(count);
  if (members === undefined) for (const level of levels) counts[level]! += 1;
  else for (let i = 0; i < members.length; i++) counts[levels[members[i]!]!]! += 1;
  return counts;
}

/** AUROC from the counts of each score level, levels ascending. */
export function aurocOfCounts(anomalous: Int32Array, normal: Int32Array): number {
  let normalsBelow = 0;
  let anomalies = 0;
  let won = 0;
  for (let level = 0; level < anomalous.length; level++) {
    won += anomalous[level]! * (normalsBelow + normal[level]! / 2);
    anomalies += anomalous[level]!;
    normalsBelow += normal[level]!;
  }
  return won / (anomalies * normalsBelow);
}

// The bootstrap: how much a statistic would vary had other images (of other patients) been drawn.
import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { aurocOfCounts, countLevels, scoreLevels } from './auroc.ts';
import { sortedQuantile } from './quantile.ts';
import { sensitivityAtSpecificity } from './roc-curve.ts';
import { checkScores, type ScoredGroup, type Scores } from './scores.ts';

/** A group that is drawn from: its size, and whose image each is when that is known. */
export interface DrawnGroup {
  readonly size: number;
  readonly patients?: readonly (string | undefined)[];
}

/** For each group the indices of the images drawn. */
export type Draw = readonly (readonly number[])[];

/** A percentile interval of the given level (0.95 by custom). */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
}

/**
 * The values of `statistic` on `resamples` draws with replacement, stratified by group: without patients each group keeps
 * its size. With patients whole patients are drawn, with all their images in all groups, as many as there are with images
 * in the same groups (Davison and Hinkley 1997, section 3.8: strategy 1); an image of an unknown patient is drawn alone.
 */
export function bootstrap(
  groups: readonly DrawnGroup[],
  statistic: (draw: Draw) => number,
  resamples: number,
  random: Random,
): Float64Array {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new Problem('usage', { message: `the number of resamples must be a whole number above 0, not ${resamples}` });
  const strata = stratify(groups);
  const values = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    values[i] = statistic(drawClusters(strata, groups.length, random));
  }
  return values;
}

/** AUROCs of `resamples` bootstrap draws, clustered by patient where patients are known. */
export function bootstrapAuroc(
  anomalous: ScoredGroup,
  normal: ScoredGroup,
  resamples: number,
  random: Random,
): Float64Array {
  checkScores('anomalous', anomalous.scores);
  checkScores('normal', normal.scores);
  const { levels, count } = scoreLevels(anomalous.scores, normal.scores);
  const groups = [anomalous, normal].map(drawnGroup);
  return bootstrap(
    groups,
    ([ofAnomalous, ofNormal]) =>
      aurocOfCounts(countLevels(levels[0]!, count, ofAnomalous!), countLevels(levels[1]!, count, ofNormal!)),
    resamples,
    random,
  );
}

/** Sensitivities at a fixed specificity of `resamples` such draws, each with the threshold that its own normals ask for. */
export function bootstrapSensitivity(
  anomalous: ScoredGroup,
  normal: ScoredGroup,
  specificity: number,
  resamples: number,
  random: Random,
): Float64Array {
  const pick = ({ scores }: ScoredGroup, members: readonly number[]) => members.map((image) => scores[image]!);
  return bootstrap(
    [anomalous, normal].map(drawnGroup),
    ([first, second]) =>
      sensitivityAtSpecificity(pick(anomalous, first!), pick(normal, second!), specificity).sensitivity,
    resamples,
    random,
  );
}

/** What the bootstrap needs to know of a group of scores. */
export function drawnGroup({ scores, patients }: ScoredGroup): DrawnGroup {
  return patients === undefined ? { size: scores.length } : { size: scores.length, patients };
}

/**
 * The published eval_ad.py: AUROCs of `count` subsamples of the smaller group's size, drawn from both groups WITHOUT
 * replacement. (The smaller group is the same each time, so these vary less than the AUROC does.)
 */
export function subsampledAuroc(anomalous: Scores, normal: Scores, count: number, random: Random): Float64Array {
  checkScores('anomalous', anomalous);
  checkScores('normal', normal);
  const size = Math.min(anomalous.length, normal.length);
  const { levels, count: levelCount } = scoreLevels(anomalous, normal);
  return Float64Array.from({ length: count }, () => {
    const [ofAnomalous, ofNormal] = levels.map((group) =>
      countLevels(group, levelCount, drawWithoutReplacement(group.length, size, random)),
    );
    return aurocOfCounts(ofAnomalous!, ofNormal!);
  });
}

/** The central `level` of bootstrap values, by their quantiles. */
export function percentileInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const sorted = Float64Array.from(values).sort();
  return { lower: sortedQuantile(sorted, (1 - level) / 2), upper: sortedQuantile(sorted, (1 + level) / 2), level };
}

/**
 * Whether a bootstrap of these groups says anything: each needs two patients (or images of unknown ones) at least. All draws
 * of a single one are the same, so that its interval would have no width, however little is known.
 */
export function canResample(groups: readonly DrawnGroup[]): boolean {
  return groups.every(({ size, patients }) => {
    const known = new Set(patients?.filter((patient) => patient !== undefined));
    const alone = patients === undefined ? size : patients.filter((patient) => patient === undefined).length;
    return known.size + alone > 1;
  });
}

/** `size` different indices below `count`, in random order. */
function drawWithoutReplacement(count: number, size: number, random: Random): Int32Array {
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + random.below(count - i);
    [indices[i], indices[j]] = [indices[j]!, indices[i]!];
  }
  return indices.subarray(0, size);
}

/** The images, in each group, that are drawn together. */
type Cluster = readonly (readonly number[])[];

/** Clusters with images in the same groups, drawn among themselves. */
function stratify(groups: readonly DrawnGroup[]): readonly (readonly Cluster[])[] {
  const ofPatient = new Map<string, number[][]>();
  const clusters: number[][][] = [];
  for (const [g, { size, patients }] of groups.entries())
    for (let image = 0; image < size; image++) {
      const patient = patients?.[image];
      let cluster = patient === undefined ? undefined : ofPatient.get(patient);
      if (cluster === undefined) {
        cluster = groups.map(() => []);
        clusters.push(cluster);
        if (patient !== undefined) ofPatient.set(patient, cluster);
      }
      cluster[g]!.push(image);
    }
  const membership = (cluster: Cluster) => cluster.map((images) => Number(images.length > 0)).join('');
  return [...Map.groupBy(clusters, membership).values()];
}

function drawClusters(strata: readonly (readonly Cluster[])[], groupCount: number, random: Random): Draw {
  const draw: number[][] = Array.from({ length: groupCount }, () => []);
  for (const clusters of strata)
    for (let i = 0; i < clusters.length; i++) {
      const cluster = clusters[random.below(clusters.length)]!;
      for (let g = 0; g < groupCount; g++) for (const image of cluster[g]!) draw[g]!.push(image);
    }
  return draw;
}

// Learns from a curator's verdicts: a small model over the features and scores of images, added to the score that was there.

import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { auroc } from './auroc.ts';
import { bootstrapAuroc, canResample, drawnGroup, type Interval, percentileInterval } from './bootstrap.ts';
import { fitLogistic, logits } from './logistic-regression.ts';
import type { Matrix, MatrixProduct } from './matrix.ts';
import { mean, variance } from './moments.ts';
import { normalQuantile } from './normal-distribution.ts';
import { fitPrincipalComponents, projectRows } from './principal-components.ts';

/** All images, a row each in the same order. */
export interface LearningImages {
  /** The score that images were ranked by so far: higher is more anomalous. */
  readonly anomaly: Float64Array;
  /** Pooled features of a network. */
  readonly features: Matrix;
}

/** An image that was decided about: its row, whether it was rejected, and whose it is. */
export interface LearnedVerdict {
  readonly row: number;
  readonly rejected: boolean;
  readonly patient: string | undefined;
}

export interface Learned {
  /** For every image: higher is more like what was rejected, and more anomalous. */
  readonly scores: Float64Array;
  /** How much of the model is in them. */
  readonly weight: number;
  /** Of images with a verdict that the model did not see, beside the score that was there. */
  readonly crossValidated: Validated;
  readonly before: Validated;
}

export interface Validated {
  readonly auroc: number;
  /** Null with fewer than two patients on a side. */
  readonly interval: Interval | null;
}

/** Fewer verdicts say nothing that the score does not. */
const fewestVerdicts = 20;
const fewestOfKind = 4;
/** As the prototype measured them best: components of the features, and the strength of the ridge. */
const components = 64;
const ridge = { c: 0.02, balanced: true } as const;
/** The score before enters the model too, less held back by the ridge than a component. */
const scoreWeight = 3;
/** How much of the model is added to the score before, from a little on. */
const weights = [0.35, 1, 3];
const plainlyBetter = 0.02;
const folds = 5;
const resamples = 1000;

/**
 * Learns from verdicts on some of the images and scores all. Components and scales are those of all images, verdict or not.
 * Throws `usage` for too few verdicts of either kind.
 */
export async function learnVerdicts(
  { anomaly, features }: LearningImages,
  verdicts: readonly LearnedVerdict[],
  random: Random,
  product?: MatrixProduct,
): Promise<Learned> {
  const rejected = verdicts.filter((verdict) => verdict.rejected).length;
  const kept = verdicts.length - rejected;
  demandEnough(kept, rejected);
  const before = normalScores(anomaly);
  const rows = await inputs(features, before, product);
  const outside = crossValidate(rows, verdicts, random.fork('folds'));
  const groupsOf = (score: (place: number) => number) => {
    const group = (rejected: boolean) => {
      const places = verdicts.flatMap((verdict, place) => (verdict.rejected === rejected ? [place] : []));
      return { scores: places.map(score), patients: places.map((place) => verdicts[place]!.patient) };
    };
    return [group(true), group(false)] as const;
  };
  const aurocOf = (score: (place: number) => number) => {
    const [anomalous, normal] = groupsOf(score);
    return auroc(anomalous.scores, normal.scores);
  };
  const joined = (weight: number) => (place: number) => before[verdicts[place]!.row]! + weight * outside[place]!;
  // More than a little of the model only where that is plainly better on verdicts that it did not see.
  const weight = weights.reduce((chosen, next) =>
    aurocOf(joined(next)) > aurocOf(joined(chosen)) + plainlyBetter ? next : chosen,
  );
  const judge = (score: (place: number) => number): Validated => {
    const [anomalous, normal] = groupsOf(score);
    const interval = canResample([anomalous, normal].map(drawnGroup))
      ? percentileInterval(bootstrapAuroc(anomalous, normal, resamples, random.fork('interval')))
      : null;
    return { auroc: aurocOf(score), interval };
  };
  const model = modelled(rows, verdicts);
  return {
    scores: before.map((value, row) => value + weight * model[row]!),
    weight,
    crossValidated: judge(joined(weight)),
    before: judge((place) => anomaly[verdicts[place]!.row]!),
  };
}

/** Throws `usage` for too few verdicts of either kind. */
export function demandEnough(kept: number, rejected: number): void {
  if (kept + rejected >= fewestVerdicts && Math.min(kept, rejected) >= fewestOfKind) return;
  const message = `at least ${fewestVerdicts} verdicts, ${fewestOfKind} of them keep and ${fewestOfKind} reject, are needed to learn from; there are ${kept} keep and ${rejected} reject`;
  throw new Problem('usage', { message });
}

/** Log-odds of all images by the model of some verdicts, in standard deviations. */
function modelled(rows: Matrix, verdicts: readonly LearnedVerdict[]): Float64Array {
  const labels = verdicts.map(({ rejected }) => (rejected ? 1 : 0));
  const chosen = verdicts.map(({ row }) => row);
  const odds = logits(fitLogistic(selected(rows, chosen), labels, ridge), rows);
  const centre = mean(odds);
  const deviation = Math.sqrt(variance(odds, 0)) || 1;
  return odds.map((value) => (value - centre) / deviation);
}

/** For each verdict what a model says that saw none of its patient: five folds, both kinds in each. */
function crossValidate(rows: Matrix, verdicts: readonly LearnedVerdict[], random: Random): readonly number[] {
  const foldOf = new Map<string | number, number>();
  for (const wanted of [true, false]) {
    const groups = [
      ...new Set(verdicts.flatMap((each, place) => (each.rejected === wanted ? [each.patient ?? place] : []))),
    ];
    const fresh = groups.filter((group) => !foldOf.has(group));
    const order = random.permutation(fresh.length);
    for (const [place, index] of order.entries()) foldOf.set(fresh[index]!, place % folds);
  }
  const outside = new Array<number>(verdicts.length).fill(0);
  for (let fold = 0; fold < folds; fold++) {
    const isOut = ({ patient }: LearnedVerdict, place: number) => foldOf.get(patient ?? place) === fold;
    const scores = modelled(
      rows,
      verdicts.filter((each, place) => !isOut(each, place)),
    );
    for (const [place, verdict] of verdicts.entries()) if (isOut(verdict, place)) outside[place] = scores[verdict.row]!;
  }
  return outside;
}

/** [rows, components + 1]: whitened components of the features, and the score. */
async function inputs(features: Matrix, score: Float64Array, product?: MatrixProduct): Promise<Matrix> {
  const most = Math.min(components, features.columns, features.rows - 1);
  const found = await fitPrincipalComponents(features, most, product);
  const { coordinates } = await projectRows(found, features, product);
  const { count, variances } = found;
  const columns = count + 1;
  const data = new Float64Array(features.rows * columns);
  for (let row = 0; row < features.rows; row++) {
    for (let component = 0; component < count; component++) {
      const deviation = Math.sqrt(variances[component]!);
      data[row * columns + component] = deviation > 0 ? coordinates[row * count + component]! / deviation : 0;
    }
    data[row * columns + count] = scoreWeight * score[row]!;
  }
  return { rows: features.rows, columns, data };
}

function selected({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const chosen = new Float64Array(rows.length * columns);
  for (const [to, from] of rows.entries())
    chosen.set(data.subarray(from * columns, (from + 1) * columns), to * columns);
  return { rows: rows.length, columns, data: chosen };
}

/** Each value as the normal quantile of its rank: one image far out does not flatten all others. */
function normalScores(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (const [rank, index] of order.entries())
    result[index] = normalQuantile((values.length - rank - 0.5) / values.length);
  return result;
}

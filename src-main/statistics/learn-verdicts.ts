// Learns from a curator's verdicts: a small model over the features and scores of images, added to the score that was there.

import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { auroc } from './auroc.ts';
import { bootstrapAuroc, canResample, drawnGroup, type Interval, percentileInterval } from './bootstrap.ts';
import { fitLogistic, logits } from './logistic-regression.ts';
import type { Matrix, MatrixProduct } from './matrix.ts';
import { fitPrincipalComponents, type PrincipalComponents } from './principal-components.ts';

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
export const fewestVerdicts = 20;
const fewestOfKind = 4;
/** As the prototype measured them best: components of the features, and the strength of the ridge. */
const components = 64;
const ridge = { c: 0.02, balanced: true } as const;
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
  if (verdicts.length < fewestVerdicts || Math.min(rejected, kept) < fewestOfKind) {
    const message = `at least ${fewestVerdicts} verdicts, ${fewestOfKind} of them keep and ${fewestOfKind} reject, are needed to learn from; there are ${kept} keep and ${rejected} reject`;
    throw new Problem('usage', { message });
  }
  const count = Math.min(components, features.columns, features.rows - 1);
  const rows = inputs(await fitPrincipalComponents(features, count, product), features, standardised(anomaly));
  const outside = crossValidate(rows, verdicts, random.fork('folds'));
  const groupsOf = (score: (place: number) => number) => {
    const group = (rejected: boolean) => {
      const places = verdicts.flatMap((verdict, place) => (verdict.rejected === rejected ? [place] : []));
      return { scores: places.map(score), patients: places.map((place) => verdicts[place]!.patient) };
    };
    return [group(true), group(false)] as const;
  };
  const judge = (score: (place: number) => number): Validated => {
    const [anomalous, normal] = groupsOf(score);
    const interval = canResample([anomalous, normal].map(drawnGroup))
      ? percentileInterval(bootstrapAuroc(anomalous, normal, resamples, random.fork('interval')))
      : null;
    return { auroc: auroc(anomalous.scores, normal.scores), interval };
  };
  return {
    scores: scored(rows, verdicts),
    crossValidated: judge((place) => outside[place]!),
    before: judge((place) => anomaly[verdicts[place]!.row]!),
  };
}

/** The model of some verdicts applied to all images: its log-odds and the score before, each in its own deviations, added. */
function scored(rows: Matrix, verdicts: readonly LearnedVerdict[]): Float64Array {
  const labels = verdicts.map(({ rejected }) => (rejected ? 1 : 0));
  const model = fitLogistic(
    selected(
      rows,
      verdicts.map(({ row }) => row),
    ),
    labels,
    ridge,
  );
  const learned = standardised(logits(model, rows));
  const last = rows.columns - 1;
  return learned.map((value, row) => value + rows.data[row * rows.columns + last]!);
}

/** For each verdict the score by a model that saw none of its patient: five folds, both kinds in each. */
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
    const scores = scored(
      rows,
      verdicts.filter((each, place) => !isOut(each, place)),
    );
    for (const [place, verdict] of verdicts.entries()) if (isOut(verdict, place)) outside[place] = scores[verdict.row]!;
  }
  return outside;
}

/** [rows, components + 1]: whitened components of the features, and the score. */
function inputs(pca: PrincipalComponents, features: Matrix, score: Float64Array): Matrix {
  const { count, mean, directions, variances } = pca;
  const columns = count + 1;
  const data = new Float64Array(features.rows * columns);
  for (let row = 0; row < features.rows; row++) {
    for (let component = 0; component < count; component++) {
      let sum = 0;
      for (let column = 0; column < features.columns; column++) {
        const value = features.data[row * features.columns + column]! - mean[column]!;
        sum += value * directions[component * features.columns + column]!;
      }
      data[row * columns + component] = variances[component]! > 0 ? sum / Math.sqrt(variances[component]!) : 0;
    }
    data[row * columns + count] = score[row]!;
  }
  return { rows: features.rows, columns, data };
}

function selected({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const chosen = new Float64Array(rows.length * columns);
  for (const [to, from] of rows.entries())
    chosen.set(data.subarray(from * columns, (from + 1) * columns), to * columns);
  return { rows: rows.length, columns, data: chosen };
}

/** In robust deviations from the median, within 6 of them: one image far out must not flatten all others. */
function standardised(values: Float64Array): Float64Array {
  const middle = medianOf(values);
  const spread = 1.4826 * medianOf(values.map((value) => Math.abs(value - middle))) || 1;
  return values.map((value) => Math.min(6, Math.max(-6, (value - middle) / spread)));
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

// How well scores tell anomalous images from normal ones, and whether their highest patches lie on the anomalies.
import type { GreyImage } from '../platform/grey-image.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import { auroc } from '../statistics/auroc.ts';
import {
  bootstrapAuroc,
  bootstrapSensitivity,
  canResample,
  drawnGroup,
  percentileInterval,
} from '../statistics/bootstrap.ts';
import { delongChance, delongTest, type ScoredPair } from '../statistics/delong.ts';
import {
  type Localisation,
  type LocalisationSummary,
  localise,
  type Patch,
  summariseLocalisations,
} from '../statistics/localisation.ts';
import { type PairPatients, pairedPermutationTest } from '../statistics/paired-permutation.ts';
import { sensitivityAtSpecificity } from '../statistics/roc-curve.ts';
import type { ScoredGroup } from '../statistics/scores.ts';

/** One comparison: a score of the images of a kind, and of those that are normal. */
export interface Comparison {
  readonly anomalous: ScoredGroup;
  readonly normal: ScoredGroup;
}

export interface Detection {
  readonly auroc: number;
  /** Bootstrap interval (95 %), clustered by patient where patients are known; null with fewer than two of a kind. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Two-sided, that the AUROC is not 0.5 (DeLong); null with fewer than two images of a kind. */
  readonly p: number | null;
  /** At a specificity of 95 %, with its interval: each draw has the threshold that its own normals ask for. */
  readonly sensitivity: number;
  readonly sensitivityLower: number | null;
  readonly sensitivityUpper: number | null;
  readonly anomalous: number;
  readonly normal: number;
}

const resamples = 2000;
const permutations = 2000;
const specificity = 0.95;

/** Judges each comparison; seeded, so that the same scores give the same intervals. Throws `usage` for an empty group. */
export async function judgeDetection(
  comparisons: readonly Comparison[],
  control: JobControl,
): Promise<readonly Detection[]> {
  const detections: Detection[] = [];
  for (const { anomalous, normal } of comparisons) {
    checkpoint(control, 'evaluation');
    const random = randomFrom(0).fork(detections.length);
    const several = canResample([anomalous, normal].map(drawnGroup));
    const intervalOf = (values: Float64Array) => (several ? percentileInterval(values) : { lower: null, upper: null });
    const { lower, upper } = intervalOf(bootstrapAuroc(anomalous, normal, resamples, random));
    const sensitivities = intervalOf(
      bootstrapSensitivity(anomalous, normal, specificity, resamples, random.fork('sensitivity')),
    );
    detections.push({
      auroc: auroc(anomalous.scores, normal.scores),
      lower,
      upper,
      p:
        Math.min(anomalous.scores.length, normal.scores.length) < 2
          ? null
          : delongChance({ anomalous: anomalous.scores, normal: normal.scores }),
      sensitivity: sensitivityAtSpecificity(anomalous.scores, normal.scores, specificity).sensitivity,
      sensitivityLower: sensitivities.lower,
      sensitivityUpper: sensitivities.upper,
      anomalous: anomalous.scores.length,
      normal: normal.scores.length,
    });
    control.report({ stage: 'evaluating', done: detections.length, total: comparisons.length });
  }
  return detections;
}

/** Two scores of the same images, in the same order. */
export interface ScoreComparison {
  readonly first: ScoredPair;
  readonly second: ScoredPair;
  readonly patients: PairPatients;
}

export interface ScoreDifference {
  /** AUROC of each on the same images. */
  readonly first: number;
  readonly second: number;
  /** That of the first minus that of the second. */
  readonly difference: number;
  /** Two-sided p-values: DeLong's, images taken as independent; and of a permutation by patients. */
  readonly delong: number;
  readonly permutation: number;
  readonly anomalous: number;
  readonly normal: number;
}

/** Whether two scores differ in AUROC, comparison by comparison; seeded. Null with fewer than two images of a kind. */
export function compareScores(
  comparisons: readonly ScoreComparison[],
  control: JobControl,
): readonly (ScoreDifference | null)[] {
  return comparisons.map(({ first, second, patients }, index) => {
    checkpoint(control, 'evaluation');
    control.report({ stage: 'comparing scores', done: index, total: comparisons.length });
    if (Math.min(first.anomalous.length, first.normal.length) < 2) return null;
    const random = randomFrom(0).fork(index).fork('comparison');
    const { difference, p } = pairedPermutationTest(first, second, permutations, random, patients);
    return {
      first: auroc(first.anomalous, first.normal),
      second: auroc(second.anomalous, second.normal),
      difference,
      delong: delongTest(first, second).p,
      permutation: p,
      anomalous: first.anomalous.length,
      normal: first.normal.length,
    };
  });
}

/** An anomalous image: its highest-scoring patch and where its anomalies are, all in pixels of the scored image. */
export interface MarkedImage {
  readonly patch: Patch;
  /** Side of the (square) image. */
  readonly side: number;
  readonly anomalies: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly patient: string | undefined;
}

/** Whether the patches lie on the anomalies, beside the chance of a random patch. Throws `usage` without images. */
export function judgeLocalisation(images: readonly MarkedImage[]): LocalisationSummary {
  const found = images.map(({ patch, side, anomalies }): Localisation => localise(patch, marks(side, anomalies)));
  const patients = images.map(({ patient }) => patient);
  return summariseLocalisations(found, patients, resamples, randomFrom(0).fork('localisation'));
}

/** 1 on every pixel that an anomaly touches. */
function marks(side: number, anomalies: MarkedImage['anomalies']): GreyImage {
  const data = new Uint8Array(side * side);
  for (const { x, y, width, height } of anomalies) {
    const [left, right] = [x, x + width].map((at) => Math.min(side, Math.max(0, at))) as [number, number];
    const [top, bottom] = [y, y + height].map((at) => Math.min(side, Math.max(0, at))) as [number, number];
    for (let row = Math.floor(top); row < Math.ceil(bottom); row++) {
      data.fill(1, row * side + Math.floor(left), row * side + Math.ceil(right));
    }
  }
  return { width: side, height: side, data };
}

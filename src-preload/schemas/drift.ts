// What faces and workbench say about scores over time: control chart, groups, alerts.
import { z } from 'zod';
import { float64Array, uint32Array } from './arrays.ts';
import type { Output } from './read-only.ts';

const count = z.int().nonnegative();
const day = z.iso.date();

export const grouping = z.enum([
  ...['scanner', 'manufacturer', 'station', 'institution'],
  ...['modality', 'body part', 'kind', 'source'],
] as ['scanner', 'manufacturer', 'station', 'institution', 'modality', 'body part', 'kind', 'source']);
export const driftTime = z.enum(['acquired', 'imported']);
export const period = z.enum(['day', 'week', 'month']);
export const chartKind = z.enum(['individuals', 'ewma']);
export const correction = z.enum(['holm', 'benjamini-hochberg']);

/** What is looked at, and how. */
export const driftRequest = z.strictObject({
  /** The name of a score, such as `anomaly`; of each image the newest run's value counts. */
  score: z.string().min(1).max(100),
  by: grouping.default('scanner'),
  /** When the image was made, or imported. */
  time: driftTime.default('acquired'),
  period: period.default('month'),
  chart: chartKind.default('individuals'),
  /** The last day of the baseline; null: the end of the first half of the periods, at most twelve. */
  baselineTo: day.nullable().default(null),
  correction: correction.default('holm'),
  /** A group has drifted where its adjusted p-value is below `alpha` and its distance at least `distance`. */
  alpha: z.number().positive().max(0.5).default(0.05),
  distance: z.number().min(0).max(1).default(0.1),
});
export type DriftRequest = Output<typeof driftRequest>;

const quantiles = z.strictObject({
  images: count,
  p5: z.number(),
  p25: z.number(),
  median: z.number(),
  p75: z.number(),
  p95: z.number(),
});
export type Quantiles = Output<typeof quantiles>;

export const drift = z.strictObject({
  /** Images with a value and a day, and those with a value whose day is not known. */
  images: count,
  undated: count,
  /** Null with fewer than two periods. */
  baseline: z.strictObject({ from: day, to: day, periods: count, images: count }).nullable(),
  chart: z
    .strictObject({
      /** Mean over the periods of the baseline, and the standard deviation between them. */
      centre: z.number(),
      sigma: z.number(),
      points: z.array(
        z.strictObject({
          /** First day of the period. */
          from: day,
          images: count,
          /** Mean of the score in the period; what is drawn is this or its moving average. */
          mean: z.number(),
          value: z.number(),
          lower: z.number(),
          upper: z.number(),
          signal: z.enum(['beyond', 'run']).nullable(),
        }),
      ),
    })
    .nullable(),
  groups: z.array(
    z.strictObject({
      group: z.string().nullable(),
      /** Its own images of the baseline, and those after it; null: none. */
      before: quantiles.nullable(),
      after: quantiles.nullable(),
      /** Its images after the baseline against its own of the baseline; `all`: against all of the baseline, since it has too few. Null: too few images. */
      test: z
        .strictObject({
          against: z.enum(['own', 'all']),
          distance: z.number(),
          p: z.number(),
          adjusted: z.number(),
          drifted: z.boolean(),
        })
        .nullable(),
      /** Images per bin of `edges`: of the baseline that it is tested against, and after it. */
      histogram: z.strictObject({ before: uint32Array, after: uint32Array }),
    }),
  ),
  /** Groups that are not listed, because others have more images. */
  others: count,
  edges: float64Array,
});
export type Drift = Output<typeof drift>;
export type DriftGroup = Drift['groups'][number];

/** An alert: a run of scores over new images says so when more than `share` of these are at least as abnormal as `limit`. */
export const alert = z.strictObject({
  score: z.string().min(1).max(100),
  limit: z.number(),
  share: z.number().min(0).max(1),
});
export type Alert = Output<typeof alert>;

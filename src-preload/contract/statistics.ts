// Statistics of scores: histograms, ROC, detection, comparison, report.
import { z } from 'zod';
import * as catalog from '../schemas/catalog.ts';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { id, label, path, filter, scoreName } = image;

export const statisticsMethods = {
  'statistics.histogram': method(catalog.scoresOfCohorts.extend({ bins: z.int().min(2).max(500) }), catalog.histogram, {
    reads: ['scores', 'cohorts'],
  }),
  'statistics.roc': method(catalog.cohortsApart, catalog.roc, { reads: ['scores', 'cohorts'], slow: true }),
  /** AUROC of each score for each group of anomalous images against its normal ones, score by score. Takes some seconds. */
  'statistics.detection': method(
    z.strictObject({
      scores: z.array(scoreName).min(1),
      groups: z.array(z.strictObject({ anomalous: filter, normal: filter })).min(1),
    }),
    z.strictObject({ detections: z.array(z.array(catalog.detection)) }),
    { reads: ['scores', 'images', 'cohorts'], slow: true },
  ),
  /** Whether two scores differ in AUROC on the images that have both, group by group; null with fewer than two of a kind. */
  'statistics.comparison': method(
    z.strictObject({
      first: scoreName,
      second: scoreName,
      groups: z.array(z.strictObject({ anomalous: filter, normal: filter })).min(1),
    }),
    z.strictObject({ differences: z.array(catalog.scoreDifference.nullable()) }),
    { reads: ['scores', 'images', 'cohorts'], slow: true },
  ),
  /** Whether the highest patches of a patch score lie on annotated anomalies; null when no image has both. */
  'statistics.localisation': method(
    z.strictObject({ score: scoreName, filter }),
    z.strictObject({ images: z.int(), summary: catalog.localisation.nullable() }),
    { reads: ['scores', 'images', 'annotations'], slow: true },
  ),
  /** Writes a report of how well the scores of runs find each kind of anomaly: one HTML file that stands alone. Takes some seconds. */
  'statistics.report': method(
    z.strictObject({ runs: z.array(id).min(1).max(20), baseline: label, cohort: id.optional(), file: path }),
    nothing,
    { slow: true },
  ),
  'statistics.review': method(catalog.cohortsApart, catalog.reviewCurve, { reads: ['scores', 'cohorts'] }),
  /** How many images of each cohort have a score of at least the threshold. */
  'statistics.above': method(
    catalog.scoresOfCohorts.extend({ threshold: z.number() }),
    z.strictObject({ counts: z.array(z.strictObject({ cohort: id, above: z.int(), total: z.int() })) }),
    { reads: ['scores', 'cohorts'] },
  ),
} as const;

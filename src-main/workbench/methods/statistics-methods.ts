// Methods for the threshold view: histograms, ROC with its band, the review curve, counts above a threshold.
import type { ScoreName } from '../../../src-preload/schemas/image.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { countAbove, scoreHistogram, scoreValues } from '../../catalog/tables/scores.ts';
import { reviewCurve } from '../../statistics/roc-curve.ts';
import type { ScoredGroup } from '../../statistics/scores.ts';
import { withEngine } from '../engine.ts';
import type { MethodsNamed } from './method.ts';

export const statisticsMethods: MethodsNamed<'statistics'> = {
  'statistics.histogram': ({ score, cohorts, bins }, service) =>
    scoreHistogram(service.open().catalog, score, cohorts, bins),
  // Hundreds of resamples of an archive take seconds: not in the process that answers the window.
  'statistics.roc': ({ score, normal, anomalous }, service) => {
    const { catalog } = service.open();
    const groups = {
      anomalous: scoredGroup(catalog, score, anomalous),
      normal: scoredGroup(catalog, score, normal),
    };
    return withEngine(service.launch, {}, (engine) => engine.call('roc', groups));
  },
  'statistics.review': ({ score, normal, anomalous }, service) => {
    const { catalog } = service.open();
    const groups = [anomalous, normal].map((cohort) => scoredGroup(catalog, score, cohort).scores);
    const [found, total] = [groups[0]!.length, groups[0]!.length + groups[1]!.length];
    const points = reviewCurve(groups[0]!, groups[1]!);
    return {
      looked: Uint32Array.from(points, (point) => Math.round(point.reviewed * total)),
      found: Uint32Array.from(points, (point) => Math.round(point.found * found)),
    };
  },
  'statistics.above': ({ score, cohorts, threshold }, service) => ({
    counts: cohorts.map((cohort) => ({ cohort, ...countAbove(service.open().catalog, score, cohort, threshold) })),
  }),
};

/** The scores of a cohort with their patients, where they are known. */
export function scoredGroup(catalog: Catalog, score: ScoreName, cohort: number): ScoredGroup {
  const rows = scoreValues(catalog, score, cohort);
  return { scores: rows.map(({ value }) => value), patients: rows.map(({ patient }) => patient ?? undefined) };
}

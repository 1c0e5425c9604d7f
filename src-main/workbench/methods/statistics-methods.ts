// Methods for the threshold view: histograms, ROC with its band, the review curve, counts above a threshold.
import { countAbove, scoreHistogram } from '../../catalog/tables/scores.ts';
import { withEngine } from '../../engine/start-engine.ts';
import { cohortsApart, markedImages, scoreComparison, scoredGroup } from '../../evaluation/detection.ts';
import { judge } from '../../evaluation/judgement.ts';
import { referenceNormals } from '../../evaluation/reference-normals.ts';
import { evaluationReport } from '../../evaluation/report.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { reviewCurve } from '../../statistics/roc-curve.ts';
import type { MethodsNamed } from './method.ts';

export const statisticsMethods: MethodsNamed<'statistics'> = {
  'statistics.histogram': ({ score, cohorts, bins }, service) => ({
    ...scoreHistogram(service.open().catalog, score, cohorts, bins),
    cohorts: [...cohorts],
  }),
  // Hundreds of resamples of an archive take seconds: not in the process that answers the window.
  'statistics.roc': async (request, service) => {
    const { shared, ...groups } = cohortsApart(service.open().catalog, request);
    const curve = await withEngine(service.launch, {}, (engine) => engine.call('roc', groups));
    const normals = await referenceNormals(service, [request.score.run], { cohort: request.normal });
    return { ...curve, referenceNormals: [...normals], shared };
  },
  'statistics.detection': async ({ scores, groups }, service, control) => {
    const { catalog } = service.open();
    const comparisons = scores.flatMap((score) =>
      groups.map(({ anomalous, normal }) => ({
        anomalous: scoredGroup(catalog, score, anomalous),
        normal: scoredGroup(catalog, score, normal),
      })),
    );
    const found = await withEngine(service.launch, {}, (engine) => engine.call('detection', comparisons, control));
    return {
      detections: scores.map((_, index) => found.slice(index * groups.length, (index + 1) * groups.length)),
    };
  },
  'statistics.comparison': async ({ first, second, groups }, service, control) => {
    const { catalog } = service.open();
    const comparisons = groups.map((group) => scoreComparison(catalog, { first, second }, group));
    return withEngine(service.launch, {}, async (engine) => ({
      differences: await engine.call('comparison', comparisons, control),
    }));
  },
  'statistics.localisation': async ({ score, filter }, service) => {
    const images = markedImages(service.open().catalog, score, filter);
    if (images.length === 0) return { images: 0, summary: null };
    const summary = await withEngine(service.launch, {}, (engine) => engine.call('localisation', images));
    return { images: images.length, summary };
  },
  'statistics.report': async ({ runs, baseline, cohort, file }, service) => {
    const details = await Promise.all(runs.map((id) => service.call('runs.detail', { id })));
    const scores = details.flatMap((detail) => detail.scores);
    const [first] = scores;
    if (first === undefined) throw new Problem('missing', { what: 'scores', name: `run ${runs.join(', ')}` });
    // What the first run has not scored, its normals for example, is not judged.
    const within = { score: { name: first }, ...(cohort === undefined ? {} : { cohort }) };
    const judgement = await judge(service, scores, within, baseline, new Map());
    await writeFileAtomic(file, await evaluationReport(service, judgement, details));
    return {};
  },
  'statistics.review': (request, service) => {
    const { anomalous, normal } = cohortsApart(service.open().catalog, request);
    const [found, total] = [anomalous.scores.length, anomalous.scores.length + normal.scores.length];
    const points = reviewCurve(anomalous.scores, normal.scores);
    return {
      looked: Uint32Array.from(points, (point) => Math.round(point.reviewed * total)),
      found: Uint32Array.from(points, (point) => Math.round(point.found * found)),
    };
  },
  'statistics.above': ({ score, cohorts, threshold }, service) => ({
    counts: cohorts.map((cohort) => ({ cohort, ...countAbove(service.open().catalog, score, cohort, threshold) })),
  }),
};

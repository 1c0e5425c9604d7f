// A run that learns from verdicts: gathers what networks saw and what was decided, and stores the score of every image.

import { intervalText } from '../../src-preload/interval-text.ts';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { featureNetworksOf, featuresOf } from '../catalog/tables/features.ts';
import { extendProvenance, nextItems, recordResults } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { scoreNamesOf, scoreValues } from '../catalog/tables/scores.ts';
import { currentVerdicts } from '../catalog/tables/verdicts.ts';
import { withEngine } from '../engine/start-engine.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { Problem } from '../platform/errors.ts';
import { learnedScore } from '../scoring/families/learned.ts';
import { describeScore, mostTelling } from '../scoring/families.ts';
import type { RunProgram } from './run-program.ts';

/** Images of one transaction. */
const batchSize = 500;

export const learnRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { run: from } = parametersOf(run, schemas.learn);
  const best = mostTelling(scoreNamesOf(catalog, from).map((score) => ({ score })));
  const [network] = featureNetworksOf(catalog, from);
  if (best === undefined || network === undefined) {
    throw new Problem('missing', { what: 'features of images', name: `run ${from}` });
  }
  const name = { run: from, score: best.score };
  const sign = describeScore(best.score)?.score.abnormal === 'low' ? -1 : 1;
  const features = featuresOf(catalog, from, network);
  const rows = scoreValues(catalog, name).filter(({ image }) => features.has(image));
  const columns = features.get(rows[0]?.image ?? 0)?.length ?? 0;
  const matrix = new Float32Array(rows.length * columns);
  for (const [row, { image }] of rows.entries()) matrix.set(features.get(image)!, row * columns);
  const decided = currentVerdicts(
    catalog,
    rows.map(({ image }) => image),
  );
  const verdicts = rows.flatMap(({ image, patient }, row) => {
    const decision = decided.get(image)?.decision;
    if (decision !== 'keep' && decision !== 'reject') return [];
    return [{ row, rejected: decision === 'reject', patient: patient ?? undefined, image }];
  });
  tools.report({ stage: 'learning from verdicts', done: 0, total: rows.length });
  const { scores, crossValidated, before } = await withEngine(tools.launch, {}, (engine) =>
    engine.call(
      'learn',
      {
        anomaly: Float64Array.from(rows, ({ value }) => sign * value),
        features: { rows: rows.length, columns, data: matrix },
        verdicts: verdicts.map(({ image: _, ...verdict }) => verdict),
      },
      tools,
    ),
  );
  extendProvenance(catalog, run.id, {
    score: name,
    network,
    crossValidated: { ...crossValidated },
    before: { ...before },
    verdicts: verdicts.map(({ image, rejected }) => ({ image, decision: rejected ? 'reject' : 'keep' })),
  });
  const words = ({ auroc, interval }: typeof before) =>
    `AUROC ${auroc.toFixed(3)} (${intervalText(interval?.lower ?? null, interval?.upper ?? null, '-', { digits: 3, none: 'no interval' })})`;
  tools.log(
    'information',
    `${verdicts.length} verdicts, cross-validated: ${words(crossValidated)}; ${best.score} on the same images: ${words(before)}`,
  );
  const scoreOf = new Map(rows.map(({ image }, row) => [image, scores[row]!]));
  const waiting = nextItems(catalog, run.id, Number.MAX_SAFE_INTEGER);
  for (let start = 0; start < waiting.length; start += batchSize) {
    const results = waiting.slice(start, start + batchSize).map((image) => {
      const value = scoreOf.get(image);
      return value === undefined
        ? { image, skipped: `has no ${best.score} or no features` }
        : { image, scores: [{ score: learnedScore, value }] };
    });
    recordResults(catalog, run.id, results);
    tools.report({ stage: 'storing', done: Math.min(start + batchSize, waiting.length), total: waiting.length });
    await new Promise((resolve) => setImmediate(resolve));
  }
  refreshScanScores(catalog, run.id);
  tools.changed('scores');
};

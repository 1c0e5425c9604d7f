// A combination run: several scores made one, and a conformal p-value, by how seldom normal images score as high.
import type { Catalog } from '../catalog/catalog.ts';
import { abnormalSign } from '../catalog/tables/imported-scores.ts';
import { extendProvenance, nextItems, recordResults } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { type ImageResult, scoreValues } from '../catalog/tables/scores.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint } from '../platform/job.ts';
import { combinedScores, combineScores, fitCombination } from '../statistics/conformal.ts';
import type { RunProgram } from './run-program.ts';

/** Fewer validation normals cannot give a p-value that says anything: the least possible is 1 / (count + 1). */
const fewestNormals = 10;

/** Images of one transaction; between two of them others of the process have their turn. */
const batchSize = 500;

/** Combines the scores of every image of the run; those that lack one of them are skipped with the reason. */
export const combinationRun: RunProgram = async (run, tools) => {
  const { scores, validation } = parametersOf(run, storedParameters.combination);
  const { catalog } = tools;
  const normals = scores.map((score) => valuesOf(catalog, score, validation));
  const complete = [...normals[0]!.keys()].filter((image) => normals.every((values) => values.has(image)));
  if (complete.length < fewestNormals) {
    const what = `validation images with all ${scores.length} scores (at least ${fewestNormals} are needed)`;
    throw new Problem('missing', { what, name: `cohort ${validation} has ${complete.length}` });
  }
  const combination = fitCombination(normals.map((values) => complete.map((image) => values.get(image)!)));
  extendProvenance(catalog, run.id, { validationImages: complete.length });
  const values = scores.map((score) => valuesOf(catalog, score));
  const waiting = nextItems(catalog, run.id, Number.MAX_SAFE_INTEGER);
  for (let start = 0; start < waiting.length; start += batchSize) {
    checkpoint(tools, 'combination');
    const results = waiting.slice(start, start + batchSize).map((image): ImageResult => {
      const own = values.map((of) => of.get(image));
      const lacking = own.indexOf(undefined);
      if (lacking >= 0) return { image, skipped: `has no score ${scores[lacking]!.score}` };
      const { score, p } = combineScores(combination, own as number[]);
      const found = [
        { score: combinedScores.combined, value: score },
        { score: combinedScores.p, value: p },
      ];
      return { image, scores: found };
    });
    recordResults(catalog, run.id, results);
    tools.changed('scores');
    tools.report({ stage: 'combining', done: Math.min(start + batchSize, waiting.length), total: waiting.length });
    await new Promise((resolve) => setImmediate(resolve));
  }
  refreshScanScores(catalog, run.id);
};

function valuesOf(catalog: Catalog, score: Parameters<typeof scoreValues>[1], cohort?: number): Map<number, number> {
  const sign = abnormalSign(catalog, score);
  return new Map(scoreValues(catalog, score, cohort).map(({ image, value }) => [image, sign * value]));
}

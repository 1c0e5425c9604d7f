// The parameters that a run was queued with, read back from the catalog.
import type { z } from 'zod';
import { parameters } from '../../src-preload/jobs/jobs.ts';
import type { Run } from '../catalog/tables/runs.ts';
import { Problem } from '../platform/errors.ts';
import { spoken } from '../platform/spoken-schema.ts';

/** What is stored of the parameters of runs on images: the images themselves are the run's items. */
export const storedParameters = {
  project: parameters.project.omit({ images: true }),
  score: parameters.score,
  scores: parameters.scores.omit({ images: true }),
  typicality: parameters.typicality.omit({ images: true }),
  combination: parameters.combination.omit({ images: true }),
} as const;

/**
 * The parameters of `run` as `schema` reads them. Throws `content` when the row holds something else: another version wrote
 * it, or somebody changed the catalog by hand.
 */
export function parametersOf<S extends z.ZodType>(run: Pick<Run, 'id' | 'parameters'>, schema: S): z.output<S> {
  const parsed = schema.safeParse(run.parameters, spoken);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = path.join('.');
  const place = where === '' ? '' : ` at "${where}"`;
  const reason = `its parameters in the catalog are not understood${place}: ${message}`;
  throw new Problem('content', { file: `run ${run.id}`, reason });
}

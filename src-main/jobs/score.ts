// Rescore: scores the reconstructions of an earlier run again, with other settings.
import { doneItems, getRun } from '../catalog/tables/runs.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const scoreJob: Job<'score'> = {
  kind: 'score',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, parameters) => {
    const projection = getRun(catalog, parameters.projection);
    const images = doneItems(catalog, projection.id);
    if (images.length === 0) throw new Problem('missing', { what: 'reconstructions', name: `run ${projection.id}` });
    return {
      title: `score ${images.length} images of run ${projection.id}`,
      parameters,
      ...(projection.model === null ? {} : { model: projection.model }),
      ...(projection.recipe === null ? {} : { recipe: projection.recipe }),
      images,
    };
  },
  load: async () => (await import('./score-run.ts')).scoreRun,
};

// Combination: several scores made one, with a conformal p-value.
import { getRun } from '../catalog/tables/runs.ts';
import { selectedIds } from '../holdings/selection.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const combinationJob: Job<'combination'> = {
  kind: 'combination',
  lane: 'light',
  resumes: 'unfinished',
  describe: (catalog, { images: selection, ...parameters }) => {
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image with these scores' });
    const { model, recipe } = getRun(catalog, parameters.scores[0]!.run);
    return {
      title: `combine ${parameters.scores.map(({ score }) => score).join(', ')} of ${images.length} images`,
      parameters,
      ...(model === null ? {} : { model }),
      ...(recipe === null ? {} : { recipe }),
      images,
    };
  },
  load: async () => (await import('./combination-run.ts')).combinationRun,
};

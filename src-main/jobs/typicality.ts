// Typicality alone, as earlier versions queued it (now a family of the job `scores`): compares what a network's discriminator sees in each image with what it sees in normals.
import { getModel } from '../catalog/tables/models.ts';
import { recipeOf } from '../holdings/models.ts';
import { selectedIds } from '../holdings/selection.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const typicalityJob: Job<'typicality'> = {
  kind: 'typicality',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, { images: selection, ...parameters }) => {
    const model = getModel(catalog, parameters.model);
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to score' });
    return {
      title: `typicality of ${images.length} images by ${model.name}`,
      parameters,
      model: model.id,
      recipe: recipeOf(model),
      images,
    };
  },
  load: async () => (await import('./scores-run.ts')).scoresRun,
};

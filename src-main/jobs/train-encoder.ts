// Train an encoder for a network of the catalog, on a cohort of normals.
import { getModel } from '../catalog/tables/models.ts';
import { constructionOf } from '../holdings/models.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const trainEncoderJob: Job<'train-encoder'> = {
  kind: 'train-encoder',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, parameters) => {
    const model = getModel(catalog, parameters.model);
    const { generator, discriminator } = constructionOf(model);
    if (!generator || !discriminator) {
      throw new Problem('missing', {
        what: `${generator ? 'discriminator' : 'generator'} of the network`,
        name: model.name,
      });
    }
    return { title: `train an encoder for ${model.name}`, parameters, model: model.id };
  },
  load: async () => (await import('./train-encoder-run.ts')).trainEncoderRun,
};

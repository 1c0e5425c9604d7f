// Train: a StyleGAN2-ADA of a cohort of normals.
import { imageRecords } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { Problem } from '../platform/errors.ts';
import { resolveConfiguration } from '../training/configuration.ts';
import { parseTrainOptions, trainingOptions } from '../training/train-options.ts';
import type { Job } from './job.ts';

export const trainJob: Job<'train'> = {
  kind: 'train',
  lane: 'heavy',
  resumes: 'always',
  describe: (_, parameters) => ({ title: `train ${parameters.name}`, parameters }),
  load: async () => (await import('./train-run.ts')).trainRun,
  estimate: async ({ cohort, resolution, options: given, device }, catalog, measure) => {
    const ids = imageIds(catalog, { cohort, states: ['present'] }, { by: 'imported', descending: false });
    const [first] = imageRecords(catalog, ids.subarray(0, 1));
    if (first === undefined) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
    const options = parseTrainOptions(given);
    const shape = { resolution: resolution ?? first.width, channels: 1, labelSize: 0, images: ids.length } as const;
    const configuration = resolveConfiguration(trainingOptions(options, null), shape);
    const perKimg = await measure((engine) => engine.call('train.measure', { configuration, device }));
    return perKimg === null ? null : perKimg * configuration.totalKimg;
  },
};

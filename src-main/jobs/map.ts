// Map: lays the images of the archive out in a plane by what a network saw in them.
import { featureNetworks } from '../catalog/tables/features.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const mapJob: Job<'map'> = {
  kind: 'map',
  lane: 'heavy',
  resumes: 'unfinished',
  describe: (catalog, parameters) => {
    const known = featureNetworks(catalog);
    const { network } = parameters;
    if (known.length === 0 || (network !== null && !known.some((each) => each.network === network))) {
      const name = network ?? 'this catalog';
      throw new Problem('missing', { what: 'features of images (score the family features or localiser first)', name });
    }
    return { title: 'map of the archive', parameters };
  },
  load: async () => (await import('./map-run.ts')).mapRun,
};

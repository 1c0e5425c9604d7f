// Export: copies images and a manifest into a new folder.
import { exportConflict } from '../../src-preload/export-formats.ts';
import { chooseImages } from '../curation/export/choose-images.ts';
import { Problem } from '../platform/errors.ts';
import type { Job } from './job.ts';

export const exportJob: Job<'export'> = {
  kind: 'export',
  lane: 'light',
  resumes: 'unfinished',
  describe: (catalog, { images: choice, ...parameters }) => {
    const images = 'ids' in choice ? choice.ids : chooseImages(catalog, choice);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to export' });
    const { format, deidentification, model } = parameters;
    const conflict = exportConflict(format, { deidentified: deidentification !== null, model: model !== null });
    if (conflict !== undefined) throw new Problem('usage', { message: conflict });
    return { title: `export ${images.length} images to ${parameters.target}`, parameters, images };
  },
  load: async () => (await import('./export-run.ts')).exportRun,
};

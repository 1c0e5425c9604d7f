// The images of a cohort as the files that a training learns from.
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecord } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { TrainingFile } from '../training/training-set.ts';
import { readImage, readPrepared } from './catalog-images.ts';

/** The images of a cohort that are still there, in the order of import. They must be as they were then. */
export function cohortTrainingFiles(catalog: Catalog, decoder: Decoder, cohort: number): readonly TrainingFile[] {
  const ids = imageIds(catalog, { cohort, states: ['present'] }, { by: 'imported', descending: false });
  return Array.from(ids, (id): TrainingFile => {
    const { path, frame } = imageRecord(catalog, id);
    return {
      name: path,
      frame,
      decode: () => readImage(catalog, decoder, id),
      prepare: (_, recipe) => readPrepared(catalog, decoder, id, recipe),
    };
  });
}

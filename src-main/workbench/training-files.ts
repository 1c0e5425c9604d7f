// The files that a training learns from: of a folder or zip, or of a cohort of the catalog; read by decoder processes.
import { listDataset } from '../archive/dataset-zip.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecord } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { JobControl } from '../platform/job.ts';
import type { TrainingFile } from '../training/training-set.ts';
import { readImage, readPrepared } from './catalog-images.ts';
import type { Skipped } from './folder-images.ts';

/** The images of a folder or zip in the StyleGAN2-ADA layout (labels in dataset.json), in the published order. */
export async function folderTrainingFiles(
  root: string,
  decoder: Decoder,
  control: JobControl,
): Promise<{ readonly files: readonly TrainingFile[]; readonly refused: readonly Skipped[] }> {
  const { entries, refused } = await listDataset(root, control);
  return {
    files: entries.map(({ entry, label }) => ({
      ...readersOf(entry, decoder),
      frame: null,
      ...(label === undefined ? {} : { label }),
    })),
    refused: refused.map(({ path, problem }) => ({ name: path, error: problem })),
  };
}

function readersOf(entry: ArchiveEntry, decoder: Decoder): Omit<TrainingFile, 'frame'> {
  return {
    name: entry.path,
    decode: async (frame) => (await decoder.frame(entry, frame)).image,
    prepare: (frame, recipe) => decoder.prepare(entry, frame, recipe),
  };
}

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

// The files of a folder or zip that a training learns from, read by decoder processes.
import { listDataset } from '../archive/dataset-zip.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { listedTrainingFiles, readListing } from '../cluster/listing.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import type { JobControl } from '../platform/job.ts';
import type { TrainingFile } from '../training/training-set.ts';

/**
 * The images of a folder or zip in the StyleGAN2-ADA layout (labels in dataset.json), in the published order; or those of a listing
 * (.jsonl), as a catalog's cohort is handed to a cluster.
 */
export async function folderTrainingFiles(
  root: string,
  decoder: Decoder,
  control: JobControl,
): Promise<{ readonly files: readonly TrainingFile[]; readonly refused: readonly Skipped[] }> {
  if (root.endsWith('.jsonl')) return { files: listedTrainingFiles(await readListing(root), decoder), refused: [] };
  const { entries, refused } = await listDataset(root, { ...control, listedIn: decoder.listed });
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

// The images of a cohort as the files that a training learns from: those that were rejected are left out.
import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecord } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { TrainingFile } from '../training/training-set.ts';
import { readImage, readPrepared } from './catalog-images.ts';

interface CohortTools {
  readonly catalog: Catalog;
  readonly log: (level: 'noted', text: string) => void;
}

/** As the first start of a run notes them. */
const noted = z.object({ leftOut: z.array(z.int()) });

/**
 * The images of a cohort that are still there, in the order of import, without those whose verdict was `reject` when the run
 * first started: it resumes with the same images whatever is decided meanwhile. Images must be as they were at import.
 */
export function cohortTrainingFiles(
  tools: CohortTools,
  decoder: Decoder,
  cohort: number,
  run: Pick<Run, 'id' | 'provenance'>,
): readonly TrainingFile[] {
  const { catalog } = tools;
  return Array.from(cohortTrainingImages(tools, cohort, run), (id): TrainingFile => {
    const { path, frame } = imageRecord(catalog, id);
    return {
      name: path,
      frame,
      decode: () => readImage(catalog, decoder, id),
      prepare: (_, recipe) => readPrepared(catalog, decoder, id, recipe),
    };
  });
}

/** The same as numbers of images. */
export function cohortTrainingImages(
  { catalog, log }: CohortTools,
  cohort: number,
  run: Pick<Run, 'id' | 'provenance'>,
): Uint32Array {
  const leftOut = new Set(leftOutOf(catalog, cohort, run));
  if (leftOut.size > 0) log('noted', `${leftOut.size} rejected images of the cohort are not trained on`);
  const ids = imageIds(catalog, { cohort, states: ['present'] }, { by: 'imported', descending: false });
  return ids.filter((id) => !leftOut.has(id));
}

function leftOutOf(catalog: Catalog, cohort: number, { id, provenance }: Pick<Run, 'id' | 'provenance'>) {
  const before = noted.safeParse(provenance);
  if (before.success) return before.data.leftOut;
  // A training that an earlier version began has all of them.
  if ('dataset' in provenance) return [];
  const rejected = imageIds(catalog, { cohort, verdicts: ['reject'] }, { by: 'imported', descending: false });
  const leftOut = [...rejected];
  extendProvenance(catalog, id, { leftOut });
  return leftOut;
}

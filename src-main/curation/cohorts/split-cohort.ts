// Makes cohorts (training, test) out of the images of a filter, patient by patient, and notes how it was done.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { createCohort } from '../../catalog/tables/cohorts.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { splitByPatient } from './split.ts';

/** A cohort to be made and its share of the images. */
export interface SplitPart {
  readonly name: string;
  readonly fraction: number;
}

/** A cohort that was made. */
export interface MadeCohort {
  readonly id: number;
  readonly name: string;
  readonly images: number;
}

/**
 * Splits the images of `filter` by patient (`byPatient`, the default) or image by image into new cohorts. Throws `usage`
 * when a name is taken or a fraction is not positive; then nothing is made.
 */
export function splitCohort(
  catalog: Catalog,
  split: {
    readonly filter: ImageFilter;
    readonly parts: readonly SplitPart[];
    readonly seed: number;
    readonly byPatient?: boolean;
    readonly actor: string;
    readonly at: string;
  },
): readonly MadeCohort[] {
  const { filter, parts, seed, byPatient = true, actor, at } = split;
  return catalog.transaction(() => {
    const records = imageRecords(catalog, imageIds(catalog, filter, { by: 'imported', descending: false }));
    const items = records.map(({ id, patient }) => ({ item: id, patient: byPatient ? patient : null }));
    const dealt = splitByPatient(
      items,
      parts.map(({ fraction }) => fraction),
      seed,
    );
    const made = parts.map(({ name, fraction }, index) => {
      const images = dealt[index]!;
      const id = createCohort(catalog, { name, definition: { split: { seed, byPatient, fraction } }, images, at });
      return { id, name, images: images.length };
    });
    appendAudit(catalog, { at, actor, event: 'split', details: { seed, byPatient, cohorts: made } });
    return made;
  });
}

// Which images are for training, validation and testing: cohorts of the catalog that the user names.
import type { Splits } from '../../../src-preload/jobs/export.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { Problem } from '../../platform/errors.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Image id -> its split; undefined when the export is not split. Throws `usage` for an image in two of the cohorts. */
export function splitsOf(catalog: Catalog, splits: Splits | undefined): ReadonlyMap<number, SplitName> | undefined {
  const named = splitNames.flatMap((name) => {
    const cohort = splits?.[name] ?? null;
    return cohort === null ? [] : [{ name, cohort }];
  });
  if (named.length === 0) return undefined;
  const found = new Map<number, SplitName>();
  for (const { name, cohort } of named) {
    for (const image of imageIds(catalog, { cohort }, { by: 'imported', descending: false })) {
      const other = found.get(image);
      if (other !== undefined) {
        throw new Problem('usage', { message: `image ${image} is in the cohorts for ${other} and for ${name}` });
      }
      found.set(image, name);
    }
  }
  return found;
}

/** How many patients have images in more than one split. */
export function patientsInSeveral(records: readonly ImageRecord[], splits: ReadonlyMap<number, SplitName>): number {
  const byPatient = Map.groupBy(
    records.filter(({ patient }) => patient !== null),
    ({ patient }) => patient,
  );
  return [...byPatient.values()].filter((own) => new Set(own.map(({ id }) => splits.get(id))).size > 1).length;
}

// Checks that two cohorts share nothing that would make a test too easy: patients, pixels, near-duplicates.
import type { Catalog } from '../../catalog/catalog.ts';
import { imageHashes } from '../../catalog/tables/image-hashes.ts';
import { duplicateGroups, nearDuplicateGroups } from './duplicates.ts';

/** Images of two cohorts that have something in common. */
export interface Leak {
  readonly kind: 'image' | 'patient' | 'pixels' | 'near-duplicate';
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/**
 * Every leak between two cohorts: the same image, the same patient, equal pixels, perceptual hashes at most `distance`
 * bits apart (2 is strict enough for resized and recompressed copies; chest radiographs of different patients are
 * further apart as a rule).
 */
export function cohortLeaks(catalog: Catalog, first: number, second: number, distance = 2): readonly Leak[] {
  const [a, b] = [imageHashes(catalog, first), imageHashes(catalog, second)];
  const [inFirst, inSecond] = [new Set(a.map(({ id }) => id)), new Set(b.map(({ id }) => id))];
  const both = [...a, ...b.filter(({ id }) => !inFirst.has(id))];
  const patients = Map.groupBy(
    both.filter(({ patient }) => patient !== null),
    ({ patient }) => patient,
  );
  const groups: readonly (readonly [Leak['kind'], readonly (readonly number[])[]])[] = [
    ['image', a.filter(({ id }) => inSecond.has(id)).map(({ id }) => [id])],
    ['patient', [...patients.values()].map((images) => images.map(({ id }) => id)).filter(({ length }) => length > 1)],
    ['pixels', duplicateGroups(both)],
    ['near-duplicate', nearDuplicateGroups(both, distance)],
  ];
  return groups.flatMap(([kind, found]) =>
    found
      .map((ids) => ({
        kind,
        first: ids.filter((id) => inFirst.has(id)),
        second: ids.filter((id) => inSecond.has(id)),
      }))
      .filter((leak) => leak.first.length > 0 && leak.second.length > 0),
  );
}

/** Of the images of some cohorts, how many have no known patient: nobody can say whether two of them are of one person. */
export function unknownPatients(
  catalog: Catalog,
  cohorts: readonly number[],
): { readonly unknown: number; readonly images: number } {
  const images = new Map(cohorts.flatMap((cohort) => imageHashes(catalog, cohort).map((image) => [image.id, image])));
  return { unknown: [...images.values()].filter(({ patient }) => patient === null).length, images: images.size };
}

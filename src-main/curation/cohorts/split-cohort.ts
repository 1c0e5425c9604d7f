// Makes cohorts (training, test) out of the images of a filter, patient by patient, and notes how it was done.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { createCohort } from '../../catalog/tables/cohorts.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { type ImageGroups, imageGroups } from '../../catalog/tables/image-hashes.ts';
import { imageFacets, imageIds } from '../../catalog/tables/pages.ts';
import { Problem } from '../../platform/errors.ts';
import { splitByPatient } from './split.ts';
import { balanceOf, type SplitPreview } from './split-balance.ts';

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

/** The cohorts of a split, and what is not known about it. */
export interface MadeSplit {
  readonly cohorts: readonly MadeCohort[];
  readonly images: number;
  /** Images whose patient is not known: each was dealt alone, whoever it is of. */
  readonly unknownPatients: number;
}

/** How to split: the images of a filter, by patient (the default) or image by image. */
export interface SplitPlan {
  readonly filter: ImageFilter;
  readonly parts: readonly SplitPart[];
  readonly seed: number;
  readonly byPatient?: boolean;
}

/** A part as it would be made. */
interface PlannedPart extends SplitPart {
  readonly images: readonly number[];
}

interface Planned {
  readonly parts: readonly PlannedPart[];
  readonly records: readonly ImageGroups[];
}

/** Deals the images, and makes nothing. Throws `usage` as `splitCohort`. */
function plan(catalog: Catalog, { filter, parts, seed, byPatient = true }: SplitPlan): Planned {
  const records = imageGroups(catalog, imageIds(catalog, filter, { by: 'imported', descending: false }));
  if (records.length === 0) throw new Problem('usage', { message: noImage(catalog, filter) });
  const items = records.map(({ id, patient }) => ({ item: id, patient: byPatient ? patient : null }));
  const dealt = splitByPatient(
    items,
    parts.map(({ fraction }) => fraction),
    seed,
  );
  const empty = parts.findIndex((_, index) => dealt[index]!.length === 0);
  if (empty >= 0) {
    const of = byPatient ? `of ${patientsIn(items)} patients` : 'few';
    const message = `no image is left for ${parts[empty]!.name}: the ${records.length} images are ${of}`;
    throw new Problem('usage', { message });
  }
  return { parts: parts.map((part, index) => ({ ...part, images: dealt[index]! })), records };
}

const unknownIn = (records: readonly ImageGroups[]): number => records.filter(({ patient }) => patient === null).length;

/** What a split would be, part by part, so that people see its balance before it is made. Throws as `splitCohort`. */
export function previewSplit(catalog: Catalog, split: SplitPlan): SplitPreview {
  const { parts, records } = plan(catalog, split);
  const byId = new Map(records.map((record) => [record.id, record]));
  return {
    parts: parts.map(({ name, images }) => ({ name, ...balanceOf(images.map((id) => byId.get(id)!)) })),
    images: records.length,
    unknownPatients: unknownIn(records),
  };
}

/**
 * Splits the images of `filter` by patient (`byPatient`, the default) or image by image into new cohorts. Throws `usage`
 * when no image or too few patients are there for them, a name is taken or a fraction is not positive; then nothing is made.
 */
export function splitCohort(
  catalog: Catalog,
  split: SplitPlan & { readonly actor: string; readonly at: string },
): MadeSplit {
  const { seed, byPatient = true, actor, at } = split;
  return catalog.transaction(() => {
    const { parts, records } = plan(catalog, split);
    const unknownPatients = unknownIn(records);
    const made = parts.map(({ name, fraction, images }) => {
      const id = createCohort(catalog, { name, definition: { split: { seed, byPatient, fraction } }, images, at });
      return { id, name, images: images.length };
    });
    appendAudit(catalog, { at, actor, event: 'split', details: { seed, byPatient, unknownPatients, cohorts: made } });
    return { cohorts: made, images: records.length, unknownPatients };
  });
}

/** Why a filter lets no image through, with the kinds that there are where one of its kinds is none of them. */
function noImage(catalog: Catalog, { kinds, ...rest }: ImageFilter): string {
  const known = imageFacets(catalog, rest).kinds.flatMap(({ value }) => value ?? []);
  const unknown = (kinds ?? []).find((kind) => kind !== null && !known.includes(kind));
  if (unknown === undefined) return 'there is no image to split';
  return `no image is of the kind ${unknown}; the kinds are ${known.join(', ') || 'not known'}`;
}

function patientsIn(items: readonly { readonly item: number; readonly patient: string | null }[]): number {
  return new Set(items.map(({ item, patient }) => patient ?? item)).size;
}

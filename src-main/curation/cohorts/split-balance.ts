// How balanced a split is: of each part, its images and patients by kind, sex, age and scanner, as far as these are known.
import type { ImageGroups } from '../../catalog/tables/image-hashes.ts';

/** How many images have a value; null: not known. The most frequent first. */
export type Counts = readonly { readonly value: string | null; readonly images: number }[];

/** What a part of a split would hold. */
export interface PartBalance {
  readonly images: number;
  /** Images whose patient is not known count as a patient each. */
  readonly patients: number;
  readonly kinds: Counts;
  readonly sexes: Counts;
  readonly scanners: Counts;
  /** Years of the images that say it; null where none does. */
  readonly age: {
    readonly known: number;
    readonly median: number;
    readonly lower: number;
    readonly upper: number;
  } | null;
}

export interface SplitPreview {
  readonly parts: readonly (PartBalance & { readonly name: string })[];
  readonly images: number;
  readonly unknownPatients: number;
}

/** Counts of one part; of the ages the median and the quartiles (linear interpolation). */
export function balanceOf(images: readonly ImageGroups[]): PartBalance {
  const ages = images.flatMap(({ age }) => age ?? []).toSorted((a, b) => a - b);
  return {
    images: images.length,
    patients: new Set(images.map(({ id, patient }) => patient ?? id)).size,
    kinds: countsOf(images.map(({ kind }) => kind)),
    sexes: countsOf(images.map(({ sex }) => sex)),
    scanners: countsOf(images.map(({ scanner }) => scanner)),
    age:
      ages.length === 0
        ? null
        : { known: ages.length, median: quantile(ages, 0.5), lower: quantile(ages, 0.25), upper: quantile(ages, 0.75) },
  };
}

function countsOf(values: readonly (string | null)[]): Counts {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, images]) => ({ value, images })).sort((a, b) => b.images - a.images);
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

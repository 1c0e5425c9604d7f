// What images are compared by, for a whole archive at once: fingerprints, hashes, patients; and what a split is balanced by.
import type { Catalog } from '../catalog.ts';

/** By what an image is recognised as a copy of another, or as of the same person. */
export interface ImageHashes {
  readonly id: number;
  readonly pixelFingerprint: string | null;
  readonly perceptualHash: string | null;
  readonly patient: string | null;
}

/** Of every image, or of those of a cohort, by id. */
export function imageHashes(catalog: Catalog, cohort?: number): readonly ImageHashes[] {
  const sql = `SELECT i.id, i.pixel_fingerprint AS pixelFingerprint, i.perceptual_hash AS perceptualHash, i.patient FROM images i`;
  if (cohort === undefined) return catalog.all(`${sql} ORDER BY i.id`);
  return catalog.all(`${sql} JOIN cohort_members m ON m.image = i.id WHERE m.cohort = @cohort ORDER BY i.id`, {
    cohort,
  });
}

/** What a split is seen by. */
export interface ImageGroups {
  readonly id: number;
  readonly patient: string | null;
  readonly kind: string | null;
  readonly sex: string | null;
  /** Years. */
  readonly age: number | null;
  readonly scanner: string | null;
}

/** Of the images `ids`, in that order. */
export function imageGroups(catalog: Catalog, ids: ArrayLike<number>): readonly ImageGroups[] {
  return catalog.all(
    `SELECT i.id, i.patient, i.kind, i.sex, i.age, i.scanner
     FROM json_each(@ids) AS j JOIN images i ON i.id = j.value ORDER BY j.key`,
    { ids: JSON.stringify(Array.from(ids)) },
  );
}

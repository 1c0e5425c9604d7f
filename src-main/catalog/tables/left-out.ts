// What of a catalog is not in an export, counted by why: the state of its file, and the verdict with its reason.
import type { Catalog } from '../catalog.ts';
import type { FileState } from './files.ts';
import type { Decision } from './verdicts.ts';

/** Images that have the same to say about why they are not there. */
export interface LeftOut {
  readonly state: FileState;
  readonly verdict: Decision | null;
  readonly reason: string | null;
  readonly images: number;
}

/** Every image but `images`, the largest group first. */
export function leftOut(catalog: Catalog, images: ArrayLike<number>): readonly LeftOut[] {
  return catalog.all(
    `SELECT f.state, c.decision AS verdict, v.reason, count(*) AS images
     FROM images i JOIN files f ON f.id = i.file
     LEFT JOIN current_verdicts c ON c.image = i.id LEFT JOIN verdicts v ON v.id = c.verdict
     WHERE i.id NOT IN (SELECT value FROM json_each(@images))
     GROUP BY f.state, c.decision, v.reason ORDER BY count(*) DESC, f.state, c.decision, v.reason`,
    { images: JSON.stringify(Array.from(images)) },
  );
}

/** How many files hold no image that can be read. */
export function quarantinedFiles(catalog: Catalog): number {
  return catalog.column<number>(`SELECT count(*) FROM files WHERE state = 'quarantined'`)[0]!;
}

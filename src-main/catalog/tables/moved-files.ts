// Table `files` when files move: what is known by its content, and where it is now.
import { sep } from 'node:path';
import type { Catalog } from '../catalog.ts';
import type { FilePlace } from './files.ts';

/** A file that was read once, where it was then. */
export interface KnownFile {
  readonly id: number;
  readonly source: string;
  readonly path: string;
  readonly file: string;
  readonly inside: readonly string[];
  readonly size: number;
  readonly modified: number;
  readonly sha256: string;
  readonly state: 'present' | 'vanished' | 'changed';
}

type StoredFile = Omit<KnownFile, 'inside'> & { readonly inside: string };
const columns = 'id, source, path, file, inside, size, modified, sha256, state';
const parsed = (row: StoredFile): KnownFile => ({ ...row, inside: JSON.parse(row.inside) as string[] });

/** The files of a size in bytes whose content is known. */
export function filesOfSize(catalog: Catalog, size: number): readonly KnownFile[] {
  const sql = `SELECT ${columns} FROM files
    WHERE size = @size AND sha256 IS NOT NULL AND state IN ('present', 'vanished', 'changed') ORDER BY id`;
  return catalog.all<StoredFile>(sql, { size }).map(parsed);
}

/** The files whose content is known and that are, or were, at `place` or below it. */
export function filesBelow(catalog: Catalog, place: string): readonly KnownFile[] {
  const below = place.endsWith(sep) ? place : place + sep;
  const sql = `SELECT ${columns} FROM files
    WHERE (file = @place OR substr(file, 1, @length) = @below) AND sha256 IS NOT NULL
      AND state IN ('present', 'vanished', 'changed') ORDER BY id`;
  return catalog.all<StoredFile>(sql, { place, below, length: below.length }).map(parsed);
}

/** Where a file is now: see `ImportedFile`. */
export interface NewPlace extends FilePlace {
  readonly source: string;
  readonly path: string;
}

/**
 * Notes that a file is at another place now, with everything that is known of its images. What the catalog knew at that place has
 * other content since, and stays as `changed`. `at` is the UTC time.
 */
export function moveFile(catalog: Catalog, id: number, to: NewPlace, at: string): void {
  const { source, path, file, size, modified } = to;
  const values = { id, at, source, path, file, size, modified, companion: to.companion ?? null };
  const inside = JSON.stringify(to.inside);
  catalog.transaction(() => {
    catalog.run(
      `UPDATE files SET state = 'changed', reason = 'other content since ' || @at
       WHERE file = @file AND inside = @inside AND state <> 'changed' AND id <> @id`,
      { id, at, file, inside },
    );
    catalog.run(
      `UPDATE files SET source = @source, path = @path, file = @file, inside = @inside, companion = @companion, size = @size,
         modified = @modified, state = 'present', reason = NULL, seen_at = @at WHERE id = @id`,
      { ...values, inside },
    );
  });
}

/** The places of masks at `place` or below it. */
export function masksBelow(catalog: Catalog, place: string): readonly string[] {
  const below = place.endsWith(sep) ? place : place + sep;
  return catalog.column<string>(
    'SELECT DISTINCT file FROM masks WHERE file = @place OR substr(file, 1, @length) = @below',
    { place, below, length: below.length },
  );
}

/** Notes that the masks of a file are in another one. */
export function moveMasks(catalog: Catalog, from: string, to: string): void {
  catalog.run('UPDATE masks SET file = @to WHERE file = @from', { from, to });
}

/** How many images the files have. */
export function imagesOfFiles(catalog: Catalog, files: readonly number[]): number {
  const sql = 'SELECT count(*) FROM images WHERE file IN (SELECT value FROM json_each(@files))';
  return catalog.column<number>(sql, { files: JSON.stringify(files) })[0]!;
}

/** A place of the archive with the files that the catalog has of it. */
export interface SourceCounts {
  readonly source: string;
  readonly files: number;
  readonly images: number;
  /** Images whose file is not there. */
  readonly missing: number;
}

/** Every folder, zip or file that images came from, by name. */
export function sourceCounts(catalog: Catalog): readonly SourceCounts[] {
  return catalog.all(
    `SELECT f.source, count(*) AS files, sum(f.images) AS images, sum(iif(f.state = 'vanished', f.images, 0)) AS missing
     FROM (SELECT source, state, (SELECT count(*) FROM images i WHERE i.file = files.id) AS images FROM files
       WHERE state <> 'changed') AS f
     GROUP BY f.source ORDER BY f.source`,
  );
}

/** A file as a check of the disk needs it. */
export interface PlacedFile {
  readonly id: number;
  readonly file: string;
  readonly isGone: boolean;
}

/** At most `limit` files that should be there, after the id `after`, by id. */
export function placedFiles(catalog: Catalog, after: number, limit: number): readonly PlacedFile[] {
  return catalog
    .all<{ id: number; file: string; state: string }>(
      `SELECT id, file, state FROM files WHERE id > @after AND state IN ('present', 'vanished') ORDER BY id LIMIT @limit`,
      { after, limit },
    )
    .map(({ id, file, state }) => ({ id, file, isGone: state === 'vanished' }));
}

/** Notes of files whether they are gone, with the reason; those that are not are present again. */
export function noteGone(catalog: Catalog, files: readonly number[], reason: string | null): void {
  catalog.run(
    `UPDATE files SET state = iif(@reason IS NULL, 'present', 'vanished'), reason = @reason
     WHERE id IN (SELECT value FROM json_each(@files)) AND state IN ('present', 'vanished')`,
    { files: JSON.stringify(files), reason },
  );
}

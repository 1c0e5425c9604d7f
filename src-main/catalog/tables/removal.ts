// Tables `removed_images` and `removed_files`, and the removal of images from every table that refers to them.
import type { Catalog } from '../catalog.ts';
import { deleteUnusedTerms } from './columns.ts';
import type { FilePlace } from './files.ts';
import { refreshScanScores } from './scan-scores.ts';
import type { Decision } from './verdicts.ts';

/** What belongs to some images, by which people judge whether to remove them. */
export interface Belongings {
  readonly images: number;
  /** Files all of whose images are among them. */
  readonly files: number;
  /** Verdicts in force. */
  readonly verdicts: { readonly [D in Decision]: number };
  /** Every verdict, those that were superseded too. */
  readonly history: number;
  readonly annotations: number;
  readonly tags: number;
  readonly scores: number;
  readonly masks: number;
  /** Cohorts that lose images, and how many. */
  readonly cohorts: readonly { readonly name: string; readonly images: number }[];
  /** Runs that are not over yet and work on some of them. */
  readonly runs: readonly string[];
}

const json = (ids: ArrayLike<number>): string => JSON.stringify(Array.from(ids));
const chosen = '(SELECT value FROM json_each(@ids))';

/** Counts what belongs to images. */
export function belongingsOf(catalog: Catalog, images: ArrayLike<number>): Belongings {
  const ids = json(images);
  const count = (sql: string) => catalog.column<number>(sql, { ids })[0]!;
  const decided = new Map(
    catalog
      .all<{ decision: Decision; images: number }>(
        `SELECT decision, count(*) AS images FROM current_verdicts WHERE image IN ${chosen} GROUP BY decision`,
        { ids },
      )
      .map(({ decision, images }) => [decision, images]),
  );
  return {
    images: count(`SELECT count(*) FROM images WHERE id IN ${chosen}`),
    files: count(`SELECT count(*) FROM files WHERE id IN (${wholeFiles})`),
    verdicts: {
      keep: decided.get('keep') ?? 0,
      reject: decided.get('reject') ?? 0,
      unsure: decided.get('unsure') ?? 0,
    },
    history: count(`SELECT count(*) FROM verdicts WHERE image IN ${chosen}`),
    annotations: count(`SELECT count(*) FROM annotations WHERE image IN ${chosen}`),
    tags: count(`SELECT count(*) FROM tags WHERE image IN ${chosen}`),
    scores: count(`SELECT count(*) FROM scores WHERE image IN ${chosen}`),
    masks: count(`SELECT count(*) FROM masks WHERE image IN ${chosen}`),
    cohorts: catalog.all(
      `SELECT c.name, count(*) AS images FROM cohort_members m JOIN cohorts c ON c.id = m.cohort
       WHERE m.image IN ${chosen} GROUP BY c.id ORDER BY c.name`,
      { ids },
    ),
    runs: catalog.column<string>(
      `SELECT title FROM runs r WHERE state IN ('queued', 'running', 'paused', 'interrupted')
         AND EXISTS (SELECT 1 FROM run_items t WHERE t.run = r.id AND t.image IN ${chosen})`,
      { ids },
    ),
  };
}

/** Files with images of `@ids` and no others. */
const wholeFiles = `SELECT file FROM images WHERE id IN ${chosen}
  EXCEPT SELECT file FROM images WHERE id NOT IN ${chosen}`;

/** The steps of verdicts on images, the annotations on them, and the files that runs have made of them. */
export function tracesOf(
  catalog: Catalog,
  images: ArrayLike<number>,
): { readonly steps: readonly number[]; readonly annotations: readonly number[]; readonly files: readonly string[] } {
  const ids = json(images);
  const all = <T extends number | string>(sql: string) => catalog.column<T>(sql, { ids });
  return {
    steps: all<number>(`SELECT DISTINCT action FROM verdicts WHERE image IN ${chosen} ORDER BY action`),
    annotations: all<number>(`SELECT id FROM annotations WHERE image IN ${chosen} ORDER BY id`),
    files: all<string>(`SELECT DISTINCT path FROM run_files WHERE image IN ${chosen}
      EXCEPT SELECT path FROM run_files WHERE image NOT IN ${chosen}`),
  };
}

/** Of some steps, those that have no verdict left. */
export function emptySteps(catalog: Catalog, steps: readonly number[]): readonly number[] {
  return catalog.column<number>(
    `SELECT value FROM json_each(@steps) WHERE NOT EXISTS (SELECT 1 FROM verdicts WHERE action = value) ORDER BY value`,
    { steps: JSON.stringify(steps) },
  );
}

/**
 * Deletes images with everything that refers to them, in any table of the catalog, and files and scans without images. `removal` is
 * the number of the entry of the audit log that says so. Within a transaction.
 */
export function deleteImages(catalog: Catalog, images: ArrayLike<number>, removal: number): void {
  const ids = json(images);
  // Tables refer to each other in ways that any order breaks for a moment.
  catalog.run('PRAGMA defer_foreign_keys = ON');
  const runs = catalog.column<number>(
    `SELECT DISTINCT s.run FROM scan_scores s JOIN images i ON i.scan = s.scan WHERE i.id IN ${chosen}`,
    { ids },
  );
  catalog.run(
    `INSERT OR IGNORE INTO removed_images (image, removal, file, frame)
     SELECT id, @removal, iif(file IN (${wholeFiles}), NULL, file), frame FROM images WHERE id IN ${chosen}`,
    { ids, removal },
  );
  catalog.run(
    `INSERT OR REPLACE INTO removed_files (file, inside, size, sha256)
     SELECT file, inside, size, sha256 FROM files WHERE state <> 'changed' AND id IN (${wholeFiles})`,
    { ids },
  );
  catalog.run(
    'DELETE FROM current_verdicts WHERE image IN (SELECT image FROM removed_images WHERE removal = @removal)',
    {
      removal,
    },
  );
  for (const { table, column } of referring(catalog, 'images')) {
    catalog.run(
      `DELETE FROM "${table}" WHERE "${column}" IN (SELECT image FROM removed_images WHERE removal = @removal)`,
      {
        removal,
      },
    );
  }
  const files = catalog.column<number>(wholeFiles, { ids });
  const scans = catalog.column<number>(`SELECT DISTINCT scan FROM images WHERE scan IS NOT NULL AND id IN ${chosen}`, {
    ids,
  });
  catalog.run('DELETE FROM images WHERE id IN (SELECT image FROM removed_images WHERE removal = @removal)', {
    removal,
  });
  catalog.run('DELETE FROM files WHERE id IN (SELECT value FROM json_each(@files))', { files: JSON.stringify(files) });
  deleteEmptyScans(catalog, scans);
  deleteUnusedTerms(catalog);
  // A scan's score is that of the slices it has.
  for (const run of runs) refreshScanScores(catalog, run);
}

function deleteEmptyScans(catalog: Catalog, scans: readonly number[]): void {
  const empty = catalog.column<number>(
    'SELECT value FROM json_each(@scans) WHERE NOT EXISTS (SELECT 1 FROM images WHERE scan = value)',
    { scans: JSON.stringify(scans) },
  );
  const values = { scans: JSON.stringify(empty) };
  for (const { table, column } of referring(catalog, 'scans')) {
    catalog.run(`DELETE FROM "${table}" WHERE "${column}" IN (SELECT value FROM json_each(@scans))`, values);
  }
  catalog.run('DELETE FROM scans WHERE id IN (SELECT value FROM json_each(@scans))', values);
}

/** The tables of the catalog with a column that refers to another table. Names come from the schema, which is ours. */
function referring(
  catalog: Catalog,
  target: 'images' | 'scans',
): readonly { readonly table: string; readonly column: string }[] {
  return catalog.all(
    `SELECT t.name AS "table", k."from" AS "column" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k
     WHERE t.type = 'table' AND k."table" = @target AND t.name <> 'images'`,
    { target },
  );
}

/** Of the places of an import, those whose images somebody has removed. Other content at the same place is another file. */
export function removedPlaces<P extends FilePlace>(catalog: Catalog, places: readonly P[]): ReadonlySet<P> {
  const sql = 'SELECT 1 FROM removed_files WHERE file = @file AND inside = @inside AND size = @size';
  return new Set(
    places.filter(
      ({ file, inside, size }) => catalog.get(sql, { file, inside: JSON.stringify(inside), size }) !== undefined,
    ),
  );
}

/** Takes places that were read again off the list of what was removed; `frames`: the removed frames of files that stayed, too. */
export function forgetRemoved(
  catalog: Catalog,
  places: readonly FilePlace[],
  { frames }: { readonly frames: boolean },
): void {
  for (const { file, inside } of places) {
    const place = { file, inside: JSON.stringify(inside) };
    catalog.run('DELETE FROM removed_files WHERE file = @file AND inside = @inside', place);
    if (frames) catalog.run(`UPDATE removed_images SET file = NULL WHERE file IN (${fileAt})`, place);
  }
}

const fileAt = `SELECT id FROM files WHERE file = @file AND inside = @inside AND state <> 'changed'`;

/** Whether some frames of the file at a place were removed, and others stayed. */
export function hasRemovedFrames(catalog: Catalog, { file, inside }: FilePlace): boolean {
  const sql = `SELECT 1 FROM removed_images WHERE file IN (${fileAt}) LIMIT 1`;
  return catalog.get(sql, { file, inside: JSON.stringify(inside) }) !== undefined;
}

/** A file all of whose images somebody has removed, where it was then. */
export interface RemovedFile {
  readonly removed: true;
  readonly file: string;
  readonly inside: readonly string[];
  readonly sha256: string;
}

/** The removed files of a size in bytes. Those that a version before 13 has removed are known by their place alone. */
export function removedOfSize(catalog: Catalog, size: number): readonly RemovedFile[] {
  const sql =
    'SELECT file, inside, sha256 FROM removed_files WHERE size = @size AND sha256 IS NOT NULL ORDER BY file, inside';
  return catalog
    .all<{ file: string; inside: string; sha256: string }>(sql, { size })
    .map((row) => ({ ...row, removed: true, inside: JSON.parse(row.inside) as string[] }));
}

/** Notes that a removed file is at another place now. */
export function moveRemoved(catalog: Catalog, from: RemovedFile, to: FilePlace): void {
  catalog.run(
    `UPDATE OR REPLACE removed_files SET file = @file, inside = @inside WHERE file = @fromFile AND inside = @fromInside`,
    {
      ...{ file: to.file, inside: JSON.stringify(to.inside) },
      ...{ fromFile: from.file, fromInside: JSON.stringify(from.inside) },
    },
  );
}

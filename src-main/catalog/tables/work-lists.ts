// Tables `work_lists` and `work_list_images`: images given to a reader, and how far that reader is.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';

/** A work list; its definition is the reader's of the row to check. */
export interface WorkList {
  readonly id: number;
  readonly name: string;
  readonly reader: string;
  /** The reader sees no verdict, mark or count of others while reading it. */
  readonly blind: boolean;
  /** The list of which this one repeats a share. */
  readonly secondOf: number | null;
  readonly definition: unknown;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly images: number;
  /** Images about which its reader has a verdict; of a blind list: a blind one. */
  readonly read: number;
}

export interface NewWorkList extends Pick<WorkList, 'name' | 'reader' | 'blind' | 'secondOf' | 'createdBy'> {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly images: ArrayLike<number>;
  readonly at: string;
}

/** Adds a list and gives its id. Throws `usage` for a name that another list has. */
export function addWorkList(catalog: Catalog, list: NewWorkList): number {
  const { name, reader, secondOf, createdBy, at } = list;
  return catalog.transaction(() => {
    const taken = catalog.column('SELECT id FROM work_lists WHERE name = @name AND removed_at IS NULL', { name });
    if (taken.length > 0) throw new Problem('usage', { message: `there is a work list ${name} already` });
    const { id } = catalog.run(
      `INSERT INTO work_lists (name, reader, blind, second_of, definition, created_by, created_at)
       VALUES (@name, @reader, @blind, @secondOf, @definition, @createdBy, @at)`,
      { name, reader, blind: Number(list.blind), secondOf, definition: JSON.stringify(list.definition), createdBy, at },
    );
    catalog.run('INSERT INTO work_list_images (list, image) SELECT DISTINCT @id, value FROM json_each(@images)', {
      id,
      images: JSON.stringify(Array.from(list.images)),
    });
    return id;
  });
}

const columns = `l.id, l.name, l.reader, l.blind, l.second_of AS secondOf, l.definition, l.created_by AS createdBy,
  l.created_at AS createdAt, (SELECT count(*) FROM work_list_images w WHERE w.list = l.id) AS images,
  (SELECT count(*) FROM work_list_images w JOIN reader_verdicts r ON r.image = w.image AND r.reader = l.reader
   WHERE w.list = l.id AND r.blind >= l.blind) AS read`;
type Row = Omit<WorkList, 'blind' | 'definition'> & { readonly blind: number; readonly definition: string };
const toList = (row: Row): WorkList => ({
  ...row,
  blind: row.blind === 1,
  definition: JSON.parse(row.definition) as unknown,
});

/** All lists, the newest first. */
export function workLists(catalog: Catalog): readonly WorkList[] {
  const sql = `SELECT ${columns} FROM work_lists l WHERE removed_at IS NULL ORDER BY l.id DESC`;
  return catalog.all<Row>(sql).map(toList);
}

/** One list. Throws `missing`. */
export function workList(catalog: Catalog, id: number): WorkList {
  const row = catalog.get<Row>(`SELECT ${columns} FROM work_lists l WHERE l.id = @id AND removed_at IS NULL`, { id });
  if (row === undefined) throw new Problem('missing', { what: 'work list', name: String(id) });
  return toList(row);
}

/** The images of a list in the order of import; with `unread`, those alone about which its reader has no verdict. */
export function imagesOfList(catalog: Catalog, id: number, unread = false): readonly number[] {
  return catalog.column<number>(
    `SELECT w.image FROM work_list_images w JOIN work_lists l ON l.id = w.list
     WHERE w.list = @id AND (@unread = 0 OR NOT EXISTS (SELECT 1 FROM reader_verdicts r
       WHERE r.image = w.image AND r.reader = l.reader AND r.blind >= l.blind))
     ORDER BY w.image`,
    { id, unread: Number(unread) },
  );
}

/** How many of `images` are in a list. */
export function countInList(catalog: Catalog, id: number, images: ArrayLike<number>): number {
  const sql = `SELECT count(*) FROM work_list_images WHERE list = @id AND image IN (SELECT value FROM json_each(@images))`;
  return catalog.column<number>(sql, { id, images: JSON.stringify(Array.from(images)) })[0]!;
}

/** Removes a list from sight; what was decided in it stays. Throws `missing`. */
export function removeWorkList(catalog: Catalog, id: number, at: string): void {
  const sql = 'UPDATE work_lists SET removed_at = @at WHERE id = @id AND removed_at IS NULL';
  if (catalog.run(sql, { id, at }).changes === 0) throw new Problem('missing', { what: 'work list', name: String(id) });
}

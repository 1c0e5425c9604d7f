// Tables `tags` and `annotations`: what reviewers note about images beside the verdict.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';

/** Gives and takes tags of images; how many rows that changed. */
export function setTags(
  catalog: Catalog,
  images: ArrayLike<number>,
  add: readonly string[],
  remove: readonly string[],
): number {
  const ids = JSON.stringify(Array.from(images));
  return catalog.transaction(() => {
    const added = add.map((tag) =>
      catalog.run(
        'INSERT INTO tags (image, tag) SELECT value, @tag FROM json_each(@ids) WHERE true ON CONFLICT DO NOTHING',
        { ids, tag },
      ),
    );
    const removed = remove.map((tag) =>
      catalog.run('DELETE FROM tags WHERE tag = @tag AND image IN (SELECT value FROM json_each(@ids))', { ids, tag }),
    );
    return [...added, ...removed].reduce((sum, { changes }) => sum + changes, 0);
  });
}

/** Every tag in use, in alphabetical order. */
export function listTags(catalog: Catalog): readonly string[] {
  return catalog.column<string>('SELECT DISTINCT tag FROM tags ORDER BY tag');
}

/** In pixels of the stored image: x to the right, y down, from the top left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A true anomaly. */
export interface Annotation extends Rectangle {
  readonly id: number;
  readonly image: number;
  readonly label: string;
  readonly reviewer: string;
  readonly at: string;
}

/** Adds an annotation and gives its id. */
export function addAnnotation(
  catalog: Catalog,
  { image, x, y, width, height, label, reviewer, at }: Omit<Annotation, 'id'>,
): number {
  return catalog.run(
    `INSERT INTO annotations (image, x, y, width, height, label, reviewer, at)
     VALUES (@image, @x, @y, @width, @height, @label, @reviewer, @at)`,
    { image, x, y, width, height, label, reviewer, at },
  ).id;
}

/** Throws `missing`. */
export function annotationOf(catalog: Catalog, id: number): Annotation {
  const row = catalog.get<Annotation>(
    'SELECT id, image, x, y, width, height, label, reviewer, at FROM annotations WHERE id = @id',
    { id },
  );
  if (row === undefined) throw new Problem('missing', { what: 'annotation', name: String(id) });
  return row;
}

/** All annotations by their ids. */
export function annotationsById(catalog: Catalog): ReadonlyMap<number, Annotation> {
  const rows = catalog.all<Annotation>('SELECT id, image, x, y, width, height, label, reviewer, at FROM annotations');
  return new Map(rows.map((row) => [row.id, row]));
}

/** Throws `missing`. */
export function removeAnnotation(catalog: Catalog, id: number): void {
  const { changes } = catalog.run('DELETE FROM annotations WHERE id = @id', { id });
  if (changes === 0) throw new Problem('missing', { what: 'annotation', name: String(id) });
}

/** The annotations of `images`, in the order they were made. */
export function annotationsOf(catalog: Catalog, images: ArrayLike<number>): readonly Annotation[] {
  return catalog.all(
    `SELECT id, image, x, y, width, height, label, reviewer, at FROM annotations
     WHERE image IN (SELECT value FROM json_each(@images)) ORDER BY id`,
    { images: JSON.stringify(Array.from(images)) },
  );
}

/** The annotations of every image that comes from the same file as an image. */
export function annotationsOfFile(catalog: Catalog, image: number): readonly Annotation[] {
  return catalog.all(
    `SELECT id, image, x, y, width, height, label, reviewer, at FROM annotations
     WHERE image IN (SELECT i.id FROM images own JOIN images i ON i.file = own.file WHERE own.id = @image) ORDER BY id`,
    { image },
  );
}

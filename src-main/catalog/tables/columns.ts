// Columns of metadata: DICOM attributes kept at import or read later, and columns of people's own tables, by image.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';

/** A column; `tag` of a DICOM attribute, 8 lower-case hexadecimal digits, null where it is from a table. */
export interface MetadataColumn {
  readonly id: number;
  readonly name: string;
  readonly tag: string | null;
  /** Every value is a number. */
  readonly isNumber: boolean;
}

/** Every column, by name. */
export function listColumns(catalog: Catalog): readonly MetadataColumn[] {
  return catalog
    .all<Omit<MetadataColumn, 'isNumber'> & { readonly isNumber: number }>(
      `SELECT c.id, c.name, c.tag, NOT EXISTS (SELECT 1 FROM metadata_terms t WHERE t.column_id = c.id AND t.number IS NULL) AS isNumber
       FROM metadata_columns c ORDER BY c.name`,
    )
    .map((column) => ({ ...column, isNumber: column.isNumber === 1 }));
}

/** A column to be written: a DICOM attribute is the same column whatever it was called before. */
export interface NewColumn {
  readonly name: string;
  readonly tag: string | null;
}

/**
 * Writes values of a column, made when there is none; an image's earlier value is replaced. Call within a transaction. Throws `usage` where
 * a column of a table would have the name of a DICOM attribute.
 */
export function writeColumn(
  catalog: Catalog,
  column: NewColumn,
  values: Iterable<readonly [image: number, text: string]>,
  at: string,
): number {
  const id = columnOf(catalog, column, at);
  for (const [image, text] of values) {
    const term = termOf(catalog, id, text);
    catalog.run(
      `INSERT INTO metadata_values (image, column_id, term) VALUES (@image, @id, @term)
       ON CONFLICT DO UPDATE SET term = excluded.term`,
      { image, id, term },
    );
  }
  return id;
}

/** Removes values that no image has any more, of one column or of all: a column is one of numbers when those are that it has. */
export function deleteUnusedTerms(catalog: Catalog, column: number | null = null): void {
  catalog.run(
    `DELETE FROM metadata_terms WHERE (@column IS NULL OR column_id = @column)
       AND NOT EXISTS (SELECT 1 FROM metadata_values v WHERE v.term = metadata_terms.id)`,
    { column },
  );
}

/** Removes a column; how many images had a value. */
export function removeColumn(catalog: Catalog, id: number): number {
  return catalog.transaction(() => {
    const { changes } = catalog.run('DELETE FROM metadata_values WHERE column_id = @id', { id });
    catalog.run('DELETE FROM metadata_columns WHERE id = @id', { id });
    return changes;
  });
}

function columnOf(catalog: Catalog, { name, tag }: NewColumn, at: string): number {
  const known = catalog.get<{ id: number }>(
    'SELECT id FROM metadata_columns WHERE CASE WHEN @tag IS NULL THEN tag IS NULL AND name = @name ELSE tag = @tag END',
    { name, tag },
  );
  if (known !== undefined) return known.id;
  const isTaken = catalog.get('SELECT 1 FROM metadata_columns WHERE name = @name', { name }) !== undefined;
  // An import is not refused for a name that somebody has given to a column of a table.
  const own = isTaken && tag !== null ? `${name} (${tag})` : name;
  if (isTaken && tag === null)
    throw new Problem('usage', { message: `another column is called ${name}: choose another name` });
  return catalog.run('INSERT INTO metadata_columns (name, tag, created_at) VALUES (@own, @tag, @at)', {
    ...{ own, tag, at },
  }).id;
}

/** A decimal number as DICOM and spreadsheets write it. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function termOf(catalog: Catalog, column: number, text: string): number {
  const known = catalog.get<{ id: number }>(
    'SELECT id FROM metadata_terms WHERE column_id = @column AND text = @text',
    { column, text },
  );
  if (known !== undefined) return known.id;
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  // More than a number can be, such as 1e999, is a text.
  const number = Number.isFinite(value) ? value : null;
  return catalog.run('INSERT INTO metadata_terms (column_id, text, number) VALUES (@column, @text, @number)', {
    ...{ column, text, number },
  }).id;
}

/** The values of some columns for some images: by image, in the order of `columns`, null where an image has none. */
export function columnValues(
  catalog: Catalog,
  images: ArrayLike<number>,
  columns: readonly number[],
): ReadonlyMap<number, readonly (string | null)[]> {
  const rows = catalog.all<{ readonly image: number; readonly column: number; readonly text: string }>(
    `SELECT v.image, v.column_id AS column, t.text FROM (SELECT DISTINCT value FROM json_each(@columns)) c CROSS JOIN json_each(@images) j
     JOIN metadata_values v ON v.image = j.value AND v.column_id = c.value JOIN metadata_terms t ON t.id = v.term`,
    { images: JSON.stringify(Array.from(images)), columns: JSON.stringify(columns) },
  );
  const found = new Map<number, (string | null)[]>();
  for (const { image, column, text } of rows) {
    const values = found.get(image) ?? columns.map(() => null);
    for (const [index, asked] of columns.entries()) if (asked === column) values[index] = text;
    found.set(image, values);
  }
  return found;
}

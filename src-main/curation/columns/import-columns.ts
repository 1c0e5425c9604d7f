// Columns of a table that people keep, such as the scanner or the site of each image: taken into the catalog as metadata.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { deleteUnusedTerms, writeColumn } from '../../catalog/tables/columns.ts';
import { Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { invisible } from '../../platform/words.ts';
import { matchRows, namingColumn } from '../outside/match-rows.ts';
import { type ParquetReader, readOutsideTable } from '../outside/read-table.ts';

/** What is imported, and by whom. */
export interface ColumnImport {
  readonly file: string;
  /** Null: every column but the one that names images. */
  readonly columns: readonly string[] | null;
  /** The column that names images; null: found by its name. */
  readonly by: string | null;
  readonly reviewer: string;
  readonly at: string;
}

export interface ImportedColumns {
  readonly columns: readonly string[];
  readonly images: number;
  /** Rows of the table (the first below the header is 2) that no image fits. */
  readonly unmatched: readonly number[];
}

/** A longer text describes one image, and is nothing to sort or filter by. */
const longestText = 256;
/** A name is a heading of a table and an entry of menus. */
const longestName = 200;

/**
 * Imports columns of a CSV, Parquet or COCO file; all or nothing. Empty cells are images without a value. Throws `content` for ambiguous
 * rows and overlong texts, `missing` for a column that is not there or a table without a row that fits any image, `usage` where a DICOM
 * attribute has the name.
 */
export async function importColumns(
  catalog: Catalog,
  request: ColumnImport,
  readParquet: ParquetReader,
): Promise<ImportedColumns> {
  const { file, by, reviewer, at } = request;
  const table = await readOutsideTable(file, readParquet);
  const naming = by ?? namingColumn(table);
  const columns = request.columns ?? table.columns.filter((name) => name !== naming && name.trim() !== '');
  const absent = columns.find((name) => !table.columns.includes(name));
  if (absent !== undefined) throw new Problem('missing', { what: `column of ${file}`, name: absent });
  const odd = columns.find((name) => name.length > longestName || invisible.test(name));
  if (odd !== undefined)
    throw new Problem('content', {
      file,
      reason: `the name of column ${table.columns.indexOf(odd) + 1} has more than ${longestName} characters, or some that cannot be seen: rename it, or choose others`,
    });
  const { images, unmatched } = matchRows(catalog, table, by);
  if (images.size === 0) throw new Problem('missing', { what: `images of the ${table.rows} rows`, name: file });
  const { sha256 } = await hashOfFile(file);
  catalog.transaction(() => {
    for (const name of columns) {
      const texts = table.texts(name);
      const values = [...images].flatMap(([index, image]) => {
        const text = texts[index]!.trim();
        if (text.length > longestText)
          throw new Problem('content', {
            file,
            reason: `row ${index + 2} of ${name} has more than ${longestText} characters`,
          });
        return text === '' ? [] : [[image, text] as const];
      });
      deleteUnusedTerms(catalog, writeColumn(catalog, { name, tag: null }, values, at));
    }
    appendAudit(catalog, { at, actor: reviewer, event: 'columns', details: { columns, sha256, images: images.size } });
  });
  return { columns, images: images.size, unmatched };
}

// Which image each row of a table from another program is about.
import type { Catalog } from '../../catalog/catalog.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import { imageFinder } from '../../catalog/tables/named-images.ts';
import { Problem } from '../../platform/errors.ts';
import type { OutsideTable } from './read-table.ts';

/** Columns that name images, the surest first. */
const naming = [
  'sha256',
  'path',
  'filepath',
  'file_path',
  'file',
  'filename',
  'file_name',
  'image',
  'image_id',
  'name',
  'id',
];

/** The column that names images; undefined where the table has none of the usual names. */
export function namingColumn({ columns }: OutsideTable): string | undefined {
  return naming.flatMap((name) => columns.find((each) => each.toLowerCase() === name) ?? [])[0];
}

export interface MatchedRows {
  /** Index of a row -> number of its image. */
  readonly images: ReadonlyMap<number, number>;
  /** Rows, counted as a spreadsheet does, that no image of the catalog fits. */
  readonly unmatched: readonly number[];
}

/**
 * The images of the rows, by the column `by` or the first one that names images. Whole numbers in a column `image` are our numbers. Throws
 * `content`, with rows and numbers of images, where a row fits several images or an image has two rows; `missing` without such a column.
 */
export function matchRows(catalog: Catalog, table: OutsideTable, by: string | null): MatchedRows {
  const { file, columns } = table;
  const column = by ?? namingColumn(table);
  if (column === undefined || !columns.includes(column)) {
    throw new Problem('missing', { what: `column that names images in ${file}`, name: by ?? naming.join(', ') });
  }
  const texts = table.texts(column);
  const frameColumn = columns.find((each) => each.toLowerCase() === 'frame');
  const frames = frameColumn === undefined ? undefined : table.numbers(frameColumn);
  const areNumbers = /^(image|image_id|id)$/i.test(column) && texts.every((text) => /^\d{0,15}$/.test(text.trim()));
  const known = new Set(areNumbers ? imageRecords(catalog, texts.map(Number)).map(({ id }) => id) : []);
  const find = areNumbers ? (text: string) => (known.has(Number(text)) ? [Number(text)] : []) : imageFinder(catalog);
  const images = new Map<number, number>();
  const rowOf = new Map<number, number>();
  const unmatched: number[] = [];
  for (const [index, text] of texts.entries()) {
    const found = find(text, frames?.[index] ?? null);
    const refuse = (reason: string): never => {
      throw new Problem('content', { file, reason: `row ${index + 2} ${reason}` });
    };
    if (found.length > 1) {
      refuse(`fits images ${found.slice(0, 5).join(', ')}: name it by a longer path, its SHA-256, or a column frame`);
    }
    const [image] = found;
    if (image === undefined) {
      unmatched.push(index + 2);
      continue;
    }
    const other = rowOf.get(image);
    if (other !== undefined) refuse(`is about image ${image}, as row ${other} is`);
    rowOf.set(image, index + 2);
    images.set(index, image);
  }
  return { images, unmatched };
}

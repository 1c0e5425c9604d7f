// A table that another program wrote: CSV with any separator and decimal mark, Parquet, or COCO (images, or detections with scores).
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';
import { readAnyCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import type { ParquetTable } from '../../platform/parquet.ts';
import { spreadsheetNumbers } from '../../platform/spreadsheet-numbers.ts';

/** A table as a program wrote it. Rows are counted as a spreadsheet does: the first below the header is row 2. */
export interface OutsideTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** The cells of a column as text, empty where there is none. */
  readonly texts: (column: string) => readonly string[];
  /** The cells of a column as numbers. Throws `content` with the row. */
  readonly numbers: (column: string) => readonly (number | null)[];
}

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell>>;

/** Reads a Parquet file where it can do no harm. */
export type ParquetReader = (file: string) => Promise<ParquetTable>;

/** Reads the file, by its ending: `.parquet`, `.json` (COCO), else CSV. Throws `content`, `limit` or `file`. */
export async function readOutsideTable(file: string, readParquet: ParquetReader): Promise<OutsideTable> {
  const place = await stat(file);
  if (place.isDirectory()) throw new Problem('file', { file, reason: 'is a folder' });
  if (place.isCharacterDevice() || place.isBlockDevice())
    throw new Problem('file', { file, reason: 'is a device, which may never end' });
  const ending = extname(file).toLowerCase();
  if (ending === '.parquet') {
    const { columns, rows } = await readParquet(file);
    return tableOf(file, columns, rows);
  }
  if (ending === '.json') return cocoTable(file);
  const { header, records } = await readAnyCsv(file);
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem('content', { file, reason: `column ${twice} appears twice` });
  const texts = (column: string) => {
    const place = header.indexOf(column);
    return records.map((cells) => cells[place]!);
  };
  return {
    file,
    columns: header,
    rows: records.length,
    texts,
    numbers: (column) => spreadsheetNumbers(texts(column), column, file),
  };
}

function tableOf(file: string, columns: readonly string[], rows: readonly Row[]): OutsideTable {
  const cells = (column: string) => rows.map((row) => row[column] ?? null);
  return {
    ...{ file, columns, rows: rows.length },
    texts: (column) => cells(column).map((cell) => (cell === null ? '' : String(cell))),
    numbers: (column) => {
      const own = cells(column);
      // Together, as in CSV: one decimal mark holds for a whole column.
      const written = own.map((cell) => (typeof cell === 'string' ? cell : ''));
      const parsed = spreadsheetNumbers(written, column, file);
      return own.map((cell, index) => (typeof cell === 'string' ? parsed[index]! : cell));
    },
  };
}

const largestCoco = 512 * 1024 * 1024;
const scalar = z.union([z.string(), z.number(), z.null()]);
const detection = z.object({ image_id: z.union([z.number(), z.string()]), score: z.number().optional() });
const cocoFile = z.object({
  images: z.array(z.object({ id: z.union([z.number(), z.string()]), file_name: z.string() }).catchall(z.unknown())),
  annotations: z.array(detection).default([]),
});

/**
 * One row for each image of a COCO file, with what it says of the image (`file_name`, and any number or text), and as `score` the highest of its
 * annotations where these have one. A list of detections (COCO's results) has one row for each `image`, which is then its number here.
 */
async function cocoTable(file: string): Promise<OutsideTable> {
  const { size } = await stat(file);
  if (size > largestCoco) throw new Problem('limit', { what: `size of ${file}`, value: size, limit: largestCoco });
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Problem('content', { file, reason: 'is not JSON' }, { cause: error });
  }
  const results = z.array(detection).safeParse(content);
  if (results.success) {
    const highest = highestScores(results.data);
    return tableOf(
      file,
      ['image', 'score'],
      [...highest].map(([image, score]) => ({ image, score })),
    );
  }
  const parsed = cocoFile.safeParse(content);
  if (!parsed.success)
    throw new Problem('content', { file, reason: 'is neither a COCO data set nor a list of detections' });
  const { images, annotations } = parsed.data;
  const highest = highestScores(annotations);
  const rows = images.map(({ id, ...image }): Row => {
    const facts = Object.entries(image).flatMap(([name, value]) => {
      const plain = scalar.safeParse(value);
      return plain.success ? [[name, plain.data] as const] : [];
    });
    const score = highest.get(id);
    return { ...Object.fromEntries(facts), ...(score === undefined ? {} : { score }) };
  });
  return tableOf(file, [...new Set(rows.flatMap((row) => Object.keys(row)))], rows);
}

function highestScores(detections: readonly z.output<typeof detection>[]): ReadonlyMap<number | string, number> {
  const highest = new Map<number | string, number>();
  for (const { image_id, score } of detections) {
    if (score !== undefined) highest.set(image_id, Math.max(score, highest.get(image_id) ?? Number.NEGATIVE_INFINITY));
  }
  return highest;
}

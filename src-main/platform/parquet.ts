// Parquet files in and out: typed columns, rows one after the other; the only owner of the Parquet packages.
import { open, stat } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { fileWriter, parquetWriteRows, type SchemaElement } from 'hyparquet-writer';
import { isProblem, Problem } from './errors.ts';

/** What a column of a table holds. `time`: UTC text, ISO 8601. `numbers`: a list of float32. Every cell may be null. */
export type ColumnKind = 'integer' | 'number' | 'text' | 'time' | 'numbers';
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}
export type TableCell = string | number | Float32Array | null;
export type TableRow = Readonly<Record<string, TableCell>>;

const rowsOfGroup = 50_000;
/** Of a file from outside, which is held in memory as a whole. */
const largestFile = 512 * 1024 * 1024;
const mostRows = 1_000_000;

/** The elements of Parquet's schema for a column (parquet.thrift); a list has three levels. */
const elements: { readonly [K in ColumnKind]: (name: string) => readonly SchemaElement[] } = {
  integer: (name: string) => [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }],
  number: (name: string) => [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }],
  text: (name: string) => [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }],
  time: (name: string) => [{ name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' }],
  numbers: (name: string) => [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ],
};

const stored = (cell: TableCell | undefined, kind: ColumnKind): unknown => {
  if (cell === null || cell === undefined) return undefined;
  if (kind === 'time') return new Date(String(cell));
  return kind === 'numbers' ? Array.from(cell as Float32Array) : cell;
};

/**
 * Writes a Parquet file (Snappy, groups of 50,000 rows, which is all that is held in memory) and waits until it is on the
 * disk. Columns that a row lacks are null.
 */
export async function writeParquet(
  path: string,
  columns: readonly TableColumn[],
  rows: Iterable<TableRow>,
): Promise<void> {
  function* cells(): Generator<Record<string, unknown>> {
    for (const row of rows) {
      yield Object.fromEntries(columns.map(({ name, kind }) => [name, stored(row[name], kind)]));
    }
  }
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: cells(),
    columns: columns.map(({ name }) => ({ name })),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.flatMap(({ name, kind }) => elements[kind](name)),
    ],
    rowGroupSize: rowsOfGroup,
    createdBy: 'Residua',
  });
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What other programs compress with, beside Snappy; what inflates to more than its page says is refused. */
const compressors: Compressors = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length }),
};

/** What a Parquet file holds in its flat columns. */
export interface ParquetTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

/**
 * The flat columns of a Parquet file and its rows: numbers, texts, null; whatever else a cell holds is null. Throws `limit` for
 * a file that is too large, `content` for one that is not well formed. A broken
 * file can keep hyparquet busy for ever: only the decoder process, which has a time limit, reads files from outside with it.
 */
export async function readParquet(
  path: string,
  alive: (done: number, total: number) => void = () => {},
): Promise<ParquetTable> {
  const { size } = await stat(path);
  if (size > largestFile) throw new Problem('limit', { what: `size of ${path}`, value: size, limit: largestFile });
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const count = Number(metadata.num_rows);
    if (count > mostRows) throw new Problem('limit', { what: `rows of ${path}`, value: count, limit: mostRows });
    const flat = parquetSchema(metadata).children.filter(({ children }) => children.length === 0);
    const columns = flat.map(({ element }) => element.name);
    const rows = Array.from({ length: count }, (): Record<string, string | number | null> => ({}));
    // One column of one group at a time: of two that are broken, hyparquet would leave the second error to nobody.
    for (const [at, name] of columns.entries()) {
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        const read = await parquetReadObjects({ file, metadata, compressors, columns: [name], rowStart, rowEnd });
        for (const [index, row] of read.entries()) rows[rowStart + index]![name] = plain(row[name]);
        rowStart = rowEnd;
        alive(at * count + rowEnd, columns.length * count);
      }
    }
    return { columns, rows };
  } catch (error) {
    if (isProblem(error)) throw error;
    throw new Problem('content', { file: path, reason: 'is not a Parquet file that can be read' }, { cause: error });
  }
}

function plain(value: unknown): string | number | null {
  if (typeof value === 'string') return value;
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

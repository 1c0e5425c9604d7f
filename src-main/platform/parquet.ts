// Parquet files out: typed columns, rows one after the other; the only owner of the Parquet packages.
import { open } from 'node:fs/promises';
import { fileWriter, parquetWriteRows, type SchemaElement } from 'hyparquet-writer';

/** What a column of a table holds. `time`: UTC text, ISO 8601. `numbers`: a list of float32. Every cell may be null. */
export type ColumnKind = 'integer' | 'number' | 'text' | 'time' | 'numbers';
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}
export type TableCell = string | number | Float32Array | null;
export type TableRow = Readonly<Record<string, TableCell>>;

const rowsOfGroup = 50_000;

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

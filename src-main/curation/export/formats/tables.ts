// Export formats `parquet` and `csv`: what the catalog knows about the images as tables, without their pixels.
import { open } from 'node:fs/promises';
import { type ImageView, rowsOfView } from '../../../catalog/tables/stable-views.ts';
import { formatCsv } from '../../../platform/csv.ts';
import { checkpoint } from '../../../platform/job.ts';
import {
  type ColumnKind,
  type TableCell,
  type TableColumn,
  type TableRow,
  writeParquet,
} from '../../../platform/parquet.ts';
import type { Pseudonyms } from '../../deidentification/pseudonyms.ts';
import { isCodeString } from '../../deidentification/safe-values.ts';
import type { FormatContext, FormatWriter } from './format.ts';

/** What becomes of a column when identities are removed; absent: it stays. */
type Removal = (cell: TableCell, pseudonyms: Pseudonyms) => TableCell;
interface Column {
  readonly kind: ColumnKind;
  readonly removal?: Removal;
}
interface Table {
  readonly view: ImageView;
  readonly columns: Readonly<Record<string, Column>>;
}

const integer: Column = { kind: 'integer' };
const number: Column = { kind: 'number' };
const text: Column = { kind: 'text' };
const time: Column = { kind: 'time' };
/** Comes from names of files and folders. */
const place: Column = { kind: 'text', removal: () => null };
const code: Column = { kind: 'text', removal: (cell) => (isCodeString(String(cell)) ? cell : null) };
const uid: Column = { kind: 'text', removal: (cell, { uid: replaced }) => replaced(String(cell)) };

/** File name -> its view and columns, named as docs/sql.md names them. */
const tables: Readonly<Record<string, Table>> = {
  images: {
    view: 'v_images',
    columns: {
      ...{ image: integer, name: place, kind: place, verdict: text, modality: code, body_part: code, view: code },
      ...{ width: integer, height: integer, bits: integer, frame: integer, frames: integer, format: text, state: text },
      ...{ path: place, sha256: text, pixel_fingerprint: text, perceptual_hash: text },
      patient: { kind: 'text', removal: (cell, { patient }) => patient(String(cell)) },
      ...{ study: uid, series: uid, instance: uid, scan: integer, position: number },
    },
  },
  scores: {
    view: 'v_scores',
    columns: { image: integer, run: integer, run_kind: text, score: text, value: number, reason: text },
  },
  verdicts: {
    view: 'v_verdicts',
    columns: { image: integer, verdict: text, reason: text, reviewer: text, at: time },
  },
  reasons: { view: 'v_reasons', columns: { image: integer, run: integer, reason: text, place: text } },
  annotations: {
    view: 'v_annotations',
    columns: {
      ...{ annotation: integer, image: integer, x: number, y: number, width: number, height: number },
      ...{ label: text, reviewer: text, at: time },
    },
  },
  features: { view: 'v_features', columns: { image: integer, network: text, vector: { kind: 'numbers' } } },
};

/** Tables as Parquet: for pandas, DuckDB, R, Spark. */
export const writeParquetTables: FormatWriter = (records, context) =>
  writeTables(
    records.map(({ id }) => id),
    context,
    'parquet',
    writeParquet,
  );

/** The same as CSV; a feature vector is one cell, its numbers separated by spaces. */
export const writeCsvTables: FormatWriter = (records, context) =>
  writeTables(
    records.map(({ id }) => id),
    context,
    'csv',
    writeCsv,
  );

async function writeTables(
  images: readonly number[],
  { catalog, staging, control, pseudonyms }: FormatContext,
  extension: string,
  write: (path: string, columns: readonly TableColumn[], rows: Iterable<TableRow>) => Promise<void>,
): Promise<ReadonlyMap<number, string>> {
  const names = Object.entries(tables);
  for (const [index, [name, { view, columns }]] of names.entries()) {
    checkpoint(control, 'export');
    const kinds = Object.entries(columns).map(([column, { kind }]) => ({ name: column, kind }));
    await staging.adopt(`tables/${name}.${extension}`, (path) =>
      write(path, kinds, cleanRows(rowsOfView(catalog, view, images), columns, pseudonyms)),
    );
    control.report({ stage: 'exporting', done: index + 1, total: names.length });
  }
  return new Map(images.map((image) => [image, `tables/images.${extension}`]));
}

function* cleanRows(
  rows: Iterable<Readonly<Record<string, string | number | Uint8Array | null>>>,
  columns: Table['columns'],
  pseudonyms: Pseudonyms | undefined,
): Generator<TableRow> {
  for (const row of rows) {
    yield Object.fromEntries(
      Object.entries(columns).map(([name, { removal }]) => {
        const value = row[name] ?? null;
        // Copied: a blob need not lie at a multiple of four bytes.
        const cell = value instanceof Uint8Array ? new Float32Array(value.slice().buffer) : value;
        return [
          name,
          cell === null || removal === undefined || pseudonyms === undefined ? cell : removal(cell, pseudonyms),
        ];
      }),
    );
  }
}

/** Rows of one text; a table of millions of scores is not held as one. */
const rowsAtOnce = 10_000;

async function writeCsv(path: string, columns: readonly TableColumn[], rows: Iterable<TableRow>): Promise<void> {
  const names = columns.map(({ name }) => name);
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(formatCsv(names, []));
    let chunk: Record<string, string | number | null>[] = [];
    const flush = async () => {
      const whole = formatCsv(names, chunk);
      await handle.writeFile(whole.slice(whole.indexOf('\n') + 1));
      chunk = [];
    };
    for (const row of rows) {
      chunk.push(Object.fromEntries(names.map((name) => [name, inCell(row[name] ?? null)])));
      if (chunk.length === rowsAtOnce) await flush();
    }
    if (chunk.length > 0) await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const inCell = (cell: TableCell): string | number | null => (cell instanceof Float32Array ? cell.join(' ') : cell);

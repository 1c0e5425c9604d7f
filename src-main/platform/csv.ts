// Comma-separated tables (and those with semicolons or tabs) in and out: checked headers and numbers, errors that name file, row and column, no cell a spreadsheet would run.
import { readFile, stat } from 'node:fs/promises';
import Papa from 'papaparse';
import { Problem } from './errors.ts';

/** What a column holds. A number is finite; the optional kinds give null for an empty cell (numbers also for `nan`). */
export type CsvKind = 'text' | 'number' | 'optional-text' | 'optional-number';
export type CsvColumns = Readonly<Record<string, CsvKind>>;

interface CsvValues {
  text: string;
  number: number;
  'optional-text': string | null;
  'optional-number': number | null;
}

/** A row as the declared columns give it; columns of the file that were not declared are left out. */
export type CsvRow<C extends CsvColumns> = { readonly [N in keyof C]: CsvValues[C[N]] };

/**
 * `missing`: optional columns (`null`: any; else those named) that may be absent from the file, and are then null in every row
 * instead of an error.
 */
export interface CsvOptions {
  readonly missing?: 'null' | readonly string[];
}

const largestFile = 512 * 1024 * 1024;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/**
 * Text that Excel, LibreOffice or Sheets would evaluate (OWASP "CSV injection"), also behind separators at its beginning:
 * programs of many countries separate cells by semicolons. So where it was neutralised before.
 */
const formula = '(?:[\\t\\r\\n]|[;,|\\s]*[=+\\-@＝＋－＠])';
const formulaPattern = new RegExp(`^'*${formula}`);
const neutralisedPattern = new RegExp(`^'+${formula}`);
/** What some program takes for the end of a cell: in quotes it is none. */
const separator = /[;|\t]/;

const converters: { readonly [K in CsvKind]: (cell: string, fail: (reason: string) => never) => CsvValues[K] } = {
  text: (cell, fail) => (cell === '' ? fail('is empty') : restored(cell)),
  number: (cell, fail) => finite(cell, fail),
  'optional-text': (cell) => (cell === '' ? null : restored(cell)),
  'optional-number': (cell, fail) => (cell === '' || /^nan$/i.test(cell) ? null : finite(cell, fail)),
};

function restored(cell: string): string {
  return neutralisedPattern.test(cell) ? cell.slice(1) : cell;
}

function finite(cell: string, fail: (reason: string) => never): number {
  const text = cell.trim();
  const value = numberPattern.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : fail(text === '' ? 'is empty' : 'is not a number');
}

/** By their byte order marks: spreadsheets save `Unicode text` as UTF-16. */
const encodings = [
  { mark: [0xff, 0xfe], name: 'utf-16le' },
  { mark: [0xfe, 0xff], name: 'utf-16be' },
] as const;

function textOf(bytes: Uint8Array, file: string): string {
  const { name } = encodings.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte)) ?? { name: 'utf-8' };
  const text = new TextDecoder(name).decode(bytes);
  if (text.includes('\0')) throw new Problem('content', { file, reason: 'is not UTF-8 text: save it as CSV in UTF-8' });
  return text;
}

/**
 * Reads the file at `path`, in UTF-8 or in UTF-16 with a byte order mark, and parses it with `parseCsv`. Throws `file`,
 * `limit` or `content`.
 */
export async function readCsv<const C extends CsvColumns>(
  path: string,
  columns: C,
  options: CsvOptions = {},
): Promise<readonly CsvRow<C>[]> {
  const { size } = await stat(path);
  if (size > largestFile) throw new Problem('limit', { what: `size of ${path}`, value: size, limit: largestFile });
  return parseCsv(textOf(await readFile(path), path), path, columns, options);
}

/** What separates the cells: a spreadsheet writes semicolons where the comma is the decimal mark. The header tells. */
function delimiterOf(table: string, names: readonly string[]): string {
  const [header = ''] = table.split(/\r?\n/, 1);
  const found = (delimiter: string) => {
    const cells = header.split(delimiter).map((cell) => cell.replace(/^"(.*)"$/, '$1'));
    return names.filter((name) => cells.includes(name)).length;
  };
  return [',', ';', '\t'].reduce((best, delimiter) => (found(delimiter) > found(best) ? delimiter : best));
}

/** `1,5` is one and a half where the comma separates no cells. */
function withDecimalPoint(cell: string, kind: CsvKind, delimiter: string): string {
  return delimiter !== ',' && kind.endsWith('number') ? cell.replace(/^(\s*[+-]?\d*),(\d+)/, '$1.$2') : cell;
}

/**
 * Parses comma-separated text (RFC 4180, a byte order mark is ignored) whose first line is the header. Every column
 * of `columns` must be there, in any order; none may be named twice. `file` names the source in messages, which
 * never repeat a cell. Throws `content` with the row (the header is row 1) and the column.
 */
export function parseCsv<const C extends CsvColumns>(
  text: string,
  file: string,
  columns: C,
  { missing }: CsvOptions = {},
): readonly CsvRow<C>[] {
  const table = text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(table, Object.keys(columns));
  const parsed = Papa.parse<string[]>(table, { delimiter, skipEmptyLines: true });
  const broken = parsed.errors[0];
  if (broken !== undefined) {
    throw new Problem('content', { file, reason: `row ${(broken.row ?? 0) + 1}: ${broken.message}` });
  }
  const [header = [], ...records] = parsed.data;
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem('content', { file, reason: `column ${twice} appears twice` });
  const mayBeAbsent = (name: string) => missing === 'null' || (missing ?? []).includes(name);
  const places = Object.entries(columns).map(([name, kind]) => ({ name, kind, place: header.indexOf(name) }));
  const absent = places
    .filter(({ name, place, kind }) => place < 0 && !(kind.startsWith('optional') && mayBeAbsent(name)))
    .map(({ name }) => name);
  if (absent.length > 0) throw new Problem('content', { file, reason: `has no column ${absent.join(', ')}` });
  return records.map((cells, index) => {
    const row = index + 2;
    if (cells.length !== header.length) {
      throw new Problem('content', { file, reason: `row ${row} has ${cells.length} cells, not ${header.length}` });
    }
    return Object.fromEntries(
      places.map(({ name, kind, place }) => {
        const fail = (reason: string): never => {
          throw new Problem('content', { file, reason: `row ${row}, column ${name} ${reason}` });
        };
        if (place < 0) return [name, null];
        return [name, converters[kind](withDecimalPoint(cells[place]!, kind, delimiter), fail)];
      }),
    ) as CsvRow<C>;
  });
}

/**
 * Any table of texts: the header and the cells below it, whatever separates them. The separator is the one that gives the header the
 * most columns. Throws as `readCsv`.
 */
export async function readAnyCsv(
  path: string,
): Promise<{ readonly header: readonly string[]; readonly records: readonly (readonly string[])[] }> {
  const { size } = await stat(path);
  if (size > largestFile) throw new Problem('limit', { what: `size of ${path}`, value: size, limit: largestFile });
  const table = textOf(await readFile(path), path).replace(/^\uFEFF/, '');
  const columnsWith = (delimiter: string) =>
    Papa.parse<string[]>(table, { delimiter, preview: 1, skipEmptyLines: true }).data[0]?.length ?? 0;
  const delimiter = [',', ';', '\t'].reduce((best, each) => (columnsWith(each) > columnsWith(best) ? each : best));
  const parsed = Papa.parse<string[]>(table, { delimiter, skipEmptyLines: true });
  // A table of one column has no separator to find.
  const broken = parsed.errors.find(({ code }) => code !== 'UndetectableDelimiter');
  if (broken !== undefined) {
    throw new Problem('content', { file: path, reason: `row ${(broken.row ?? 0) + 1}: ${broken.message}` });
  }
  const [header = [], ...records] = parsed.data;
  const odd = records.findIndex((cells) => cells.length !== header.length);
  if (odd >= 0) {
    const reason = `row ${odd + 2} has ${records[odd]!.length} cells, not ${header.length}`;
    throw new Problem('content', { file: path, reason });
  }
  return { header: header.map((name) => name.trim()), records: records.map((cells) => cells.map(restored)) };
}

/**
 * Comma-separated text of `rows` in the order of `columns`: numbers with every digit they need, null as an empty
 * cell, text cells that a spreadsheet would run preceded by an apostrophe (which `parseCsv` takes off again).
 */
export function formatCsv<N extends string>(
  columns: readonly N[],
  rows: readonly { readonly [K in N]: string | number | null }[],
): string {
  const data = rows.map((row) => columns.map((name) => row[name]));
  const quotes = (value: unknown) => typeof value === 'string' && separator.test(value);
  const text = Papa.unparse({ fields: [...columns], data }, { newline: '\n', escapeFormulae: formulaPattern, quotes });
  // Papa Parse ends the header of a table without rows.
  return rows.length === 0 ? text : `${text}\n`;
}

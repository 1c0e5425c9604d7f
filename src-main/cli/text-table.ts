// Rows of values as an aligned plain text table: numbers to the right, text to the left.
import { oneLine } from '../platform/words.ts';

/** One line per row below a line of headings; columns are two spaces apart. No heading or cell steers a terminal, piped or not. */
export function textTable(names: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const headings = names.map(oneLine);
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : oneLine(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = headings.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)));
  return [headings, ...cells].map((row) => line(row).join('  ').trimEnd()).join('\n');
}

/** The first line of a text for a cell of at most `most` characters; `…` stands for words that have no room. */
export function cellText(text: string, most: number): string {
  const line = text.split('\n')[0]!;
  return line.length <= most ? line : `${line.slice(0, most).replace(/\s+\S*$/, '')} …`;
}

/** Whole numbers as they are, others with four significant digits. */
function figure(value: number): string {
  return Number.isInteger(value) || !Number.isFinite(value) ? `${value}` : `${Number(value.toPrecision(4))}`;
}

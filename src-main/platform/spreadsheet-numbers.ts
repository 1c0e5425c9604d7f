// Numbers as spreadsheets of all countries write them: which mark is the decimal one is decided by the whole column.
import { Problem } from './errors.ts';

type Mark = ',' | '.';
const otherOf = { ',': '.', '.': ',' } as const;
const shape = /^[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?$/;

/** The mark that must be the decimal one for a cell to be a number; `open` where both readings are possible, as of `1,234`. */
function decimalMark(text: string): Mark | { readonly open: Mark } | undefined {
  const marks = text.replaceAll(/[^.,]/g, '');
  const last = marks.at(-1) as Mark | undefined;
  if (last === undefined) return undefined;
  if (marks.includes(otherOf[last])) return last;
  if (marks.length > 1) return otherOf[last];
  const [before = '', after = ''] = text.replace(/^[+-]/, '').split(last);
  return /^[1-9]\d{0,2}$/.test(before) && /^\d{3}$/.test(after) ? { open: last } : last;
}

/**
 * The numbers of a column: `1.5`, `1,5`, `1.234,5` or `1,234.5`; null for an empty cell and `nan`. Throws `content` with the row
 * for what is no number, for a column with two decimal marks, and for one where `1,234` may be either.
 */
export function spreadsheetNumbers(cells: readonly string[], column: string, file: string): readonly (number | null)[] {
  const texts = cells.map((cell) => cell.trim());
  const fail = (index: number, reason: string): never => {
    throw new Problem('content', { file, reason: `row ${index + 2}, column ${column} ${reason}` });
  };
  const isNumber = (text: string) => text !== '' && !/^nan$/i.test(text);
  const found = texts.map((text) => (isNumber(text) ? decimalMark(text) : undefined));
  const sure = [...new Set(found.filter((mark) => typeof mark === 'string'))];
  if (sure.length > 1) {
    fail(found.indexOf(sure[1]!), 'has another decimal mark than the cells above it');
  }
  const openComma = found.findIndex((mark) => typeof mark === 'object' && mark.open === ',');
  if (sure.length === 0 && openComma >= 0) fail(openComma, 'may be thousands or a decimal: write a decimal point');
  const decimal = sure[0] ?? '.';
  return texts.map((text, index) => {
    if (!isNumber(text)) return null;
    const [whole = '', ...rest] = text.split(decimal);
    const group = otherOf[decimal];
    const grouped = !whole.includes(group) || new RegExp(`^[+-]?\\d{1,3}(\\${group}\\d{3})+$`).test(whole);
    const value = Number([whole.replaceAll(group, ''), ...rest].join('.'));
    if (!shape.test(text) || !grouped || !Number.isFinite(value)) return fail(index, 'is not a number');
    return value;
  });
}

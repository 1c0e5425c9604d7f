// Numbers as spreadsheets of several countries write them: the whole column decides which mark is the decimal one.
import { describe, expect, it } from 'vitest';
import { spreadsheetNumbers } from '../../src-main/platform/spreadsheet-numbers.ts';
import { inWords } from '../../src-main/platform/words.ts';

const read = (...cells: readonly string[]) => spreadsheetNumbers(cells, 'score', 'x.csv');
const complaint = (...cells: readonly string[]) => {
  try {
    return read(...cells);
  } catch (error) {
    return inWords(error);
  }
};

describe('spreadsheetNumbers', () => {
  it.each([
    [
      ['1.5', '-2', '+.25', '3e-4', '', 'NaN'],
      [1.5, -2, 0.25, 3e-4, null, null],
    ],
    [
      ['1,5', '-2', ',25', '3,0e-4'],
      [1.5, -2, 0.25, 3e-4],
    ],
    [
      ['1.234,5', '1.234', '12'],
      [1234.5, 1234, 12],
    ],
    [
      ['1,234.5', '1,234', '1,234,567'],
      [1234.5, 1234, 1234567],
    ],
    [
      ['1.234.567', '1,234'],
      [1234567, 1.234],
    ],
    [
      ['0,123', '1,234'],
      [0.123, 1.234],
    ],
    [
      ['1.234', '5.678'],
      [1.234, 5.678],
    ],
    [['12345,678'], [12345.678]],
    [
      ['7', '8'],
      [7, 8],
    ],
  ])('reads %j', (cells, expected) => {
    expect(read(...cells)).toEqual(expected);
  });

  it.each([
    [['1', '1,234'], 'x.csv: row 3, column score may be thousands or a decimal: write a decimal point'],
    [['1.5', '1,5'], 'x.csv: row 3, column score has another decimal mark than the cells above it'],
    [['1', 'high'], 'x.csv: row 3, column score is not a number'],
    [['1.5', '12,34.5'], 'x.csv: row 3, column score is not a number'],
    [['1..5'], 'x.csv: row 2, column score is not a number'],
    [['Infinity'], 'x.csv: row 2, column score is not a number'],
    [['1e999'], 'x.csv: row 2, column score is not a number'],
    [['-'], 'x.csv: row 2, column score is not a number'],
  ])('refuses %j and names the row', (cells, message) => {
    expect(complaint(...cells)).toBe(message);
  });
});

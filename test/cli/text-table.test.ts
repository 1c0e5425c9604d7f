// Text tables: aligned columns, and names of files that steer no terminal.
import { expect, it } from 'vitest';
import { textTable } from '../../src-main/cli/text-table.ts';

it('aligns numbers to the right and text to the left', () => {
  expect(
    textTable(
      ['score', 'name'],
      [
        [0.5, 'a'],
        [12, 'long name'],
      ],
    ),
  ).toBe(['score  name', '  0.5  a', '   12  long name'].join('\n'));
});

it('shows it in a heading as well', () => {
  expect(textTable(['a\u001b[2J', 'n'], [['x', 1]])).toBe('a\\u{1b}[2J  n\nx           1');
});

it('shows what would steer a terminal, forge a line or turn text around', () => {
  const table = textTable(['name'], [['a\u001b[2Jb'], ['c\nd'], ['e\u202ef']]);
  expect(table.split('\n')).toEqual(['name', 'a\\u{1b}[2Jb', 'c\\u{a}d', 'e\\u{202e}f']);
});

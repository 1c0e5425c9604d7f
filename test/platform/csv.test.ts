// CSV in and out: round trip, formula neutralising, and errors that name file, row and column.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCsv, parseCsv, readCsv } from '../../src-main/platform/csv.ts';
import { inWords } from '../../src-main/platform/words.ts';

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return inWords(error);
  }
  throw new Error('did not throw');
}

describe('parseCsv', () => {
  it('reads declared columns in any order and ignores the others', () => {
    const rows = parseCsv('\uFEFFdist,other,filename\r\n1.5e-3,x,"a, ""b"".png"\r\n-2,y,c.png\r\n', 'f.csv', {
      filename: 'text',
      dist: 'number',
    });
    expect(rows).toEqual([
      { filename: 'a, "b".png', dist: 0.0015 },
      { filename: 'c.png', dist: -2 },
    ]);
  });

  it('reads what a spreadsheet writes where the comma is the decimal mark', () => {
    const columns = { filename: 'text', dist: 'number', note: 'optional-text' } as const;
    const text = 'filename;dist;note\r\na.png;1,5;"2,5; as it was"\r\nb.png;-0,25;\r\n';
    expect(parseCsv(text, 'f.csv', columns)).toEqual([
      { filename: 'a.png', dist: 1.5, note: '2,5; as it was' },
      { filename: 'b.png', dist: -0.25, note: null },
    ]);
    expect(parseCsv('filename\tdist\na.png\t2\n', 'f.csv', { filename: 'text', dist: 'number' })).toEqual([
      { filename: 'a.png', dist: 2 },
    ]);
    expect(complaint(() => parseCsv('filename;dist\na;1,2,3\n', 'f.csv', { filename: 'text', dist: 'number' }))).toBe(
      'f.csv: row 2, column dist is not a number',
    );
  });

  it('gives null for empty optional cells', () => {
    expect(parseCsv('a,b,c\n,nan,\n', 'f', { a: 'optional-text', b: 'optional-number', c: 'optional-number' })).toEqual(
      [{ a: null, b: null, c: null }],
    );
  });

  it.each([
    ['filename\nx\n', 'scores.csv: has no column dist'],
    ['dist,dist\n1,2\n', 'scores.csv: column dist appears twice'],
    ['dist\n1\nsecret\n', 'scores.csv: row 3, column dist is not a number'],
    ['dist\n1\ninf\n', 'scores.csv: row 3, column dist is not a number'],
    ['dist,b\n1,2\n,3\n', 'scores.csv: row 3, column dist is empty'],
    ['dist,b\n1\n', 'scores.csv: row 2 has 1 cells, not 2'],
    ['', 'scores.csv: has no column dist'],
  ])('refuses %j', (text, words) => {
    expect(complaint(() => parseCsv(text, 'scores.csv', { dist: 'number' }))).toBe(words);
  });

  it('refuses an unclosed quote', () => {
    expect(complaint(() => parseCsv('dist\n"1\n2\n', 'scores.csv', { dist: 'number' }))).toMatch(/^scores.csv: row 2/);
  });

  it('reads a file', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'residua-csv-')), 'a.csv');
    await writeFile(path, 'n\n7\n');
    expect(await readCsv(path, { n: 'number' })).toEqual([{ n: 7 }]);
  });
});

describe('formatCsv', () => {
  it('quotes what a program may take for the end of a cell, and neutralises a formula behind it', () => {
    const cells = [';=1+1', 'a;=1+1', '; -2', '|@SUM(A1)', ' =x', 'plain'];
    const text = formatCsv(
      ['t'],
      cells.map((t) => ({ t })),
    );
    expect(text.split('\n').slice(1, -1)).toEqual([
      `"';=1+1"`,
      '"a;=1+1"',
      `"'; -2"`,
      `"'|@SUM(A1)"`,
      `"' =x"`,
      'plain',
    ]);
    expect(parseCsv(text, 'f', { t: 'text' }).map(({ t }) => t)).toEqual(cells);
  });

  const dangerous = ['=1+1', '+cmd', '-2', '@SUM(A1)', '\tx', '\rx', '＝x', "'=x", "''=x"];
  const harmless = ["it's", 'a=b', 'line\nbreak', '"quoted"', 'comma, here', "'plain"];

  it('neutralises text that a spreadsheet would run, not numbers', () => {
    const lines = formatCsv(['name', 'value'], [{ name: '=HYPERLINK("x")', value: -1.25 }]).split('\n');
    expect(lines).toEqual(['name,value', '"\'=HYPERLINK(""x"")",-1.25', '']);
  });

  it('gives every text back when it is read again', () => {
    const texts = [...dangerous, ...harmless];
    const written = formatCsv(
      ['text', 'number'],
      texts.map((text) => ({ text, number: 0.1 + 0.2 })),
    );
    expect(parseCsv(written, 'f', { text: 'text', number: 'number' })).toEqual(
      texts.map((text) => ({ text, number: 0.1 + 0.2 })),
    );
    for (const text of dangerous) expect(written).not.toContain(`\n${text}`);
  });

  it('writes null as an empty cell', () => {
    expect(formatCsv(['a', 'b'], [{ a: null, b: null }])).toBe('a,b\n,\n');
  });
});

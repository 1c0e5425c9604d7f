// Chains of commands: read line by line, carried out in order, stopped at a link that fails, gone on with there.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseChain } from '../../src-main/cli/chain.ts';
import { residua, temporaryFolder } from './residua.ts';

describe('a chain', { timeout: 60_000 }, () => {
  it('is a command a line; quotes keep words together, and nothing of it is read by a shell', () => {
    const text = `# comment\n\nresidua import 'a b' "c'd" e"f g"h\n  run $(touch x) \\;\r\n`;
    expect(parseChain('c', text)).toEqual([
      { line: 3, words: ['import', 'a b', "c'd", 'ef gh'] },
      { line: 4, words: ['run', '$(touch', 'x)', '\\;'] },
    ]);
  });

  it.each([
    ['import "a', 'line 1 has a quote without its end'],
    ['\n# nothing', 'has no command'],
    ['cluster chain other.txt', 'a chain starts no other'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseChain('c', text)).toThrow(reason);
  });

  it('stops at a link that fails, says which, and goes on there', async () => {
    await using folder = await temporaryFolder();
    const { path } = folder;
    const file = join(path, 'chain.txt');
    const other = join(path, 'other catalog');
    await writeFile(
      file,
      `phantoms --outdir '${path}/a' --normals 2 --per-kind 0 --size 32
import '${path}/a/images' --catalog='${other}'
import ${path}/missing-*/images
rank
`,
    );
    const chain = () => residua(['cluster', 'chain', file, '--catalog', join(path, 'catalog')]);
    const first = await chain();
    expect(first).toMatchObject({ code: 1 });
    expect(first.stderr).toContain('line 3 (import) failed, and the chain stops there: file not found:');
    // The catalog that a line names is the one that it works on.
    expect(await readdir(other)).toContain('catalog.sqlite');
    await residua([
      'phantoms',
      '--outdir',
      join(path, 'missing-1'),
      '--normals',
      '1',
      '--per-kind',
      '0',
      '--size',
      '32',
    ]);
    const second = await chain();
    expect(second.stderr).toContain('going on at line 3');
    expect(second.stderr).not.toContain('line 1:');
    expect(second.stderr).toContain('line 4 (rank) failed, and the chain stops there');
  });
});

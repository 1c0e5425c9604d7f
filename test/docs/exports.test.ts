// docs/exports.md is true: every command that it shows has the options that it is shown with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residua } from '../cli/residua.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/exports.md'), 'utf8');
const shown = [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line.startsWith('residua '));
const inText = [...page.matchAll(/`(residua [a-z][^`]*)`/g)].map(([, command]) => command!);

describe('docs/exports.md', { timeout: 60_000 }, () => {
  it('shows commands', () => {
    expect(shown.length).toBeGreaterThan(4);
    expect(inText.length).toBeGreaterThan(3);
  });

  it('with options that they have', async () => {
    const names = new Set([...shown, ...inText].map((line) => line.split(' ')[1]!));
    const helps = new Map(
      await Promise.all([...names].map(async (name) => [name, (await residua([name, '--help'])).stdout] as const)),
    );
    for (const line of [...shown, ...inText]) {
      const help = helps.get(line.split(' ')[1]!)!;
      for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(help, line).toContain(option);
      const [, format] = /--format (\w+)/.exec(line) ?? [];
      if (format !== undefined) expect(help, line).toMatch(new RegExp(`^  ${format} `, 'm'));
    }
  });
});

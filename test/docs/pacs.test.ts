// docs/pacs.md is true: every command that it shows is understood, up to the PACS that is not there; its limits are those of the program.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credentialsOf, pacsOptions, peerOf, queryOf } from '../../src-main/cli/pacs-options.ts';
import { limits } from '../../src-main/pacs/limits.ts';
import { residua } from '../cli/residua.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/pacs.md'), 'utf8');
const shown = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trim().split('\n'));
const folder = mkdtempSync(join(tmpdir(), 'residua-docs-pacs-'));
mkdirSync(join(folder, 'catalog'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The words of a command as a shell reads them, without redirections. */
const wordsOf = (line: string) =>
  [...line.replace(/ \d<.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(1);

describe('docs/pacs.md', { timeout: 60_000 }, () => {
  it('shows commands', () => {
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.every((line) => line.startsWith('residua import '))).toBe(true);
  });

  it.each(shown)('%s', async (line) => {
    const words = wordsOf(line);
    const given: Record<string, unknown> = {};
    for (let at = 1; at < words.length; at++) {
      const found = Object.entries({ ...pacsOptions, cohort: { flags: '--cohort <name>', schema: z.string() } }).find(
        ([, { flags }]) => flags.split(' ')[0] === words[at],
      );
      expect(found, words[at]).toBeDefined();
      const [name, { flags }] = found!;
      if (flags.includes('[flag]')) given[name] = true;
      else given[name] = name === 'modality' || name === 'studyUid' ? [words[++at]] : words[++at];
    }
    const values = Object.fromEntries(
      Object.entries(pacsOptions).map(([name, { schema }]) => [name, schema.parse(given[name])]),
    ) as Parameters<typeof peerOf>[0];
    const peer = peerOf(values);
    expect(JSON.stringify(peer)).toContain('pacs.example');
    expect(
      Object.values(queryOf(values)).some((condition) =>
        Array.isArray(condition) ? condition.length > 0 : condition !== null,
      ),
    ).toBe(!values.test);
    if (given.passwordFile !== undefined) {
      const secret = join(folder, 'secret');
      writeFileSync(secret, 'geheim\n', { mode: 0o600 });
      const signedIn = await credentialsOf({ ...values, passwordFile: secret });
      expect(signedIn).toEqual({ kind: 'basic', user: 'anna', password: 'geheim' });
    }
  });

  it('is understood by the command line, which finds no such host', async () => {
    for (const line of [shown[1]!, shown[2]!]) {
      const { code, stderr } = await residua(wordsOf(line.replace('pacs.example', 'pacs.invalid')));
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^residua: (PACS@pacs\.invalid:104|https:\/\/pacs\.invalid\/dicom-web): (there is no host of this name|the name of the host cannot be looked up at present)$/m,
      );
    }
  });

  it('tells the limits of the program', () => {
    expect(page).toContain(`more than ${limits.redirects} redirects`);
    for (const [limit, unit] of [
      ['studies', 'studies'],
      ['series', 'series'],
      ['instancesOfSeries', 'instances in a series'],
    ] as const) {
      expect(page).toContain(`${limits[limit].toLocaleString('en')} ${unit}`);
    }
    expect([limits.instanceBytes / 2 ** 30, limits.pageBytes / 2 ** 20]).toEqual([1, 64]);
  });

  it('names options that there are', () => {
    const flags = Object.values(pacsOptions).map((option) => option.flags.split(' ')[0]);
    for (const [option] of page.matchAll(/--[a-z][a-z-]+/g)) {
      expect([...flags, '--cohort', '--kills'], option).toContain(option);
    }
  });
});

// RESIDUA_TRACE: messages between processes become events that a trace viewer reads; no value is among them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { residua, temporaryFolder, writeGrey } from '../cli/residua.ts';

it('writes one event for each message between processes, and no file name', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  await writeGrey(join(folder.path, 'archive', 'doe-jane.png'), 16, 16, (x) => x);
  const file = join(folder.path, 'trace.json');
  const words = ['import', join(folder.path, 'archive'), '--catalog', join(folder.path, 'catalog')];
  const { code } = await residua(words, { RESIDUA_TRACE: file });
  expect(code).toBe(0);
  const text = await readFile(file, 'utf8');
  const events = JSON.parse(`${text.trimEnd().replace(/,$/, '')}]`) as { name: string; ph: string; dur: number }[];
  expect(events.every(({ ph, dur }) => ph === 'X' && dur >= 0)).toBe(true);
  expect(events.map(({ name }) => name)).toContain('face runs.queue');
  expect(text).not.toContain('doe-jane');
});

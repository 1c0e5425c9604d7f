// residua readers as a person uses it: lists, a second reading, agreement, adjudication, report, another machine.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

it('gives lists, tells agreement, adjudicates, reports, merges', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const random = randomFrom(3);
  for (let i = 0; i < 8; i++)
    await writeGrey(at(`in/${i < 4 ? 'normal' : 'clip'}/${i}.png`), 16, 16, () => random.below(256));
  const call = (...words: string[]) => residua(['readers', ...words, '--catalog', at('catalog')]);
  expect((await residua(['import', at('in'), '--catalog', at('catalog')])).code).toBe(0);
  expect((await call('lists')).stdout).toBe('no work lists\n');
  expect((await call('assign', 'all', '--reader', 'Ada')).stdout).toBe('all: 8 images for Ada\n');
  expect(
    (await call('assign', 'half', '--reader', 'Bob', '--second-of', 'all', '--share', '0.5', '--seed', '2')).stdout,
  ).toBe('half: 4 images for Bob, to be read blind\n');
  expect((await call('assign', 'clips', '--reader', 'Ada', '--kind', 'clip', '--blind')).stdout).toContain(
    'clips: 4 images for Ada, to be read blind',
  );
  expect((await call('lists')).stdout).toMatch(/half +Bob +0 +4 +blind, second reading of all\nall +Ada +0 +8 +open/);
  expect((await call('remove', 'clips')).stdout).toBe('clips is removed; what was decided in it stays\n');

  // Two readers' verdicts, written elsewhere.
  const table = (reader: string, verdicts: readonly string[]) =>
    [
      'sha256,frame,pixel_fingerprint,reader,verdict,time',
      ...verdicts.map((verdict, n) => `,0,${prints[n]},${reader},${verdict},2026-02-01T10:00:0${n}Z`),
    ].join('\n');
  const exported = await residua(['decisions', 'export', at('decisions.csv'), '--catalog', at('catalog')]);
  expect(exported.code).toBe(0);
  const prints = (await readFile(at('decisions.csv'), 'utf8'))
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[1]!);
  await writeFile(at('ada.csv'), table('Ada', ['keep', 'keep', 'reject', 'reject']));
  await writeFile(at('bob.csv'), table('Bob', ['keep', 'reject', 'reject', 'reject']));
  expect((await call('merge', at('ada.csv'))).stdout).toBe(
    '4 verdicts added, 4 of them in force; 0 known already; 0 of images that are not here\n0 more images to adjudicate\n',
  );
  expect((await call('merge', at('bob.csv'))).stdout).toContain('4 verdicts added, 0 of them in force');
  const agreement = (await call('agreement')).stdout;
  expect(agreement).toMatch(/Ada +4 +0 +2 +2 +0 +1\.0/);
  expect(agreement).toMatch(/Ada, Bob +all +4 +0 +75 % +0\.50 +-0\.\d\d to 1\.00/);
  expect(agreement).toContain('1 images to adjudicate');
  const listed = (await call('adjudicate')).stdout;
  const [, image] = /^ +(\d+) .*Ada keep, Bob reject/m.exec(listed)!;
  expect((await call('adjudicate', '--image', image!, '--verdict', 'reject', '--by', 'Eve')).stdout).toBe(
    '1 image is adjudicated as reject\n',
  );
  expect((await call('adjudicate')).stdout).toBe('no differences\n');
  expect((await call('report', at('readers.html'))).code).toBe(0);
  expect(await readFile(at('readers.html'), 'utf8')).toContain('Ada and Bob');
  expect((await call('export', at('all.csv'))).code).toBe(0);
  expect((await call('merge', at('all.csv'))).stdout).toContain(
    '0 verdicts added, 0 of them in force; 8 known already',
  );
  expect((await residua(['audit', 'verify', '--catalog', at('catalog')])).code).toBe(0);

  for (const [words, message] of [
    [['assign', 'x'], 'assign needs --reader'],
    [['agreement', '--list', 'none'], 'work list not found: none'],
    [['adjudicate', '--image', '1'], 'needs both --image and --verdict'],
    [['assign', 'all', '--reader', 'Ada'], 'there is a work list all already'],
    [['report'], 'give the file'],
    [['assign', 'y', '--reader', 'Ada', '--view', 'none'], 'view not found: none'],
  ] as const) {
    expect((await call(...words)).stderr).toContain(message);
  }
});

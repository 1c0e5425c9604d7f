// The archive that moves, as a person at the command line meets it: sources, relocate, remove, watch, tar, an export that is refused.
import { execFileSync } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

it('finds a moved folder, says what is missing, and removes what is wrong', { timeout: 180_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const catalog = ['--catalog', at('catalog')];
  const call = (...words: string[]) => residua([...words, ...catalog]);
  const random = randomFrom(3);
  for (let i = 0; i < 6; i++)
    await writeGrey(at(`in/${i < 3 ? 'normal' : 'needle'}/${i}.png`), 16, 16, () => random.below(256));
  execFileSync('tar', ['-czf', at('more.tar.gz'), '-C', at('in'), 'needle']);
  expect(await call('import', at('in'))).toMatchObject({ code: 0, stdout: '6 images imported\n' });
  expect(await call('import', at('more.tar.gz'))).toMatchObject({ code: 0, stdout: '3 images imported\n' });

  await rename(at('in'), at('moved'));
  const checked = await call('sources', 'check');
  expect(checked).toMatchObject({ code: 0, stdout: '6 of 9 files are missing\n' });
  expect((await call('sources')).stdout).toMatch(
    /source +images +missing +watched\n.*\/in +6 +6 *\n.*more\.tar\.gz +3 +0 *\n/,
  );
  const refused = await call('export', '--out', at('out'), '--kind', 'normal');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /3 files of 3 images to be exported not found: normal\/0\.png, normal\/1\.png, normal\/2\.png; locate/,
  );
  expect(await call('export', '--out', at('out'), '--kind', 'needle', '--without-missing')).toMatchObject({ code: 0 });

  await rm(at('moved/normal/0.png'));
  const located = await call('relocate', at('in'), at('moved'));
  expect(located.stdout).toBe('5 files with 5 images found at their new place\n');
  expect(located).toMatchObject({ code: 1, stderr: expect.stringContaining('1 files of') });
  await rename(at('moved'), at('again'));
  expect(await call('import', at('again'))).toMatchObject({
    code: 0,
    stdout: '0 images imported, 5 files found at their new places\n',
  });

  expect(await call('sources', 'watch', at('again'))).toMatchObject({ code: 0, stdout: `watched: ${at('again')}\n` });
  await writeGrey(at('again/normal/new.png'), 16, 16, (x) => x);
  expect((await call('sources', 'check')).stdout).toBe(`1 of 9 files are missing\n1 new images in ${at('again')}\n`);

  const said = await call('remove', '--missing');
  expect(said).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^1 images of 1 files, 0 verdicts .*nothing is removed yet/s),
  });
  expect(await call('remove', '--missing', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^removed: 1 images .*audit log: entry \d+/s),
  });
  expect(await call('remove', '--source', at('more.tar.gz'), '--yes')).toMatchObject({ code: 0 });
  expect((await call('import', at('more.tar.gz'))).stdout).toBe(
    '0 images imported, 3 left out, removed from the catalog earlier\n',
  );
  expect((await call('import', at('more.tar.gz'), '--removed')).stdout).toBe('3 images imported\n');
  expect(await call('remove')).toMatchObject({ code: 2 });
  expect(await call('audit', 'verify')).toMatchObject({ code: 0 });
});

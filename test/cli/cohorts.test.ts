// residua cohorts as a person uses it: a split without leaks, duplicates found, mistakes told.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

it('deals images to cohorts, finds leaks and duplicates', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const random = randomFrom(3);
  for (let i = 0; i < 6; i++) await writeGrey(at(`in/normal/${i}.png`), 16, 16, () => random.below(256));
  await copyFile(at('in/normal/2.png'), at('in/copy.png'));
  const call = (...words: string[]) => residua(['cohorts', ...words, '--catalog', at('catalog')]);
  expect((await residua(['import', at('in'), '--cohort', 'in', '--catalog', at('catalog')])).code).toBe(0);

  const made = await call('split', 'train=2', 'test=1', '--kind', 'normal');
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^train: 4 images\ntest: 2 images\nthe patients of 6 of 6 images are not known/),
  });
  expect(await call('leaks', 'train', 'test')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^nothing else in common; the patients of 6 of 6 images are not known/),
  });
  const preview = await call('split', 'a=2', 'b=1', '--preview');
  expect(preview.stdout).toMatch(/ +a +b\nimages +5 +2\npatients +5 +2\nkind normal +\d +\d\n/);
  expect(preview.stdout).toContain('nothing is made yet');
  const typo = await call('split', 'c=1', 'd=1', '--kind', 'normla');
  expect(typo).toMatchObject({ code: 2, stderr: expect.stringContaining('the kinds are normal') });
  const leaking = await call('leaks', 'train', 'in');
  expect(leaking.code).toBe(1);
  expect(leaking.stdout.split('\n').filter((line) => line.startsWith('image: ')).length).toBe(4);
  expect(await call('leaks', 'train', 'in', '--remove-from', 'test')).toMatchObject({ code: 2 });
  expect(await call('leaks', 'train', 'in', '--remove-from', 'in')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^(.*\n)+[45] images taken out of in\n$/),
  });
  expect(await call('leaks', 'train', 'in')).toMatchObject({ code: 0 });
  const found = (await call('duplicates')).stdout;
  expect(found).toMatch(/^same pixels: images \d+, \d+\n/);
  expect(found).toContain('1 groups of duplicates, 0 of near-duplicates among 7 images');
  expect((await call('list')).stdout).toMatch(/cohort +images +made\nin +[23] .*\ntrain +4 .*\ntest +2 /);

  // A backup of it, and a catalog made of that, by the whole command line.
  expect(await residua(['backup', at('backup'), '--catalog', at('catalog')])).toMatchObject({ code: 0 });
  const restored = ['--catalog', at('restored')];
  expect(await residua(['restore', at('backup'), ...restored])).toMatchObject({ code: 0 });
  expect(await residua(['audit', 'verify', ...restored])).toMatchObject({ code: 0 });

  expect(await call('split', 'train=1')).toMatchObject({ code: 2 });
  expect(await call('split', 'half')).toMatchObject({ code: 2 });
  expect(await call('leaks', 'train', 'nowhere')).toMatchObject({ code: 1 });
});

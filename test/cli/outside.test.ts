// In and out as a person does it: scores of another program taken in, an export described, split, packed, encrypted, opened again.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

describe('in and out', { timeout: 120_000 }, () => {
  it('residua scores import, rank, export and export pack', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (let i = 0; i < 4; i++) await writeGrey(at(`in/normal/${i}.png`), 8, 8, (x) => x * (i + 1));
    const catalog = ['--catalog', at('catalog')];
    expect((await residua(['import', at('in'), ...catalog])).code).toBe(0);

    await writeFile(
      at('theirs.csv'),
      'Datei;file;score\nx;normal/0.png;0,5\nx;normal/2.png;0,25\nx;normal/9.png;1,5\n',
    );
    const words = ['scores', 'import', at('theirs.csv'), '--name', 'likelihood', '--abnormal', 'lower', ...catalog];
    const scores = await residua(words);
    expect(scores).toMatchObject({ code: 0, stdout: 'likelihood of 2 images: run 2\n1 row fits no image: 4\n' });
    const ranking = await residua(['rank', '--score', 'likelihood', ...catalog]);
    expect(ranking.stdout).toMatch(/1 +0\.25 +normal\/2\.png[^\n]*\n +2 +0\.5 +normal\/0\.png/);
    const without = await residua(['scores', 'import', at('theirs.csv'), '--name', 'x', ...catalog]);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--abnormal is required') });

    await residua(['cohorts', 'split', 'train=0.5', 'test=0.5', ...catalog]);
    const made = await residua([
      ...['export', '--out', at('knees'), '--format', 'coco', '--train', 'train', '--test', 'test'],
      ...['--name', 'Knees', '--licence', 'CC-BY-4.0', '--score', 'likelihood', ...catalog],
    ]);
    expect(made.code).toBe(0);
    expect(await readdir(at('knees'))).toEqual([
      ...['SHA256SUMS', 'annotations-test.json', 'annotations-train.json', 'annotations.json', 'croissant.json'],
      ...['data-card.md', 'images', 'manifest.csv', 'manifest.json'],
    ]);
    expect(await readFile(at('knees/data-card.md'), 'utf8')).toMatch(/^# Knees\n[\s\S]*## Licence\n\nCC-BY-4\.0/);

    await writeFile(at('passphrase'), 'a long passphrase\n');
    const secret = ['--passphrase-file', at('passphrase')];
    const packed = await residua(['export', 'pack', at('knees'), '--out', at('usb'), '--split', '64KiB', ...secret]);
    expect(packed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 file, \d+ bytes: .*usb\n$/) });
    const verified = await residua(['export', 'verify', at('usb')]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('1 part of a packed export checked') });
    const unpacked = await residua(['export', 'unpack', at('usb'), '--out', at('back'), ...secret]);
    expect(unpacked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^12 files, each as SHA256SUMS says/) });
    expect((await residua(['export', 'verify', at('back'), ...catalog])).code).toBe(0);
    expect(await readdir(at('back'))).toEqual(await readdir(at('knees')));

    const asked = await residua(['export', 'unpack', at('usb'), '--out', at('other')]);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('no terminal to ask for a passphrase') });
    const both = await residua(['export', 'pack', at('knees'), '--out', at('x'), '--recipient', 'age1x', ...secret]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
    const misplaced = await residua(['export', '--out', at('x'), '--split', '4GB', ...catalog]);
    expect(misplaced).toMatchObject({ code: 2, stderr: expect.stringContaining('residua export pack FOLDER') });
    await mkdir(at('empty'));
    expect((await residua(['export', 'verify', at('empty')])).code).not.toBe(0);
  });
});

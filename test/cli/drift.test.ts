// residua drift as a person uses it, on DICOM files that say which scanner made them and when.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { type DicomStyle, dicomStyles, element, part10, smallPixelModule } from '../archive/write-dicom.ts';
import { residua, temporaryFolder } from './residua.ts';

const [style] = dicomStyles as [DicomStyle];

function radiograph(number: number, model: string, date: string): Buffer {
  return part10(
    style,
    Buffer.concat([
      element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.1.1'),
      element(style, 0x0008_0018, 'UI', `2.25.${number}`),
      element(style, 0x0008_0020, 'DA', date),
      element(style, 0x0008_0060, 'CS', 'DX'),
      element(style, 0x0008_0070, 'LO', 'Maker'),
      element(style, 0x0008_0080, 'LO', 'General Hospital'),
      element(style, 0x0008_1010, 'SH', `ROOM${number % 2}`),
      element(style, 0x0008_1090, 'LO', model),
      ...smallPixelModule(style),
      element(style, 0x7fe0_0010, 'OB', Buffer.alloc(16, number % 256)),
    ]),
  );
}

it('imports origins, shows drift, sets alerts, writes a report', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const catalog = ['--catalog', at('catalog')];
  await mkdir(at('in'));
  const table = ['file,value'];
  for (let number = 1; number <= 160; number++) {
    const month = Math.floor((number - 1) / 40) + 1;
    const model = number % 2 === 0 ? 'A' : 'B';
    const name = `${`${number}`.padStart(3, '0')}.dcm`;
    // One file has a date that is none.
    const date = number === 160 ? 'yesterda' : `20250${month}1${number % 10}`;
    await writeFile(at(`in/${name}`), radiograph(number, model, date));
    table.push(`${name},${((number * 37) % 100) / 100 + (model === 'B' && month > 2 ? 1 : 0)}`);
  }
  await writeFile(at('scores.csv'), table.join('\n'));
  expect((await residua(['import', at('in'), ...catalog])).code).toBe(0);
  const opened = openCatalog(at('catalog'));
  const origin = {
    manufacturer: 'Maker',
    model: 'B',
    station: 'ROOM1',
    institution: 'General Hospital',
    acquired: '2025-01-11',
  };
  expect(opened.get('SELECT * FROM v_origins WHERE image = 1')).toEqual({ image: 1, ...origin });
  expect(opened.column('SELECT count(*) FROM v_origins WHERE acquired IS NULL')).toEqual([1]);
  // A catalog of an earlier version has none: the next import reads its DICOM files again, and takes in nothing twice.
  opened.run('DELETE FROM image_origins');
  opened.run(`UPDATE files SET again = 1 WHERE format = 'DICOM' AND state IN ('present', 'vanished')`);
  expect((await residua(['import', at('in'), ...catalog])).stdout).toContain('0 images imported');
  expect(opened.get('SELECT * FROM v_origins WHERE image = 1')).toEqual({ image: 1, ...origin });
  opened.close();

  const drift = (...words: string[]) => residua(['drift', ...words, ...catalog]);
  expect((await drift('show')).stderr).toContain('scores not found: any');
  expect((await drift('alert', '--score', 'noise', '--limit', '1', '--share', '0.1')).stdout).toContain(
    'more than 10.0 % of the new images are beyond 1',
  );
  expect((await drift('alerts')).stdout).toMatch(/noise +1 +10\.0 %/);
  const imported = await residua([
    'scores',
    'import',
    at('scores.csv'),
    '--name',
    'noise',
    '--abnormal',
    'higher',
    ...catalog,
  ]);
  expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining('Alert: noise is at least 1 on') });
  const shown = (await drift('show', '--baseline-to', '2025-02-28')).stdout;
  expect(shown).toContain('noise: 159 images, 1 more without a day are left out');
  expect(shown).toContain('baseline: 2025-01-10 to 2025-02-19, 2 months, 80 images');
  expect(shown).toMatch(/2025-03-01 +40 .*beyond the limits/);
  expect(shown).toMatch(/Maker B +40 +40 .* own +\S+ +\S+ +drifted/);
  expect(shown).toMatch(/Maker A +40 +39 .* own +0\.\d+ +\S+\n/);
  expect((await drift('report', at('drift.html'), '--by', 'institution')).code).toBe(0);
  expect(await readFile(at('drift.html'), 'utf8')).toContain('General Hospital');
  expect((await drift('remove', '--score', 'noise')).stdout).toBe('noise: no alert\n');
  expect((await drift('show', '--score', 'blur')).stderr).toContain('score not found: blur (there are noise)');
  expect((await drift('show', '--baseline-to', 'spring')).stderr).toContain('must be a day such as 2026-03-31');
  expect((await drift('alert', '--score', 'noise')).stderr).toContain('alert needs --score, --limit and --share');
});

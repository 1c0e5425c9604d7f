// Columns of metadata as a person uses them: kept at import, read again, taken from a table, removed.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dicomStyles, element, part10, smallPixelModule } from '../archive/write-dicom.ts';
import { residua, temporaryFolder } from './residua.ts';

const style = dicomStyles[0]!;

function dicom(number: number, maker: string): Buffer {
  const pixels = new Uint8Array(16).fill(number);
  const elements = [
    element(style, 0x0008_0060, 'CS', 'DX'),
    element(style, 0x0008_0070, 'LO', maker),
    element(style, 0x0018_0060, 'DS', String(60 + number)),
    element(style, 0x0018_1000, 'LO', 'SN-4711'),
    element(style, 0x0018_1164, 'DS', '0.14\\0.14'),
    ...smallPixelModule(style),
    element(style, 0x7fe0_0010, 'OB', pixels),
  ];
  return part10(style, Buffer.concat(elements));
}

it('takes no table from a device, and no column whose name is none', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await mkdir(at('in'));
  await writeFile(at('in/0.dcm'), dicom(0, 'Acme'));
  const run = async (...words: readonly string[]) => residua([...words, '--catalog', at('catalog')]);
  await run('import', at('in'));
  if (process.platform !== 'win32') {
    for (const words of ['columns', 'readers', 'decisions'])
      expect(await run(words, words === 'readers' ? 'merge' : 'import', '/dev/zero')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is a device'),
      });
  }
  for (const name of ['x'.repeat(201), 'two\nlines']) {
    await writeFile(at('odd.csv'), `name,good,"${name}"\n0.dcm,1,2\n`);
    const refused = await run('columns', 'import', at('odd.csv'));
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the name of column 3 has more than 200'),
    });
    expect((await run('columns', 'import', at('odd.csv'), '--column', 'good')).stdout).toBe('good of 1 images\n');
  }
});

describe('residua columns', { timeout: 120_000 }, () => {
  it('lists, reads, imports, counts and removes', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('in'));
    for (let number = 0; number < 4; number++)
      await writeFile(at(`in/${number}.dcm`), dicom(number, number < 3 ? 'Acme' : 'Beta'));
    const catalog = ['--catalog', at('catalog')];
    expect((await residua(['import', at('in'), ...catalog])).code).toBe(0);
    const run = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await residua(['columns', ...words, ...catalog]);
      return code === 0 ? stdout : stderr;
    };
    expect(await run('list')).toBe(
      'column              from\nDeviceSerialNumber  (0018,1000)\nKVP                 (0018,0060)\nManufacturer        (0008,0070)\n',
    );
    expect(await run('values', 'Manufacturer')).toBe(
      'Manufacturer  images\nAcme               3\nBeta               1\n',
    );
    expect(await run('values', 'Site')).toContain('Site');

    await rm(at('in/3.dcm'));
    await run('add', 'imagerpixelspacing', '(0018,0060)');
    expect(await run('values', 'ImagerPixelSpacing')).toBe(
      'ImagerPixelSpacing  images\n0.14\\0.14                3\n-                        1\n',
    );
    expect(await run('add', 'NoSuchThing')).toContain('NoSuchThing is neither a keyword nor a number');

    await writeFile(at('sites.csv'), 'file;site;dose\n0.dcm;north;1,5\n1.dcm;south;2\n9.dcm;south;3\n');
    expect(await run('import', at('sites.csv'), '--reviewer', 'Ada')).toBe(
      'site, dose of 2 images\n1 row fits no image: 4\n',
    );
    expect(await run('values', 'site')).toContain('north       1\n');
    // An export treats an attribute as de-identification does; a column of a table leaves as it is.
    const exported = await residua([
      ...['export', '--out', at('out'), '--column', 'KVP', '--column', 'site', '--column', 'StationName'],
      ...['--reviewer', 'Ada', '--without-missing', ...catalog],
    ]);
    expect(exported.stderr).toContain('StationName');
    await residua([
      ...['export', '--out', at('out'), '--column', 'KVP', '--column', 'site', '--column', 'DeviceSerialNumber'],
      ...['--reviewer', 'Ada', '--without-missing', ...catalog],
    ]);
    const manifest = await readFile(at('out/manifest.csv'), 'utf8');
    const [header, first] = manifest.split('\n').map((line) => line.split(','));
    const cell = (name: string) => first![header!.indexOf(name)];
    expect([cell('metadata KVP'), cell('metadata site'), cell('metadata DeviceSerialNumber')]).toEqual([
      '60',
      'north',
      'REMOVED',
    ]);
    await run('remove', 'site', '--reviewer', 'Ada');
    expect(await run('list')).not.toContain('site');
    const audit = await residua(['audit', 'verify', ...catalog]);
    expect(audit.code).toBe(0);
  });
});

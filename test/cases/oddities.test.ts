// Kind E: harmless oddities are read and noted, and never cost the neighbours.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { emptyFolder, imagesIn, imagesOf, shown, valuesOf } from './cases.ts';

const ramp = Uint8Array.from({ length: 1024 }, (_, index) => Math.round((index * 255) / 1023));

function largestDifference(levels: Uint8Array): number {
  return Math.max(...Array.from(levels, (level, index) => Math.abs(level - ramp[index]!)));
}

describe('harmless oddities', () => {
  it.each([
    ['23', 'TIFF with unsorted tags', 0, ['the tags of a TIFF directory are not in order']],
    ['24', 'JPEG with fill bytes', 4, []],
    [
      '25',
      'JPEG with zeros before its scan',
      4,
      ['4 stray bytes between the segments of the JPEG stream were ignored'],
    ],
    ['27', 'JPEG with bytes behind its end', 4, ['20 bytes behind the end of the JPEG stream were ignored']],
    ['28', 'PNG with bytes behind its end', 0, ['7 bytes behind the end of the PNG file were ignored']],
    ['33', 'DICOM with a JPEG of fill bytes and a trailer', 4, []],
  ] as const)('%s: %s', async (slug, _, difference, expected) => {
    const { images, refused, notes } = await imagesOf(slug);
    expect(refused).toEqual([]);
    expect(images).toHaveLength(1);
    expect(largestDifference(shown(images[0]!))).toBeLessThanOrEqual(difference);
    expect(notes).toEqual(expected);
  });

  it('of two entries of one name the first is read, the second named (30)', async () => {
    const { images, refused } = await imagesOf('30');
    expect(images.map(({ path }) => path)).toEqual(['z.zip/one.png', 'z.zip/two.png']);
    expect(refused).toEqual(['z.zip/one.png: another entry has the same name; the first one is read']);
  });

  it('DICOM without preamble and meta information (31)', async () => {
    const { images, notes } = await imagesOf('31');
    expect(valuesOf(images[0]!)[1]).toBe(-24);
    expect(notes).toEqual(['the DICOM file has no header']);
  });

  it('signed 16-bit TIFF (32)', async () => {
    const { images } = await imagesOf('32');
    expect(images[0]!.samples).toBeInstanceOf(Int16Array);
    expect([Math.min(...valuesOf(images[0]!)), Math.max(...valuesOf(images[0]!))]).toEqual([-1000, 1000]);
  });

  it('a file name in Latin-1 (40)', async () => {
    const folder = emptyFolder();
    const picture = await encodePng(4, 4, 1, new Uint8Array(16));
    writeFileSync(join(folder, 'plain.png'), picture);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/r`), Buffer.from([0xf6]), Buffer.from('ntgen.png')]), picture);
    const { images, refused } = await imagesIn(folder);
    expect(refused).toEqual([]);
    expect(images.map(({ path }) => path)).toEqual(['plain.png', 'röntgen.png']);
  });

  it('a TIFF whose second page is smaller (77)', async () => {
    const { images, notes } = await imagesOf('77');
    expect(images.map(({ width, height }) => [width, height])).toEqual([
      [32, 32],
      [8, 8],
    ]);
    expect(largestDifference(shown(images[0]!))).toBe(0);
    expect(notes).toEqual(['its pages differ in size']);
  });

  it('files of 0 bytes are named, and the rest is read (76)', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'sub'));
    const names = ['a.dcm', 'b.png', 'c.nii', 'd.zip', 'e'];
    for (const name of names) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'sub', 'ok.png'), await encodePng(4, 4, 1, new Uint8Array(16)));
    const { images, refused } = await imagesIn(folder);
    expect(images).toHaveLength(1);
    expect(refused).toEqual(names.map((name) => `${name}: not a format that Residua reads (empty file)`));
  });
});

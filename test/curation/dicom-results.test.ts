// Results as DICOM objects: masks and maps as SEG, verdicts as key objects; read back element by element. dciodvfy 1.00.20220618, dcmtk 3.6.7 and pydicom 2.3.1 found no error in such files.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { type DataSet, readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { exportImages, type ImageSources } from '../../src-main/curation/export/export-images.ts';
import { verifyExport } from '../../src-main/curation/export/verify-export.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { dicomStyles, element, part10, uint16 } from '../archive/write-dicom.ts';
import { emptyCatalog, noon } from '../catalog/sample-catalog.ts';

const [width, height] = [5, 3];
const style = dicomStyles[0]!;

/** A CT slice; without `uids` nothing can refer to it, without `place` it is a plain picture. */
function slice(number: number, { uids = true, place = true } = {}): Buffer {
  const us = (tag: number, value: number) => element(style, tag, 'US', uint16(value, true));
  const when = (holds: boolean, ...elements: readonly Buffer[]) => (holds ? elements : []);
  return part10(
    style,
    Buffer.concat([
      element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      ...when(uids, element(style, 0x0008_0018, 'UI', `1.2.3.9.${number}`)),
      element(style, 0x0008_0020, 'DA', '20200102'),
      element(style, 0x0008_0060, 'CS', 'CT'),
      element(style, 0x0010_0010, 'PN', 'SECRET^NAME'),
      element(style, 0x0010_0020, 'LO', 'SECRET-4711'),
      ...when(place, element(style, 0x0018_0050, 'DS', '2.5')),
      element(style, 0x0020_000d, 'UI', '1.2.3.1'),
      element(style, 0x0020_000e, 'UI', '1.2.3.1.1'),
      ...when(
        place,
        element(style, 0x0020_0032, 'DS', `10\\20\\${number}`),
        element(style, 0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0'),
        element(style, 0x0020_0052, 'UI', '1.2.3.7'),
      ),
      us(0x0028_0002, 1),
      element(style, 0x0028_0004, 'CS', 'MONOCHROME2'),
      us(0x0028_0010, height),
      us(0x0028_0011, width),
      element(style, 0x0028_0030, 'DS', '0.5\\0.75'),
      us(0x0028_0100, 16),
      us(0x0028_0101, 12),
      us(0x0028_0102, 11),
      us(0x0028_0103, 0),
      element(style, 0x7fe0_0010, 'OW', Buffer.alloc(2 * width * height)),
    ]),
  );
}

const mask = [0, 1, 1, 0, 0, 0, 1, 7, 7, 0, 0, 0, 7, 0, 0];
const map = Float32Array.from({ length: width * height }, (_, pixel) => (pixel === 4 ? Number.NaN : pixel - 2));

/** Slices 1 (mask and map), 2 (a mask that does not fit), 3 (without UIDs), 4 (without a place); all but 3 decided. */
async function exported(retained: boolean, more: Partial<ImageSources> = {}) {
  const catalog = emptyCatalog();
  const folder = join(catalog.folder, 'archive');
  mkdirSync(folder);
  const files = [slice(1), slice(2), slice(3, { uids: false }), slice(4, { place: false })];
  for (const [index, bytes] of files.entries()) {
    const file = join(folder, `${index}.dcm`);
    writeFileSync(file, bytes);
    const image = { frame: 0, name: `${index}.dcm`, width, height, bits: 12, modality: 'CT' };
    const facts = { size: bytes.length, modified: statSync(file).mtimeMs, format: 'DICOM' };
    const place = { source: folder, path: `${index}.dcm`, file, inside: [] };
    importFiles(catalog, [{ ...place, ...facts, sha256: (await hashOfFile(file)).sha256, images: [image] }], noon);
  }
  decide(catalog, { images: [1, 4], decision: 'reject', reason: 'Bewegung: ä', reviewer: 'Zoë', at: noon });
  decide(catalog, { images: [2], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  const sources: ImageSources = {
    read: async ({ file }) => ({ bytes: readFileSync(file), sha256: (await hashOfFile(file)).sha256 }),
    decode: () => Promise.reject(new Error('not needed')),
    labels: async ({ id }) => {
      if (id > 2) return undefined;
      return { width: width + (id === 2 ? 1 : 0), height, samples: Uint16Array.from(mask) };
    },
    maps: async ({ id }) => (id === 4 ? [{ family: 'features', run: 3, values: map }] : []),
    ...more,
  };
  const pseudonyms = pseudonymsOf(Buffer.alloc(32, 1));
  const deidentification = { pseudonyms, retainDates: false, retainDevice: false, reviewed: new Set<number>() };
  const report = await exportImages(
    catalog,
    {
      ...{ target: join(catalog.folder, 'export'), images: [1, 2, 3, 4], format: 'original', scores: [] },
      ...{ deidentification: retained ? null : deidentification, dicomResults: true },
      ...{ program: 'Residua 0.1.0', actor: 'Ada', at: noon },
    },
    sources,
    quiet,
  );
  const read = (name: string) => readDicom(readFileSync(join(report.folder, name)), name).dataSet;
  return { folder: report.folder, read, pseudonyms };
}

const bytesAt = (dataSet: DataSet, tag: number) => dataSet.find((each) => each.tag === tag)?.bytes;
const textAt = (dataSet: DataSet, tag: number) => textOf(bytesAt(dataSet, tag) ?? new Uint8Array());
const numberAt = (dataSet: DataSet, tag: number) => Buffer.from(bytesAt(dataSet, tag)!).readUInt16LE();
const itemsAt = (dataSet: DataSet, tag: number) => dataSet.find((each) => each.tag === tag)?.items ?? [];
const meaningAt = (dataSet: DataSet, tag: number) => textAt(itemsAt(dataSet, tag)[0]!, 0x0008_0104);

describe('DICOM results', () => {
  it('are one mask, one map and one document for each verdict; what could not be written is said', async () => {
    const { folder } = await exported(true);
    expect(readdirSync(join(folder, 'dicom')).sort()).toEqual([
      'key-objects-1.dcm',
      'key-objects-2.dcm',
      'map-00000004-3-features.dcm',
      'mask-00000001.dcm',
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).dicom_results).toEqual({
      segmentations: 2,
      key_objects: 2,
      left_out: [
        { image: 2, reason: 'its mask has 6x3 where the image has 5x3' },
        { image: 3, reason: 'its file has no UIDs to refer to' },
      ],
    });
    expect((await verifyExport(folder, quiet)).faults).toEqual([]);
  });

  it('of one image that cannot be made do not end the export', async () => {
    const { folder } = await exported(false, {
      maps: async ({ id, path }) => {
        if (id === 1) throw new Problem('file', { file: path, reason: 'its map is damaged' });
        return [];
      },
    });
    expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).dicom_results).toMatchObject({
      segmentations: 1,
      left_out: [{ image: 1, reason: 'its map is damaged' }, { image: 2 }, { image: 3 }],
    });
  });

  it('a mask has a bit for each pixel and a segment for each label, in the geometry of its image', async () => {
    const seg = (await exported(true)).read('dicom/mask-00000001.dcm');
    expect(textAt(seg, 0x0008_0016)).toBe('1.2.840.10008.5.1.4.1.1.66.4');
    expect(textAt(seg, 0x0008_0060)).toBe('SEG');
    expect(textAt(seg, 0x0062_0001)).toBe('BINARY');
    expect([0x0028_0010, 0x0028_0011, 0x0028_0100, 0x0028_0102].map((tag) => numberAt(seg, tag))).toEqual([3, 5, 1, 0]);
    expect(textAt(seg, 0x0028_0008)).toBe('2');
    const bits = [...bytesAt(seg, 0x7fe0_0010)!].flatMap((byte) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((at) => (byte >> at) & 1),
    );
    expect(bits.slice(0, 30)).toEqual([...mask.map((v) => Number(v === 1)), ...mask.map((v) => Number(v === 7))]);
    const segments = itemsAt(seg, 0x0062_0002);
    expect(segments.map((each) => [numberAt(each, 0x0062_0004), textAt(each, 0x0062_0005)])).toEqual([
      [1, 'label 1'],
      [2, 'label 7'],
    ]);
    const [series] = itemsAt(seg, 0x0008_1115);
    expect(textAt(series!, 0x0020_000e)).toBe('1.2.3.1.1');
    expect(textAt(itemsAt(series!, 0x0008_114a)[0]!, 0x0008_1155)).toBe('1.2.3.9.1');
    const [shared] = itemsAt(seg, 0x5200_9229);
    expect(textAt(itemsAt(shared!, 0x0020_9113)[0]!, 0x0020_0032)).toBe('10\\20\\1');
    expect(textAt(itemsAt(shared!, 0x0028_9110)[0]!, 0x0028_0030)).toBe('0.5\\0.75');
    expect(textAt(seg, 0x0020_0052)).toBe('1.2.3.7');
    const frames = itemsAt(seg, 0x5200_9230).map((frame) => numberAt(itemsAt(frame, 0x0062_000a)[0]!, 0x0062_000b));
    expect(frames).toEqual([1, 2]);
    expect(itemsAt(seg, 0x0062_0002).map((each) => meaningAt(each, 0x0062_000f))).toEqual(['Tissue', 'Tissue']);
  });

  it('a map has 256 levels and says what they stand for; a picture without a place has none', async () => {
    const seg = (await exported(true)).read('dicom/map-00000004-3-features.dcm');
    expect([textAt(seg, 0x0062_0001), numberAt(seg, 0x0062_000e)]).toEqual(['FRACTIONAL', 255]);
    const expected = [...map].map((value) => (Number.isNaN(value) ? 0 : Math.round(((value + 2) / 14) * 255)));
    expect([...bytesAt(seg, 0x7fe0_0010)!].slice(0, 15)).toEqual(expected);
    const [segment] = itemsAt(seg, 0x0062_0002);
    expect(textAt(segment!, 0x0062_0006)).toBe('score map of features, run 3: 0 is -2.00000, 255 is 12.0000');
    expect(bytesAt(seg, 0x0020_0052)).toBeUndefined();
    expect(itemsAt(seg, 0x5200_9229)[0]!.map(({ tag }) => tag)).toEqual([0x0008_9124]);
  });

  it('key objects name the images of a verdict, who decided and why', async () => {
    const { read } = await exported(true);
    const documents = ['dicom/key-objects-1.dcm', 'dicom/key-objects-2.dcm'].map(read);
    const rejected = documents.find((each) => meaningAt(each, 0x0040_a043) === 'Rejected for Quality Reasons')!;
    expect(documents.map((each) => meaningAt(each, 0x0040_a043)).sort()).toEqual([
      'For Research',
      'Rejected for Quality Reasons',
    ]);
    const [said, ...images] = itemsAt(rejected, 0x0040_a730);
    expect(Buffer.from(bytesAt(said!, 0x0040_a160)!).toString().trim()).toBe(
      'Verdict in Residua: reject; by Zoë; Bewegung: ä',
    );
    expect(images.map((each) => textAt(itemsAt(each, 0x0008_1199)[0]!, 0x0008_1155))).toEqual([
      '1.2.3.9.1',
      '1.2.3.9.4',
    ]);
    const [evidence] = itemsAt(rejected, 0x0040_a375);
    const [series] = itemsAt(evidence!, 0x0008_1115);
    expect(itemsAt(series!, 0x0008_1199)).toHaveLength(2);
  });

  it('refer to de-identified images by their new UIDs, and name nobody', async () => {
    const { folder, read, pseudonyms } = await exported(false);
    const seg = read('dicom/mask-00000001.dcm');
    const instance = textAt(itemsAt(itemsAt(seg, 0x0008_1115)[0]!, 0x0008_114a)[0]!, 0x0008_1155);
    expect(instance).toBe(pseudonyms.uid('1.2.3.9.1'));
    expect(instance).toBe(textAt(read('images/00000001.dcm'), 0x0008_0018));
    expect(textAt(seg, 0x0010_0020)).toBe(pseudonyms.patient('SECRET-4711'));
    for (const name of readdirSync(join(folder, 'dicom'))) {
      expect(readFileSync(join(folder, 'dicom', name)).includes('SECRET'), name).toBe(false);
    }
  });
});

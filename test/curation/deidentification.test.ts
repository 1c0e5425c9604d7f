// De-identification: 500 planted identifiers, none found again; pixels, references and structure come through.
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  type DeidentificationOptions,
  deidentifyDicom,
  likelyBurnedIn,
} from '../../src-main/curation/deidentification/dicom.ts';
import { type DataSet, readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { deidentifyJpeg } from '../../src-main/curation/deidentification/jpeg.ts';
import { blankJpeg, jpegSegments, startOfScan } from '../../src-main/curation/deidentification/jpeg-segments.ts';
import { deidentifyNifti } from '../../src-main/curation/deidentification/nifti.ts';
import { deidentifyPng } from '../../src-main/curation/deidentification/png.ts';
import { pseudonymsOf, readKey } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { dicomStyles, element, part10, sequence } from '../archive/write-dicom.ts';
import { gzipped, Planter, pixels, plantedDicom, plantedJpeg, plantedNifti, plantedPng } from './planted-files.ts';

const pseudonyms = pseudonymsOf(Buffer.alloc(32, 7));
const basic: DeidentificationOptions = { retainDates: false, retainDevice: false };
const clean = (bytes: Uint8Array, options = basic) =>
  deidentifyDicom(bytes, 'file', pseudonyms, options, 'Residua 0.1.0', new Set());
const found = (bytes: Uint8Array, planter: Planter) =>
  planter.planted.filter((text) => Buffer.from(bytes).includes(text));
const valueAt = (dataSet: DataSet, tag: number) =>
  textOf(dataSet.find((each) => each.tag === tag)?.bytes ?? new Uint8Array());
const plain = dicomStyles[0]!;

describe('planted identifiers', () => {
  const planter = new Planter();

  it.each(dicomStyles)('none survives in DICOM, $name', (style) => {
    const bytes = plantedDicom(style, planter);
    const seen = style.deflated ? inflateRawSync(bytes.subarray(132 + 12 + bytes.readUInt32LE(140))) : bytes;
    expect(found(seen, planter).length).toBeGreaterThan(80);
    const cleaned = clean(bytes);
    const dataSet = style.deflated
      ? inflateRawSync(Buffer.from(cleaned).subarray(132 + 12 + Buffer.from(cleaned).readUInt32LE(140)))
      : cleaned;
    expect([...found(cleaned, planter), ...found(dataSet, planter)]).toEqual([]);
    const file = readDicom(cleaned, 'file');
    expect(file.dataSet.find(({ tag }) => tag === 0x7fe0_0010)?.bytes).toEqual(Buffer.from(pixels));
    expect(file.dataSet.map(({ tag }) => tag)).toEqual(file.dataSet.map(({ tag }) => tag).sort((a, b) => a - b));
    expect(valueAt(file.dataSet, 0x0012_0062)).toBe('YES');
    expect(valueAt(file.dataSet, 0x0012_0063)).toBe('Residua 0.1.0, basic profile of PS3.15 2024b E');
    const codes = file.dataSet.find(({ tag }) => tag === 0x0012_0064)!.items!;
    expect(codes.map((item) => valueAt(item, 0x0008_0100))).toEqual(['113100']);
    expect(valueAt(file.dataSet, 0x0028_0303)).toBe('REMOVED');
    expect(readDicom(clean(cleaned), 'file').dataSet.map(({ tag }) => tag)).toEqual(file.dataSet.map(({ tag }) => tag));
  });

  it.each([
    [1, true],
    [1, false],
    [2, true],
    [2, false],
  ] as const)('none survives in NIfTI-%i, little endian %s, nor in its gzip', (version, little) => {
    const bytes = plantedNifti(version, little, planter);
    const cleaned = deidentifyNifti({ bytes }, 'file').bytes;
    const zipped = deidentifyNifti({ bytes: gzipped(bytes) }, 'file').bytes;
    expect([...found(cleaned, planter), ...found(gunzipSync(zipped), planter)]).toEqual([]);
    expect(Buffer.from(cleaned).subarray(-16).equals(pixels)).toBe(true);
    expect(gunzipSync(zipped).equals(Buffer.from(cleaned))).toBe(true);
    const start =
      version === 1 ? (little ? 'readFloatLE' : 'readFloatBE') : little ? 'readBigInt64LE' : 'readBigInt64BE';
    expect(Number(Buffer.from(cleaned)[start](version === 1 ? 108 : 168))).toBe(cleaned.length - 16);
  });

  it('none survives in PNG, whose pixels stay', async () => {
    const bytes = plantedPng(planter);
    const cleaned = deidentifyPng(bytes, 'file');
    expect(found(cleaned, planter)).toEqual([]);
    expect((await sharp(cleaned).raw().toBuffer()).equals(await sharp(bytes).raw().toBuffer())).toBe(true);
    expect(() => deidentifyPng(bytes.subarray(0, 60), 'file')).toThrow('PNG chunk');
  });

  it.each([false, true])('none survives in JPEG (progressive %s), whose pixels stay', async (progressive) => {
    const source = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a04020' } })
      .jpeg({ progressive })
      .toBuffer();
    const bytes = plantedJpeg(source, planter);
    const cleaned = deidentifyJpeg(bytes, 'file');
    expect(found(cleaned, planter)).toEqual([]);
    expect((await sharp(cleaned).raw().toBuffer()).equals(await sharp(source).raw().toBuffer())).toBe(true);
    expect(() => deidentifyJpeg(source.subarray(0, 100), 'file')).toThrow('JPEG segment');
  });

  it.each([
    ['4:4:4', 3, false],
    ['4:2:0', 3, false],
    ['4:2:0', 1, false],
    ['4:4:4', 3, true],
    ['4:2:0', 3, true],
    ['4:2:0', 1, true],
  ] as const)(
    'none survives behind the last block of any JPEG scan: %s, %i channels, progressive %s',
    async (chromaSubsampling, channels, progressive) => {
      const levels = Uint8Array.from({ length: 41 * 37 * channels }, (_, at) => (at * at * 7) % 256);
      const image = sharp(levels, { raw: { width: 41, height: 37, channels } });
      const plain = channels === 1 ? image.toColourspace('b-w') : image;
      const source = await plain.jpeg({ chromaSubsampling, quality: 90, progressive }).toBuffer();
      const text = planter.next();
      const parts: Uint8Array[] = [source.subarray(0, 2)];
      for (const { marker, start, next } of jpegSegments(source)) {
        parts.push(source.subarray(start, next), marker === startOfScan ? Buffer.from(text) : Buffer.of());
      }
      expect(parts.filter((part) => part.toString() === text).length).toBe(progressive ? (channels === 1 ? 6 : 10) : 1);
      const bytes = Buffer.concat(parts);
      const cleaned = Buffer.from(deidentifyJpeg(bytes, 'file'));
      expect(cleaned.includes(text.slice(2))).toBe(false);
      expect((await sharp(cleaned).raw().toBuffer()).equals(await sharp(source).raw().toBuffer())).toBe(true);
      const blanked = Buffer.from(bytes);
      blankJpeg(blanked);
      expect(blanked.includes(text.slice(2))).toBe(false);
      expect((await sharp(blanked).raw().toBuffer()).equals(await sharp(source).raw().toBuffer())).toBe(true);
    },
  );

  it.each([1, 3, 6, 8])('the orientation of an image stays, and nothing else of EXIF: %i', async (orientation) => {
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#a04020' } });
    const exif = { IFD0: { Copyright: planter.next() } };
    for (const [format, cleaner] of [
      ['jpeg', deidentifyJpeg],
      ['png', deidentifyPng],
    ] as const) {
      const bytes = await picture
        .clone()
        .withExif(exif)
        .withMetadata({ orientation, exif })
        .toFormat(format)
        .toBuffer();
      const cleaned = cleaner(bytes, 'file');
      expect(found(cleaned, planter)).toEqual([]);
      expect((await sharp(cleaned).metadata()).orientation ?? 1).toBe(orientation);
    }
  });

  it('were 500 and more', () => {
    expect(planter.planted.length).toBeGreaterThanOrEqual(500);
    expect(new Set(planter.planted).size).toBe(planter.planted.length);
  });
});

describe('deidentifyDicom', () => {
  const reference = (uid: string) => sequence(plain, 0x0008_1140, [element(plain, 0x0008_1155, 'UI', uid)]);
  const image = (patient: string, uid: string, more: readonly Buffer[] = []) =>
    part10(
      plain,
      Buffer.concat([
        element(plain, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        element(plain, 0x0008_0018, 'UI', uid),
        element(plain, 0x0008_0020, 'DA', '20240229'),
        element(plain, 0x0008_002a, 'DT', '20240229235959.5+0100'),
        element(plain, 0x0008_0030, 'TM', '235959'),
        reference('1.2.3.9'),
        element(plain, 0x0010_0010, 'PN', `${patient}^A`),
        element(plain, 0x0010_0020, 'LO', patient),
        element(plain, 0x0018_1000, 'LO', 'SERIAL-1'),
        ...more,
      ]),
      [element(plain, 0x0002_0003, 'UI', uid)],
    );
  const read = (bytes: Uint8Array) => readDicom(bytes, 'file');

  it('keeps references: the same UID becomes the same everywhere, standard ones stay', () => {
    const first = read(clean(image('P1', '1.2.3.9')));
    const second = read(clean(image('P2', '1.2.3.10')));
    const uid = valueAt(first.dataSet, 0x0008_0018);
    expect(uid).toMatch(/^2\.25\.\d{20,39}$/);
    expect(valueAt(first.meta, 0x0002_0003)).toBe(uid);
    const referenced = second.dataSet.find(({ tag }) => tag === 0x0008_1140)!.items![0]!;
    expect(valueAt(referenced, 0x0008_1155)).toBe(uid);
    expect(valueAt(second.dataSet, 0x0008_0018)).not.toBe(uid);
    expect(valueAt(first.dataSet, 0x0008_0016)).toBe('1.2.840.10008.5.1.4.1.1.2');
  });

  it('gives a patient one pseudonym, and another one with another key', () => {
    const names = ['P1', 'P1', 'P2'].map((patient) => valueAt(read(clean(image(patient, '1.2'))).dataSet, 0x0010_0020));
    expect(names[0]).toBe(names[1]);
    expect(names[0]).not.toBe(names[2]);
    expect(names[0]).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(pseudonymsOf(Buffer.alloc(32, 8)).patient('P1')).not.toBe(pseudonyms.patient('P1'));
  });

  it('moves all dates of a patient by the same days when they are retained', () => {
    const { dataSet } = read(clean(image('P1', '1.2'), { retainDates: true, retainDevice: false }));
    const moved = new Date(Date.UTC(2024, 1, 29 - pseudonyms.days('P1')))
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '');
    expect(valueAt(dataSet, 0x0008_0020)).toBe(moved);
    expect(valueAt(dataSet, 0x0008_002a)).toBe(`${moved}235959.5+0100`);
    expect(valueAt(dataSet, 0x0008_0030)).toBe('235959');
    expect(valueAt(dataSet, 0x0028_0303)).toBe('MODIFIED');
    expect(valueAt(read(clean(image('P1', '1.2'))).dataSet, 0x0008_0020)).toBe('');
  });

  it('retains devices only when asked', () => {
    const codes = (options: DeidentificationOptions) =>
      read(clean(image('P1', '1.2'), options))
        .dataSet.find(({ tag }) => tag === 0x0012_0064)!
        .items!.map((item) => valueAt(item, 0x0008_0100));
    expect(valueAt(read(clean(image('P1', '1.2'))).dataSet, 0x0018_1000)).toBe('REMOVED');
    expect(
      valueAt(read(clean(image('P1', '1.2'), { retainDates: true, retainDevice: true })).dataSet, 0x0018_1000),
    ).toBe('SERIAL-1');
    expect(codes({ retainDates: true, retainDevice: true })).toEqual(['113100', '113107', '113109']);
  });

  it('reads unknown elements that hold sequences, and removes unknown ones that may name somebody', () => {
    const implicit = dicomStyles[2]!;
    const hidden = sequence(implicit, 0x0008_1140, [element(implicit, 0x0008_1155, 'UI', '1.2.3.9')]).subarray(8);
    const more = [
      element(plain, 0x0028_0010, 'UN', '\x04\0'),
      element(plain, 0x0040_0007, 'UN', 'SECRET'),
      element(plain, 0x0040_a999, 'PN', 'SECRET'),
    ];
    const bytes = image('P1', '1.2', [...more, element(plain, 0x0054_0016, 'UN', hidden)]);
    const cleaned = clean(bytes);
    expect(Buffer.from(cleaned).includes('SECRET')).toBe(false);
    expect(read(cleaned).dataSet.some(({ tag }) => tag === 0x0028_0010)).toBe(true);
  });

  it.each([
    ['no file header', Buffer.from('hello')],
    ['a cut file', image('P1', '1.2').subarray(0, -5)],
    [
      'a broken representation',
      part10(plain, Buffer.concat([Buffer.from('08000800', 'hex'), Buffer.from('\x01\x02\x00\x00', 'latin1')])),
    ],
    [
      'a bomb of nested sequences',
      part10(dicomStyles[2]!, Buffer.alloc(8000, Buffer.from('08004011fffffffffeff00e0ffffffff', 'hex'))),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(() => clean(bytes)).toThrow('content');
  });

  it.each([
    [0x0028_0301, 'CS', 'YES', /says that text is burned/],
    [0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.7.2', /secondary capture/],
    [0x0008_0064, 'CS', 'WSD', /converted image/],
    [0x0008_0060, 'CS', 'US', /modality US/],
    [0x6000_0100, 'US', '\x10\0', /overlay lies among the bits/],
    [0x6000_0100, 'US', '\x01\0', undefined],
    [0x0028_0301, 'CS', 'NO', undefined],
    [0x0008_0060, 'CS', 'CT', undefined],
  ])('holds back what may show text: %s %s %s', (tag, representation, value, expected) => {
    const reason = likelyBurnedIn(part10(plain, element(plain, tag, representation, value)), 'file');
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });
});

describe('mutated files', () => {
  it('are cleaned or refused, never anything else', () => {
    const planter = new Planter();
    const outcomes = new Set<string>();
    for (const style of dicomStyles) {
      const whole = plantedDicom(style, planter);
      for (let n = 0; n < 60; n++) {
        const bytes = Buffer.from(n % 3 === 0 ? whole.subarray(0, 140 + ((n * 7919) % (whole.length - 140))) : whole);
        for (let place = 0; place < n % 7; place++)
          bytes[132 + ((n * 104_729 + place * 1_299_709) % (bytes.length - 132))]! ^= 1 + ((n * 31 + place) % 255);
        try {
          clean(bytes);
          outcomes.add('cleaned');
        } catch (error) {
          outcomes.add(error instanceof Problem ? error.kind : String(error));
        }
      }
    }
    expect([...outcomes].sort()).toEqual(['cleaned', 'content']);
  });
});

describe('readKey', () => {
  it('makes a key that only its owner reads, and gives the same one again', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'residua-key-')), 'secret', 'key');
    const first = await readKey(path);
    expect(first).toHaveLength(32);
    expect(await readKey(path)).toEqual(first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

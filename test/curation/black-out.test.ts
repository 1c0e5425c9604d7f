// Text in pixels: confirmed boxes are black in the exported copy, in every frame, and nothing else changes; unjudged text holds back.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { Samples } from '../../src-main/archive/decoded-image.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import type { ImageRecord } from '../../src-main/catalog/tables/images.ts';
import { annotationsOfFile } from '../../src-main/catalog/tables/marks.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { annotate } from '../../src-main/curation/annotations/annotate.ts';
import { judgeText } from '../../src-main/curation/annotations/judge-text.ts';
import { readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { exportImages } from '../../src-main/curation/export/export-images.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import type { ExportFormat } from '../../src-preload/export-formats.ts';
import { type DicomStyle, dicomStyles, element, encapsulated, part10, uint16 } from '../archive/write-dicom.ts';
import { emptyCatalog, noon } from '../catalog/sample-catalog.ts';

const [width, height] = [8, 6];
/** In pixels of a frame: two columns and three rows. */
const box = { x: 3, y: 1, width: 2, height: 3 };
const isInside = (pixel: number) => {
  const [x, y] = [pixel % width, Math.floor(pixel / width) % height];
  return x >= 3 && x < 5 && y >= 1 && y < 4;
};

interface Kind {
  readonly allocated: 8 | 16;
  readonly stored: number;
  readonly signed: boolean;
  readonly photometric: string;
  readonly frames: number;
}

function dicom(style: DicomStyle, kind: Kind, pixels: Buffer): Buffer {
  const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, style.little));
  const channels = kind.photometric === 'RGB' || kind.photometric === 'YBR_FULL' ? 3 : 1;
  return part10(
    style,
    Buffer.concat([
      element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.1'),
      element(style, 0x0008_0060, 'CS', 'CR'),
      short(0x0028_0002, channels),
      element(style, 0x0028_0004, 'CS', kind.photometric),
      ...(channels === 3 ? [short(0x0028_0006, 1)] : []),
      element(style, 0x0028_0008, 'IS', String(kind.frames)),
      short(0x0028_0010, height),
      short(0x0028_0011, width),
      short(0x0028_0100, kind.allocated),
      short(0x0028_0101, kind.stored),
      short(0x0028_0102, kind.stored - 1),
      short(0x0028_0103, kind.signed ? 1 : 0),
      pixels,
    ]),
  );
}

const plain = (style: DicomStyle, values: Uint8Array | Uint16Array) => {
  if (values instanceof Uint8Array) return element(style, 0x7fe0_0010, 'OW', values);
  return element(style, 0x7fe0_0010, 'OW', Buffer.concat(Array.from(values, (value) => uint16(value, style.little))));
};

const reader = new EntryReader();
const entryOf = ({ path, file, inside, size, modified }: ImageRecord) => ({ path, file, inside, size, modified });

/** A catalog of one file with `frames` images. */
async function catalogOf(format: 'DICOM' | 'PNG' | 'JPEG', bytes: Uint8Array, frames = 1): Promise<Catalog> {
  const catalog = emptyCatalog();
  const file = join(catalog.folder, 'image');
  writeFileSync(file, bytes);
  const images = Array.from({ length: frames }, (_, frame) => ({ frame, name: 'image', width, height, bits: 8 }));
  const { mtimeMs: modified } = statSync(file);
  const { sha256 } = await hashOfFile(file);
  const place = { source: catalog.folder, path: 'image', file, inside: [] };
  importFiles(catalog, [{ ...place, size: bytes.length, modified, format, sha256, images }], noon);
  return catalog;
}

async function exported(catalog: Catalog, format: ExportFormat, name: string, identities = false) {
  const target = join(catalog.folder, name);
  const options = { retainDates: false, retainDevice: false, reviewed: new Set<number>() };
  const report = await exportImages(
    catalog,
    {
      ...{ target, format, images: [1], scores: [], program: 'Residua 0.1.0', actor: 'Ada', at: noon },
      deidentification: identities ? null : { ...options, pseudonyms: pseudonymsOf(Buffer.alloc(32, 1)) },
    },
    {
      read: (record) => reader.read(entryOf(record)),
      decode: async (record) => (await openImageFile(await reader.read(entryOf(record)))).frame(record.frame),
      labels: async () => undefined,
    },
    quiet,
  );
  return { report, file: (ending: string) => readFileSync(join(target, `images/00000001.${ending}`)) };
}

const confirm = (catalog: Catalog, label: string) =>
  annotate(catalog, { image: 1, ...box, label, reviewer: 'Ada', at: noon });

async function framesOf(bytes: Uint8Array, count: number): Promise<readonly Samples[]> {
  const opened = await openImageFile({ bytes, name: 'image.dcm' });
  return Promise.all(Array.from({ length: count }, async (_, index) => (await opened.frame(index)).samples));
}

/** Differs from pixel to pixel, 0 outside the box alone. */
const levels = (length: number, most: number) =>
  Uint16Array.from({ length }, (_, at) => (at % (width * height) === 0 ? 0 : 1 + ((at * 37) % most)));

describe('confirmed text in DICOM files', () => {
  const kinds: readonly (readonly [string, DicomStyle, Kind])[] = [
    ['12 of 16 bits, two frames', dicomStyles[0]!, { ...grey(16, 12), frames: 2 }],
    ['signed, implicit', dicomStyles[2]!, { ...grey(16, 16), signed: true }],
    ['big endian', dicomStyles[4]!, grey(16, 16)],
    ['8 bits, white is lowest, deflated', dicomStyles[5]!, { ...grey(8, 8), photometric: 'MONOCHROME1' }],
    ['colour by plane', dicomStyles[0]!, { ...grey(8, 8), photometric: 'RGB', frames: 2 }],
  ];

  it.each(kinds)('is black in every frame, all else the same, and the file says so: %s', async (_, style, kind) => {
    const channels = kind.photometric === 'RGB' ? 3 : 1;
    const count = width * height * channels * kind.frames;
    const values = levels(count, kind.allocated === 8 ? 250 : 4000);
    const stored = dicom(style, kind, plain(style, kind.allocated === 8 ? Uint8Array.from(values) : values));
    const catalog = await catalogOf('DICOM', stored, kind.frames);
    confirm(catalog, 'text');
    const bytes = (await exported(catalog, 'original', 'out')).file('dcm');
    const [before, after] = [await framesOf(stored, kind.frames), await framesOf(bytes, kind.frames)];
    for (const [frame, own] of before.entries()) {
      const black = channels === 3 ? 0 : kind.photometric === 'MONOCHROME1' ? Math.max(...own) : Math.min(...own);
      const expected = own.map((value, at) => (isInside(Math.floor(at / channels)) ? black : value));
      expect(after[frame]).toEqual(expected);
    }
    expectStatement(bytes);
    // The pixels of an export that keeps identities are the user's decision.
    expect(Buffer.from((await exported(catalog, 'original', 'kept', true)).file('dcm'))).toEqual(stored);
  });

  it('is black in a compressed file, whose other samples are what its codec gives', async () => {
    const frame = await jpeg2000(Uint8Array.from(levels(width * height, 250)));
    const style = { ...dicomStyles[0]!, syntax: '1.2.840.10008.1.2.4.90' };
    const stored = dicom(style, grey(8, 8), encapsulated(frame));
    const catalog = await catalogOf('DICOM', stored);
    confirm(catalog, 'text');
    const bytes = (await exported(catalog, 'original', 'out')).file('dcm');
    const [[before], [after]] = [await framesOf(stored, 1), await framesOf(bytes, 1)];
    expect(after).toEqual(before!.map((value, at) => (isInside(at) ? 0 : value)));
    const { meta } = readDicom(bytes, 'out');
    expect(textOf(meta.find(({ tag }) => tag === 0x0002_0010)!.bytes!)).toBe('1.2.840.10008.1.2.1');
    expectStatement(bytes);
  });
});

describe('confirmed text in other files', () => {
  const pixels = Uint8Array.from(levels(width * height, 250));

  it('is black in PNG, exported as it is or as shown', async () => {
    const catalog = await catalogOf('PNG', await encodePng(width, height, 1, pixels));
    confirm(catalog, 'text');
    for (const format of ['original', 'png'] as const) {
      const { file } = await exported(catalog, format, format);
      const { samples } = await (await openImageFile({ bytes: file('png'), name: 'a.png' })).frame(0);
      expect(samples).toEqual(pixels.map((value, at) => (isInside(at) ? 0 : value)));
    }
  });

  it('holds a JPEG file back, which cannot be edited without loss', async () => {
    const { default: sharp } = await import('sharp');
    const jpeg = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .jpeg()
      .toBuffer();
    const catalog = await catalogOf('JPEG', jpeg);
    confirm(catalog, 'text');
    await expect(exported(catalog, 'original', 'out')).rejects.toMatchObject({
      values: { name: expect.stringContaining('export it as PNG') },
    });
    expect((await exported(catalog, 'png', 'png')).report.images).toBe(1);
  });
});

describe('text that nobody has judged', () => {
  it('holds an image back until a reader confirms it or allows it as a side marker', async () => {
    const pixels = Uint8Array.from(levels(width * height, 250));
    const catalog = await catalogOf('PNG', await encodePng(width, height, 1, pixels));
    const run = createRun(catalog, {
      ...{ kind: 'scores', title: '', parameters: {}, provenance: {}, at: noon },
      images: [1],
    });
    const found = [{ score: 'text', boxes: [{ ...box, value: 0.9 }] }];
    recordResults(catalog, run, [{ image: 1, scores: [{ score: 'text', value: 1 }], boxes: found }]);
    await expect(exported(catalog, 'png', 'out')).rejects.toMatchObject({
      values: { name: expect.stringContaining('a line of text in its pixels that nobody has confirmed or allowed') },
    });
    const by = { reviewer: 'Ada', at: noon };
    expect(judgeText(catalog, { label: 'side marker', ...by })).toBe(1);
    // What has been judged is not judged again.
    expect(judgeText(catalog, { label: 'text', ...by })).toBe(0);
    expect(annotationsOfFile(catalog, 1)).toMatchObject([{ x: 1, y: 0, width: 6, height: 6, label: 'side marker' }]);
    const { file } = await exported(catalog, 'png', 'allowed');
    const { samples } = await (await openImageFile({ bytes: file('png'), name: 'a.png' })).frame(0);
    expect(samples).toEqual(pixels);
  });
});

function grey(allocated: 8 | 16, stored: number): Kind {
  return { allocated, stored, signed: false, photometric: 'MONOCHROME2', frames: 1 };
}

function expectStatement(bytes: Uint8Array): void {
  const { dataSet } = readDicom(bytes, 'out');
  const found = (tag: number) => dataSet.find((each) => each.tag === tag)!;
  expect(textOf(found(0x0028_0301).bytes!)).toBe('NO');
  const codes = found(0x0012_0064).items!.map((item) => item.map((each) => textOf(each.bytes!)));
  expect(codes.at(-1)).toEqual(['113101', 'DCM', 'Clean Pixel Data Option']);
}

async function jpeg2000(pixels: Uint8Array): Promise<Uint8Array> {
  const openjpeg = await createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg')({ print: () => {} });
  const encoder = new openjpeg.J2KEncoder();
  try {
    const frame = { width, height, bitsPerSample: 8, componentCount: 1, isSigned: false };
    encoder.getDecodedBuffer(frame).set(pixels);
    encoder.setQuality(true, 0);
    encoder.setDecompositions(1);
    encoder.encode();
    return new Uint8Array(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}

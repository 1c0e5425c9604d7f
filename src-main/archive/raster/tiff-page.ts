// One page of a TIFF file: what its samples are and where they lie; as samples where they are plain, else as a file of its own.
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';
import { type Directory, fieldBytes, integers, type TiffFile } from './tiff-directory.ts';

const tags = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripCounts: 279,
  planar: 284,
  tileWidth: 322,
  tileOffsets: 324,
  tileCounts: 325,
  sampleFormat: 339,
} as const;

/** Fields that say how pixels are coded, and are needed to decode them elsewhere; profiles, texts and private ones are not. */
const codingTags = [
  256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320, 322, 323, 332, 338, 347, 529, 530, 531, 532,
];
const uncompressed = 1;
/** JPEG as TIFF 6.0 had it, whose data is found by offsets in fields of its own. */
const oldJpeg = 6;

export interface TiffPage {
  readonly directory: Directory;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samplesPerPixel: number;
  readonly compression: number;
  /** 0 grey with white lowest, 1 grey, 2 RGB, and others. */
  readonly photometric: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly sampleFormat: number;
  readonly orientation: number;
  /** A smaller copy of another page, or a mask for it. */
  readonly isSecondary: boolean;
}

/** Reads what a page is. Throws `content` when it has no size. */
export function readPage(file: TiffFile, directory: Directory, name: string): TiffPage {
  const first = (tag: number, otherwise: number) => integers(file, directory, tag)[0] ?? otherwise;
  const [width, height] = [first(tags.width, 0), first(tags.height, 0)];
  if (width === 0 || height === 0) throw broken(name, directory, 'has no size');
  return {
    directory,
    width,
    height,
    bits: first(tags.bits, 1),
    samplesPerPixel: first(tags.samples, 1),
    compression: first(tags.compression, uncompressed),
    photometric: first(tags.photometric, 1),
    sampleFormat: first(tags.sampleFormat, 1),
    orientation: first(tags.orientation, 1),
    isSecondary: (first(tags.subfileType, 0) & 5) !== 0,
  };
}

function broken(name: string, { page }: Directory, reason: string): Problem {
  return new Problem('content', { file: name, reason: `TIFF: page ${page + 1} ${reason}` });
}

/** A piece of a page's data. */
interface Segment {
  readonly offset: number;
  readonly length: number;
}

/** Strips or tiles. Throws `content` when one lies outside the file. */
export function segmentsOf(file: TiffFile, page: TiffPage, name: string): readonly Segment[] {
  const { directory } = page;
  const tiled = directory.fields.has(tags.tileOffsets);
  const offsets = integers(file, directory, tiled ? tags.tileOffsets : tags.stripOffsets);
  const counts = integers(file, directory, tiled ? tags.tileCounts : tags.stripCounts);
  if (offsets.length === 0) throw broken(name, directory, 'has no data');
  return offsets.map((offset, index) => {
    // Old writers leave the length of a single strip out.
    const length = counts[index] ?? (offsets.length === 1 ? file.bytes.length - offset : Number.NaN);
    if (!(offset + length <= file.bytes.length)) throw broken(name, directory, 'is cut short');
    return { offset, length };
  });
}

const views: Readonly<Record<string, (bytes: ArrayBuffer) => Samples>> = {
  '1 8': (bytes) => new Uint8Array(bytes),
  '1 16': (bytes) => new Uint16Array(bytes),
  '1 32': (bytes) => new Uint32Array(bytes),
  '2 8': (bytes) => new Int8Array(bytes),
  '2 16': (bytes) => new Int16Array(bytes),
  '2 32': (bytes) => new Int32Array(bytes),
  '3 32': (bytes) => new Float32Array(bytes),
  '3 64': (bytes) => new Float64Array(bytes),
};

/** Samples of a page as stored; `channels` counts those of a pixel. */
export interface PlainPage {
  readonly samples: Samples;
  readonly channels: 1 | 3;
  readonly hasAlpha: boolean;
}

/**
 * The samples of a page that is not compressed and whose pixels are grey or RGB, [height, width, channels]; transparency is
 * left behind, and grey whose lowest value is white is turned round. Undefined for any other page.
 */
export function plainPage(file: TiffFile, page: TiffPage, name: string): PlainPage | undefined {
  const { width, height, bits, samplesPerPixel, photometric, sampleFormat, directory } = page;
  const channels = photometric === 2 ? 3 : 1;
  const view = views[`${sampleFormat} ${bits}`];
  const plain = page.compression === uncompressed && photometric <= 2 && view !== undefined;
  const inPixels = (integers(file, directory, tags.planar)[0] ?? 1) === 1 || samplesPerPixel === 1;
  const isTiled = directory.fields.has(tags.tileOffsets);
  const isReversed = (integers(file, directory, tags.fillOrder)[0] ?? 1) !== 1;
  const sameBits = integers(file, directory, tags.bits).every((each) => each === bits);
  if (!plain || !inPixels || isTiled || isReversed || !sameBits) return undefined;
  if (samplesPerPixel < channels || (photometric === 0 && sampleFormat !== 1)) return undefined;
  const size = bits / 8;
  const rowBytes = width * samplesPerPixel * size;
  const [declared = height] = integers(file, directory, tags.rowsPerStrip);
  const rowsPerStrip = Math.min(height, declared);
  if (rowsPerStrip < 1) throw broken(name, directory, 'has strips without rows');
  const bytes = new Uint8Array(height * rowBytes);
  const strips = segmentsOf(file, page, name);
  for (let row = 0, strip = 0; row < height; row += rowsPerStrip, strip++) {
    const wanted = Math.min(rowsPerStrip, height - row) * rowBytes;
    const { offset, length } = strips[strip] ?? { offset: 0, length: 0 };
    if (length < wanted) throw broken(name, directory, 'is cut short');
    bytes.set(file.bytes.subarray(offset, offset + wanted), row * rowBytes);
  }
  if (!file.littleEndian) swap(bytes, size);
  const all = view(bytes.buffer);
  const samples = samplesPerPixel === channels ? all : firstOf(all, samplesPerPixel, channels);
  if (photometric === 0) invert(samples as Uint8Array | Uint16Array | Uint32Array);
  return { samples, channels, hasAlpha: samplesPerPixel > channels };
}

function swap(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const buffer = Buffer.from(bytes.buffer);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

/** The first `kept` of every `stored` values. */
function firstOf(values: Samples, stored: number, kept: number): Samples {
  const result = values.slice(0, (values.length / stored) * kept);
  for (let at = 0; at < result.length; at++) result[at] = values[Math.floor(at / kept) * stored + (at % kept)]!;
  return result;
}

function invert(values: Uint8Array | Uint16Array | Uint32Array): void {
  const white = 2 ** (values.BYTES_PER_ELEMENT * 8) - 1;
  for (let at = 0; at < values.length; at++) values[at] = white - values[at]!;
}

/**
 * The page as a TIFF file of its own, in the byte order of the original: its fields in order, its data and nothing else.
 * Signed integers are declared unsigned, bit for bit. Undefined where the data cannot be moved.
 */
export function singlePageFile(file: TiffFile, page: TiffPage, name: string): Uint8Array | undefined {
  if (page.compression === oldJpeg) return undefined;
  const { directory } = page;
  const { littleEndian: little } = file;
  const segments = segmentsOf(file, page, name);
  const tiled = directory.fields.has(tags.tileOffsets);
  const fields = codingTags.flatMap((tag) => {
    const field = directory.fields.get(tag);
    return field === undefined ? [] : [{ tag, type: field.type, count: field.count, bytes: fieldBytes(file, field) }];
  });
  const longs = (values: readonly number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries())
      little ? bytes.writeUInt32LE(value, index * 4) : bytes.writeUInt32BE(value, index * 4);
    return bytes;
  };
  const short = (value: number) => Buffer.from(little ? [value, 0] : [0, value]);
  const { sampleFormat } = page;
  let at = 8;
  const offsets = segments.map(({ length }) => {
    const offset = at;
    at += length;
    return offset;
  });
  fields.push(
    { tag: tiled ? tags.tileOffsets : tags.stripOffsets, type: 4, count: offsets.length, bytes: longs(offsets) },
    {
      ...{ tag: tiled ? tags.tileCounts : tags.stripCounts, type: 4, count: segments.length },
      bytes: longs(segments.map(({ length }) => length)),
    },
    {
      ...{ tag: tags.sampleFormat, type: 3, count: page.samplesPerPixel },
      bytes: Buffer.concat(Array(page.samplesPerPixel).fill(short(sampleFormat === 2 ? 1 : sampleFormat))),
    },
  );
  return assembled(
    fields,
    segments.map(({ offset, length }) => file.bytes.subarray(offset, offset + length)),
    little,
  );
}

function assembled(
  fields: readonly {
    readonly tag: number;
    readonly type: number;
    readonly count: number;
    readonly bytes: Uint8Array;
  }[],
  data: readonly Uint8Array[],
  little: boolean,
): Uint8Array {
  const dataEnd = data.reduce((sum, { length }) => sum + length, 8);
  const start = dataEnd + (dataEnd % 2);
  const outside = start + 2 + fields.length * 12 + 4;
  const total = fields.reduce((sum, { bytes }) => sum + (bytes.length > 4 ? bytes.length + 1 : 0), outside);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set(little ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, 42, little);
  view.setUint32(4, start, little);
  let at = 8;
  for (const piece of data) {
    file.set(piece, at);
    at += piece.length;
  }
  view.setUint16(start, fields.length, little);
  let value = outside;
  for (const [index, { tag, type, count, bytes }] of fields.toSorted((a, b) => a.tag - b.tag).entries()) {
    const entry = start + 2 + index * 12;
    view.setUint16(entry, tag, little);
    view.setUint16(entry + 2, type, little);
    view.setUint32(entry + 4, count, little);
    if (bytes.length <= 4) file.set(bytes, entry + 8);
    else {
      view.setUint32(entry + 8, value, little);
      file.set(bytes, value);
      value += bytes.length + (bytes.length % 2);
    }
  }
  return file;
}

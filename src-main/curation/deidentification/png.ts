// Rewrites a PNG file from its pixels: only the picture is kept, so nothing can hide elsewhere in the file.
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { filteredByPaeth, unfiltered } from '../../archive/raster/png-filter.ts';
import { Problem } from '../../platform/errors.ts';
import { orientationAlone } from './orientation.ts';

/** What IHDR declares (PNG third edition, 11.2.1). */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const palette = 3;
/** Samples of a pixel by colour type: grey, RGB, palette, grey and alpha, RGBA. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Chunks of fixed size that say how to show the pixels; none has room for text. tRNS and PLTE are treated on their own. */
const shownBy: Readonly<Record<string, readonly number[]>> = {
  gAMA: [4],
  cHRM: [32],
  sRGB: [1],
  sBIT: [1, 2, 3, 4],
  pHYs: [9],
  cICP: [4],
};

/**
 * The same picture without text, time, profile, unknown chunks or EXIF (but for its orientation), without bytes behind the compressed rows or rows
 * behind the last, without entries of the palette that no pixel uses, and without content of IEND. Depth, colour type and
 * interlacing stay, and so does every sample. Throws `content` when the file is broken or cut off.
 */
export function deidentifyPng(bytes: Uint8Array, file: string): Uint8Array {
  const broken = (reason: string, cause?: unknown) => new Problem('content', { file, reason }, { cause });
  const chunks = chunksOf(bytes, broken);
  const header = headerOf(chunks.get('IHDR')?.[0], broken);
  const filtered = inflated(Buffer.concat(chunks.get('IDAT') ?? []), filteredSize(header), broken);
  const used = new Set<number>();
  const data: Uint8Array[] = [];
  let at = 0;
  for (const { width, height } of passesOf(header)) {
    const length = rowBytes(header, width);
    // As they were read, and as they are written: the filter counts with the bits behind the last pixel.
    let above: Uint8Array = new Uint8Array(length);
    let aboveWritten = above;
    for (let y = 0; y < height; y++) {
      const row = unfiltered(filtered[at]!, filtered.subarray(at + 1, at + 1 + length), above, bytesPerPixel(header));
      if (row === undefined) throw broken('has a row with an unknown PNG filter');
      at += 1 + length;
      const written = withoutPadding(row, header, width);
      if (header.colourType === palette) for (const index of indicesOf(row, header, width)) used.add(index);
      data.push(refiltered(written, aboveWritten, header));
      above = row;
      aboveWritten = written;
    }
  }
  return Buffer.concat([
    signature,
    chunk('IHDR', chunks.get('IHDR')![0]!),
    ...shownParts(chunks, header, used, broken),
    chunk('IDAT', deflateSync(Buffer.concat(data))),
    chunk('IEND', new Uint8Array()),
  ]);
}

type Broken = (reason: string, cause?: unknown) => Problem;

/** The contents of the chunks up to IEND, by name. */
function chunksOf(bytes: Uint8Array, broken: Broken): ReadonlyMap<string, readonly Uint8Array[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array[]>();
  for (let at = signature.length; ; ) {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw broken('ends in the middle of a PNG chunk');
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (name === 'IEND') return chunks;
    chunks.set(name, [...(chunks.get(name) ?? []), bytes.subarray(at + 8, end - 4)]);
    at = end;
  }
}

function headerOf(content: Uint8Array | undefined, broken: Broken): Header {
  if (content?.length !== 13) throw broken('has no PNG header');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [depth, colourType, compression, filter, interlace] = content.subarray(8) as unknown as [number, ...number[]];
  const header = { width: view.getUint32(0), height: view.getUint32(4), depth, colourType: colourType! };
  const known = depthsOf[header.colourType]?.includes(depth) && compression === 0 && filter === 0 && interlace! < 2;
  if (!known || header.width === 0 || header.height === 0) throw broken('has a broken PNG header');
  return { ...header, interlaced: interlace === 1 };
}

/** Adam7 (PNG 8.1): the first column and row of each pass, and the steps to the next. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Sizes of the reduced images, one unless it is interlaced; empty ones are left out. */
function passesOf({
  width,
  height,
  interlaced,
}: Header): readonly { readonly width: number; readonly height: number }[] {
  if (!interlaced) return [{ width, height }];
  return adam7
    .map(([column, row, right, down]) => ({
      width: Math.ceil((width - column) / right),
      height: Math.ceil((height - row) / down),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

const bitsPerPixel = ({ depth, colourType }: Header) => depth * samplesOf[colourType]!;
/** From a pixel to the next, as filters count; at least 1. */
const bytesPerPixel = (header: Header) => Math.max(1, bitsPerPixel(header) / 8);
const rowBytes = (header: Header, width: number) => Math.ceil((width * bitsPerPixel(header)) / 8);
const filteredSize = (header: Header) =>
  passesOf(header).reduce((sum, { width, height }) => sum + height * (1 + rowBytes(header, width)), 0);

/** The filtered rows, as many as the picture has; what follows them is left out. */
function inflated(data: Uint8Array, size: number, broken: Broken): Uint8Array {
  let rows: Uint8Array;
  try {
    // Surplus rows are dropped, but nobody needs to inflate a bomb for that.
    rows = inflateSync(data, { maxOutputLength: size * 2 + 1024 * 1024 });
  } catch (error) {
    throw broken('its PNG pixels are broken, or more than a picture', error);
  }
  if (rows.length < size) throw broken('has fewer rows of pixels than it says');
  // Not as a Buffer, whose slice() is no copy.
  return new Uint8Array(rows.buffer, rows.byteOffset, size);
}

/** A row as it is written: with the filter Paeth where samples are whole bytes, without one where they are less or indices. */
function refiltered(row: Uint8Array, above: Uint8Array, header: Header): Uint8Array {
  if (header.depth < 8 || header.colourType === palette) return Buffer.concat([Buffer.of(0), row]);
  return filteredByPaeth(row, above, bytesPerPixel(header));
}

/** The row with zeros for the bits behind its last pixel. */
function withoutPadding(row: Uint8Array, header: Header, width: number): Uint8Array {
  const unused = row.length * 8 - width * bitsPerPixel(header);
  if (unused === 0) return row;
  const clean = row.slice();
  clean[row.length - 1]! &= 0xff << unused;
  return clean;
}

function* indicesOf(row: Uint8Array, { depth }: Header, width: number): Generator<number> {
  const perByte = 8 / depth;
  for (let pixel = 0; pixel < width; pixel++) {
    const shift = 8 - depth * ((pixel % perByte) + 1);
    yield (row[Math.floor(pixel / perByte)]! >> shift) & (2 ** depth - 1);
  }
}

/** Every chunk besides header and pixels that the picture needs, in the order of the standard. */
function shownParts(
  chunks: ReadonlyMap<string, readonly Uint8Array[]>,
  header: Header,
  used: ReadonlySet<number>,
  broken: Broken,
): readonly Uint8Array[] {
  const first = (name: string) => chunks.get(name)?.[0];
  const shown = (name: string) => {
    const content = first(name);
    return content !== undefined && shownBy[name]!.includes(content.length) ? [chunk(name, content)] : [];
  };
  const before = ['gAMA', 'cHRM', 'sRGB', 'sBIT', 'cICP'].flatMap(shown);
  const orientation = orientationAlone(first('eXIf') ?? new Uint8Array());
  const after = [...shown('pHYs'), ...(orientation === undefined ? [] : [chunk('eXIf', orientation)])];
  const transparent = first('tRNS');
  if (header.colourType !== palette) {
    const size = { 0: 2, 2: 6 }[header.colourType];
    return [
      ...before,
      ...(transparent !== undefined && transparent.length === size ? [chunk('tRNS', transparent)] : []),
      ...after,
    ];
  }
  const colours = first('PLTE');
  if (colours === undefined || colours.length % 3 !== 0) throw broken('has no palette');
  const last = Math.max(...used) + 1;
  const needed = colours.slice(0, last * 3).map((level, at) => (used.has(Math.floor(at / 3)) ? level : 0));
  const alphas = transparent?.slice(0, last).map((alpha, index) => (used.has(index) ? alpha : 255));
  return [...before, chunk('PLTE', needed), ...(alphas === undefined ? [] : [chunk('tRNS', alphas)]), ...after];
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

// Removes from DICOM pixel data what is no pixel: comments within compressed frames, bytes behind the samples, unused bits.
import { inflateRawSync } from 'node:zlib';
import { bitsPerFrame, type FrameShape } from '../../archive/dicom/codecs/coded-frame.ts';
import { rleCells } from '../../archive/dicom/codecs/rle.ts';
import { type Fragment, firstFragments } from '../../archive/dicom/fragments.ts';
import { valueBits } from '../../archive/dicom/samples.ts';
import { Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { type DataSet, type Element, type Encoding, type Tag, textOf } from './dicom-elements.ts';
import { blankJpeg } from './jpeg-segments.ts';
import { blankJpeg2000 } from './jpeg2000-comments.ts';
import {
  addValues,
  type Cells,
  cleanByte,
  clearUnusedBits,
  hasUnusedBits,
  paletteTables,
  withoutUnusedColours,
} from './unused-bits.ts';

const [pixelData, floatPixels, doublePixels] = [0x7fe0_0010, 0x7fe0_0008, 0x7fe0_0009];
const pixelTags: ReadonlySet<Tag> = new Set([pixelData, floatPixels, doublePixels]);
/** Extended Offset Table and its lengths: a basic table is written instead, since they need not hold offsets. */
const extendedOffsets = 0x7fe0_0001;
const extendedTables: ReadonlySet<Tag> = new Set([extendedOffsets, 0x7fe0_0002]);

/** What a data set declares of its pixels. */
interface Shape extends FrameShape, Cells {
  readonly frames: number;
  readonly planar: boolean;
  /** Bits of a cell that overlays occupy, as a mask: they are no part of the image. */
  readonly taken: number;
}

/** Blanks in place what decoding one frame does not need. Throws an Error in plain words for what is not well formed. */
type Blank = (stream: Uint8Array, shape: Shape) => void;

/** Every compressed transfer syntax that is read. */
const blanks: Readonly<Record<string, Blank>> = {
  '1.2.840.10008.1.2.5': blankRle,
  ...family(['50', '51', '53', '55', '57', '70', '80', '81'], blankJpeg),
  ...family(['90', '91', '201', '202', '203'], blankJpeg2000),
  '1.2.840.10008.1.2.8.1': blankDeflated,
};

function family(endings: readonly string[], blank: Blank): Readonly<Record<string, Blank>> {
  return Object.fromEntries(endings.map((ending) => [`1.2.840.10008.1.2.4.${ending}`, blank]));
}

/**
 * The elements of a data set with its pixel data cleaned: every sample stays as it is, all lengths within frames too.
 * `syntax` is the transfer syntax, `indices` are the palette indices of compressed frames (`compressedIndices`). Throws
 * `content` for pixels that are not as declared: nobody could say what they hold.
 */
export function withCleanPixels(
  dataSet: DataSet,
  encoding: Encoding,
  syntax: string,
  indices: ReadonlySet<number>,
  file: string,
): DataSet {
  if (!dataSet.some(({ tag }) => pixelTags.has(tag))) return dataSet;
  const broken = (reason: string, cause?: unknown) => new Problem('content', { file, reason }, { cause });
  const shape = shapeOf(dataSet, encoding);
  if (shape === undefined) throw broken('does not declare the size of its pixels');
  const used = new Set(indices);
  const clean = (element: Element): Element => {
    if (!pixelTags.has(element.tag)) return element;
    if (element.bytes !== undefined) {
      const written = asWritten(shape, element);
      const bytes = declaredBytes(element.bytes, element, written, encoding);
      if (element.tag === pixelData) cleanPlainFrames(bytes, written, encoding, used);
      return { ...element, bytes };
    }
    const blank = blanks[syntax];
    if (element.fragments === undefined || blank === undefined) throw broken('its pixels are not as its header says');
    try {
      const fragments = cleanFragments(element.fragments, extendedTable(dataSet), shape, blank);
      return { ...element, fragments };
    } catch (error) {
      throw broken(`its compressed pixel data ${inWords(error)}`, error);
    }
  };
  const cleaned = dataSet.filter(({ tag }) => !extendedTables.has(tag)).map(clean);
  const indexed = shape.photometric === 'PALETTE COLOR' && !shape.signed && shape.highBit + 1 === shape.stored;
  return indexed && used.size > 0 ? withoutUnusedColours(cleaned, used, encoding.littleEndian) : cleaned;
}

/** An item of a sequence without pictures of its own and their palettes, such as icons: nobody reviews those. */
export function withoutPixels(item: DataSet): DataSet {
  if (!item.some(({ tag }) => pixelTags.has(tag))) return item;
  return item.filter(({ tag }) => !pixelTags.has(tag) && !paletteTables.has(tag));
}

function shapeOf(dataSet: DataSet, { littleEndian }: Encoding): Shape | undefined {
  const bytesOf = (tag: Tag) => dataSet.find((element) => element.tag === tag)?.bytes ?? new Uint8Array();
  const word = (tag: Tag) => {
    const [first, second] = bytesOf(tag);
    if (first === undefined || second === undefined) return undefined;
    return littleEndian ? second * 256 + first : first * 256 + second;
  };
  const [height, width, allocated] = [word(0x0028_0010), word(0x0028_0011), word(0x0028_0100)];
  const channels = word(0x0028_0002) ?? 1;
  // No frame at all is one, as readers take it.
  const frames = Number(textOf(bytesOf(0x0028_0008)).split('\\')[0]) || 1;
  if (height === undefined || width === undefined || allocated === undefined) return undefined;
  if ((channels !== 1 && channels !== 3) || !Number.isSafeInteger(frames) || frames < 1) return undefined;
  const stored = word(0x0028_0101) ?? allocated;
  return {
    height,
    width,
    allocated,
    channels,
    frames,
    stored,
    highBit: word(0x0028_0102) ?? stored - 1,
    signed: word(0x0028_0103) === 1,
    photometric: textOf(bytesOf(0x0028_0004)),
    planar: channels === 3 && word(0x0028_0006) === 1,
    taken: overlayBits(word, (tag) => dataSet.some((element) => element.tag === tag)),
  };
}

/** The bits of a cell that overlays without data of their own occupy (retired, PS3.3-2004 C.9.2), as a mask. */
function overlayBits(word: (tag: Tag) => number | undefined, has: (tag: Tag) => boolean): number {
  let mask = 0;
  for (let group = 0x6000_0000; group <= 0x601e_0000; group += 0x0002_0000) {
    const bit = word(group + 0x0102);
    if (bit !== undefined && word(group + 0x0010) !== undefined && !has(group + 0x3000)) mask |= 1 << bit;
  }
  return mask;
}

/** The shape as the pixels were written: some writers call full-length data YBR_FULL_422, and its length tells. */
function asWritten(shape: Shape, { tag, bytes = new Uint8Array() }: Element): Shape {
  const own = { ...shape, allocated: { [floatPixels]: 32, [doublePixels]: 64 }[tag] ?? shape.allocated };
  const full = lengthOf({ ...own, photometric: 'YBR_FULL' });
  const isFull = full <= bytes.length && bytes.length <= full + 1;
  return isFull && shape.photometric === 'YBR_FULL_422' ? { ...own, photometric: 'YBR_FULL' } : own;
}

/** Of all frames, in bytes. */
const lengthOf = (shape: Shape): number => Math.ceil((bitsPerFrame(shape) * shape.frames) / 8);

/**
 * A copy of plain pixels without what lies behind the last declared sample. An odd number of bytes is padded with a zero,
 * which in big-endian words comes before the last sample (PS3.5 A.3).
 */
function declaredBytes(
  bytes: Uint8Array,
  { representation }: Element,
  shape: Shape,
  { littleEndian }: Encoding,
): Uint8Array {
  const length = lengthOf(shape);
  if (length % 2 === 0) return new Uint8Array(bytes.subarray(0, length));
  const padded = new Uint8Array(bytes.subarray(0, length + 1));
  const inWords = !littleEndian && representation === 'OW' && shape.allocated <= 8;
  padded[inWords ? length - 1 : length] = 0;
  return padded;
}

/** Clears, in place, the bits of each frame's cells that are no part of its values, and adds palette indices to `seen`. */
function cleanPlainFrames(bytes: Uint8Array, shape: Shape, { littleEndian }: Encoding, seen: Set<number>): void {
  const length = bitsPerFrame(shape) / 8;
  for (let frame = 0; frame < shape.frames; frame++) {
    const cells = bytes.subarray(frame * length, (frame + 1) * length);
    const used = hasUnusedBits(shape) ? { ...shape, ...valueBits(cells, shape, littleEndian, shape.taken) } : shape;
    if (shape.photometric === 'PALETTE COLOR') addValues(seen, cells, used, littleEndian);
    clearUnusedBits(cells, used, littleEndian);
  }
}

/** The Extended Offset Table (64-bit little endian, as all compressed files are); empty where there is none. */
function extendedTable(dataSet: DataSet): readonly number[] {
  const { bytes = new Uint8Array() } = dataSet.find(({ tag }) => tag === extendedOffsets) ?? {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => Number(view.getBigUint64(index * 8, true)));
}

const itemHeader = 8;

/** A copy of encapsulated pixel data (an offset table and fragments, each with its item header) with clean frames. */
function cleanFragments(encapsulated: Uint8Array, extended: readonly number[], shape: Shape, blank: Blank): Uint8Array {
  const bytes = new Uint8Array(encapsulated);
  const view = new DataView(bytes.buffer);
  const items: Fragment[] = [];
  for (let at = 0; at < bytes.length; at += itemHeader + items.at(-1)!.length) {
    items.push({ offset: at, position: at + itemHeader, length: view.getUint32(at + 4, true) });
  }
  const [table, ...placed] = items;
  const [firstFragment] = placed;
  if (table === undefined || firstFragment === undefined) throw new Error('is empty');
  const fragments = placed.map((fragment) => ({ ...fragment, offset: fragment.offset - firstFragment.offset }));
  const offsets = Array.from({ length: Math.floor(table.length / 4) }, (_, index) =>
    view.getUint32(table.position + index * 4, true),
  );
  const starts = firstFragments(bytes, fragments, [extended, offsets], shape.frames);
  if (starts.length !== shape.frames) throw new Error(`has ${fragments.length} fragments for ${shape.frames} frames`);
  for (const [index, first] of starts.entries()) {
    blankFrame(bytes, fragments.slice(first, starts[index + 1]), (frame) => blank(frame, shape));
  }
  // What is no offset may be anything: the table is written anew, where there was one.
  const tabled = offsets.length + extended.length > 0 ? starts : [];
  const written = offsetTable(tabled.map((first) => fragments[first]!.offset));
  return Buffer.concat([written, bytes.subarray(firstFragment.offset)]);
}

/** The first item of encapsulated pixel data: where each frame begins, from the first fragment on. */
function offsetTable(offsets: readonly number[]): Uint8Array {
  const item = Buffer.alloc(itemHeader + offsets.length * 4);
  item.writeUInt16LE(0xfffe, 0);
  item.writeUInt16LE(0xe000, 2);
  item.writeUInt32LE(offsets.length * 4, 4);
  for (const [index, offset] of offsets.entries()) item.writeUInt32LE(offset, itemHeader + index * 4);
  return item;
}

/** Blanks a frame that may be spread over several fragments. */
function blankFrame(bytes: Uint8Array, fragments: readonly Fragment[], blank: (frame: Uint8Array) => void): void {
  const parts = fragments.map(({ position, length }) => bytes.subarray(position, position + length));
  const [only] = parts;
  const whole = parts.length === 1 ? only! : Buffer.concat(parts);
  blank(whole);
  if (whole === only) return;
  let at = 0;
  for (const part of parts) {
    part.set(whole.subarray(at, at + part.length));
    at += part.length;
  }
}

const rleHeader = 64;

/**
 * RLE (PS3.5 annex G): offsets of segments that are not there, what follows in a segment when its plane is full, and the
 * bits of each byte that no sample uses.
 */
function blankRle(stream: Uint8Array, shape: Shape): void {
  if (stream.length < rleHeader) throw new Error('has a short RLE header');
  const { width, height, allocated } = shape;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const segments = view.getUint32(0, true);
  if (segments > 15) throw new Error('has too many RLE segments');
  stream.fill(0, 4 + segments * 4, rleHeader);
  const plane = allocated === 1 ? Math.ceil((width * height) / 8) : width * height;
  const ends = Array.from({ length: segments }, (_, index) =>
    index + 1 < segments ? view.getUint32(8 + index * 4, true) : stream.length,
  );
  const perCell = Math.max(1, allocated / 8);
  const used = hasUnusedBits(shape)
    ? { ...shape, ...valueBits(rleCells(stream, shape), { ...shape, planar: false }, true, shape.taken) }
    : shape;
  let before = rleHeader;
  for (const [segment, end] of ends.entries()) {
    const start = view.getUint32(4 + segment * 4, true);
    if (start < before || end < start || end > stream.length) throw new Error('has an RLE segment outside its frame');
    stream.fill(0, before, start);
    const position = perCell - 1 - (segment % perCell);
    const clean = (byte: number) => (used.stored < allocated ? cleanByte(byte, position, used) : byte);
    stream.fill(0, cleanPlane(stream, start, end, plane, clean), end);
    before = end;
  }
}

/** Cleans every byte of the PackBits that fill a plane, and blanks those beyond it; where they end. */
function cleanPlane(
  stream: Uint8Array,
  start: number,
  end: number,
  plane: number,
  clean: (byte: number) => number,
): number {
  let at = start;
  for (let filled = 0; filled < plane; ) {
    const control = at < end ? stream[at]! : undefined;
    if (control === undefined) throw new Error('has a short RLE segment');
    const run = control > 128 ? 257 - control : 0;
    const literals = control < 128 ? control + 1 : Math.min(1, run);
    for (let byte = at + 1; byte <= Math.min(at + literals, end - 1); byte++) {
      // Literal bytes beyond the plane may be anything.
      stream[byte] = run === 0 && filled + byte - at > plane ? 0 : clean(stream[byte]!);
    }
    filled += run > 0 ? run : literals;
    at += 1 + literals;
  }
  return Math.min(at, end);
}

/** A deflated frame: what follows its end. */
function blankDeflated(stream: Uint8Array, shape: Shape): void {
  const maxOutputLength = Math.ceil(bitsPerFrame(shape) / 8) + 1;
  const { engine } = inflateRawSync(stream, { maxOutputLength, info: true } as object) as unknown as {
    readonly engine: { readonly bytesWritten: number };
  };
  stream.fill(0, engine.bytesWritten);
}

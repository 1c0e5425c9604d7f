// Finds the bytes of each frame in the pixel attribute: plain cells by arithmetic, encapsulated ones by their fragments.
import { Problem } from '../../platform/errors.ts';
import { bitsPerFrame } from './codecs/coded-frame.ts';
import { type Attributes, numbers } from './data-set.ts';
import { type PixelModule, pixelTag } from './pixel-module.ts';

/** A piece of encapsulated pixel data: where it lies in the bytes of its data set. */
export interface Fragment {
  /** From the first fragment's item tag. */
  readonly offset: number;
  readonly position: number;
  readonly length: number;
}

/**
 * Frame `index` of pixels stored plainly. For one bit per pixel a frame may begin inside a byte: then the bits are moved
 * to the front. Throws `content` when the attribute holds less than all declared frames.
 */
export function plainFrame(attributes: Attributes, module: PixelModule, index: number, name: string): Uint8Array {
  const element = attributes.elements[pixelTag(attributes, name)]!;
  const bits = bitsPerFrame(module);
  const expected = Math.ceil((bits * module.frames) / 8);
  if (element.length < expected) {
    throw new Problem('content', { file: name, reason: `the pixel data holds ${element.length} of ${expected} bytes` });
  }
  const inWords = !attributes.littleEndian && element.vr === 'OW' && module.allocated <= 8;
  const all = inWords ? swapWords(attributes.bytes, element) : attributes.bytes.subarray(element.dataOffset);
  const start = index * bits;
  if (bits % 8 === 0) return all.subarray(start / 8, (start + bits) / 8);
  return shiftBits(all, start, bits);
}

/** Cells of a byte or less that were written as big-endian words (PS3.5 A.3): in the order of a byte stream. */
function swapWords(
  bytes: Uint8Array,
  { dataOffset, length }: Pick<Fragment, 'length'> & { readonly dataOffset: number },
): Uint8Array {
  return new Uint8Array(Buffer.from(bytes.subarray(dataOffset, dataOffset + length - (length % 2))).swap16());
}

/** What the pixel attribute holds beyond its frames and one byte of padding, in bytes. */
export function excessBytes(attributes: Attributes, module: PixelModule, name: string): number {
  const { length } = attributes.elements[pixelTag(attributes, name)]!;
  const expected = Math.ceil((bitsPerFrame(module) * module.frames) / 8);
  return Math.max(0, length - expected - (expected % 2));
}

function shiftBits(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const moved = new Uint8Array(Math.ceil(count / 8));
  for (let bit = 0; bit < count; bit++) {
    const from = start + bit;
    const value = (bytes[from >> 3]! >> (from & 7)) & 1;
    moved[bit >> 3]! |= value << (bit & 7);
  }
  return moved;
}

/**
 * The compressed streams of all frames, in order: by the extended or basic offset table, else one fragment per frame,
 * else by where streams begin. Throws `content` when the frames cannot be told apart.
 */
export function encapsulatedFrames(attributes: Attributes, frames: number, name: string): readonly Uint8Array[] {
  const { fragments = [], basicOffsetTable = [] } = attributes.elements.x7fe00010 ?? {};
  if (fragments.length === 0)
    throw new Problem('content', { file: name, reason: 'the compressed pixel data is empty' });
  const tables = [numbers(attributes, 'x7fe00001', 'UV'), basicOffsetTable];
  const starts = firstFragments(attributes.bytes, fragments, tables, frames);
  if (starts.length !== frames) {
    const reason = `${fragments.length} fragments do not make ${frames} frames`;
    throw new Problem('content', { file: name, reason });
  }
  return starts.map((first, index) => join(attributes.bytes, fragments.slice(first, starts[index + 1])));
}

/**
 * The first fragment of each frame: by the first of the offset `tables` (extended, basic) that fits, else one fragment
 * per frame, else by where streams begin. As many as `frames` where the frames can be told apart.
 */
export function firstFragments(
  bytes: Uint8Array,
  fragments: readonly Fragment[],
  tables: readonly (readonly number[])[],
  frames: number,
): readonly number[] {
  const offsets = tables.find((table) => table.length === frames);
  return (
    (offsets === undefined ? undefined : startsByOffset(fragments, offsets)) ??
    (fragments.length === frames ? fragments.map((_, index) => index) : undefined) ??
    (frames === 1 ? [0] : startsByContent(bytes, fragments))
  );
}

function startsByOffset(fragments: readonly Fragment[], offsets: readonly number[]): number[] | undefined {
  const starts = offsets.map((offset) => fragments.findIndex((fragment) => fragment.offset === offset));
  const ascending = starts.every((start, index) => start > (starts[index - 1] ?? -1));
  return starts[0] === 0 && ascending ? starts : undefined;
}

/** JPEG and JPEG-LS streams begin with FF D8 FF, JPEG 2000 codestreams with FF 4F FF 51. */
function startsByContent(bytes: Uint8Array, fragments: readonly Fragment[]): number[] {
  return fragments.flatMap(({ position }, index) => {
    const [first, second, third] = bytes.subarray(position, position + 3);
    return first === 0xff && (second === 0xd8 || second === 0x4f) && third === 0xff ? [index] : [];
  });
}

function join(bytes: Uint8Array, fragments: readonly Fragment[]): Uint8Array {
  const parts = fragments.map(({ position, length }) => bytes.subarray(position, position + length));
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

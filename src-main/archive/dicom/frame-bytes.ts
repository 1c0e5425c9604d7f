// Finds the bytes of each frame in the pixel attribute: plain cells by arithmetic, encapsulated ones by their fragments.
import { Problem } from '../../platform/errors.ts';
import { bitsPerFrame } from './codecs/coded-frame.ts';
import { type Attributes, numbers } from './data-set.ts';
import { type Fragment, firstFragments } from './fragments.ts';
import { type PixelModule, pixelTag } from './pixel-module.ts';

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
  const start = index * bits;
  // The whole words that hold the frame, and nothing of the others.
  const firstByte = Math.floor(start / 16) * 2;
  const lastByte = Math.min(element.length - (element.length % 2), Math.ceil((start + bits) / 16) * 2);
  const part = attributes.bytes.subarray(
    element.dataOffset + firstByte,
    element.dataOffset + Math.max(lastByte, Math.ceil((start + bits) / 8)),
  );
  const held = inWords ? swapWords(part) : part;
  const within = start - firstByte * 8;
  if (bits % 8 === 0 && within % 8 === 0) return held.subarray(within / 8, (within + bits) / 8);
  return shiftBits(held, within, bits);
}

/** Cells of a byte or less that were written as big-endian words (PS3.5 A.3): in the order of a byte stream. */
function swapWords(bytes: Uint8Array): Uint8Array {
  const even = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  Buffer.from(even.buffer).swap16();
  return even;
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

function join(bytes: Uint8Array, fragments: readonly Fragment[]): Uint8Array {
  const parts = fragments.map(({ position, length }) => bytes.subarray(position, position + length));
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

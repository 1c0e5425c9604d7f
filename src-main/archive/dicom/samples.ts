// From packed pixel cells to typed samples: endianness, planes, unused bits, sign (PS3.5 8.1.1).
import type { Samples } from '../decoded-image.ts';
import type { CodedFrame } from './codecs/coded-frame.ts';
import type { PixelModule } from './pixel-module.ts';

type Cells = Uint8Array | Uint16Array | Uint32Array;

const unsigned = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array } as const;
const signed = { 8: Int8Array, 16: Int16Array, 32: Int32Array } as const;

/** A copy of little- or big-endian cells as unsigned numbers. */
function copyOfCells(
  bytes: Uint8Array,
  allocated: 8 | 16 | 32,
  littleEndian: boolean,
): Uint8Array | Uint16Array | Uint32Array {
  const copy = new Uint8Array(bytes);
  if (!littleEndian && allocated > 8) {
    const buffer = Buffer.from(copy.buffer);
    if (allocated === 16) buffer.swap16();
    else buffer.swap32();
  }
  return new unsigned[allocated](copy.buffer);
}

/** The same memory as numbers, or undefined where they do not lie at multiples of their size. */
function viewOfCells(
  { buffer, byteOffset, byteLength }: Uint8Array,
  allocated: 8 | 16 | 32,
): Uint8Array | Uint16Array | Uint32Array | undefined {
  const size = allocated / 8;
  return byteOffset % size === 0
    ? new unsigned[allocated](buffer as ArrayBuffer, byteOffset, byteLength / size)
    : undefined;
}

/** Samples of a frame, and how many bits of them mean something. */
export interface Unpacked {
  readonly samples: Samples;
  readonly bits: number;
  /** Bits above the declared ones are in use: kept as part of the values, or dropped as something else. */
  readonly spill: 'kept' | 'dropped' | undefined;
}

/**
 * Plain cells of one frame -> samples, [height, width, channels]. `bytes` is exactly the frame and is left as it is;
 * samples that are stored just so share its memory. `taken`: bits of a cell that overlays occupy.
 */
export function plainSamples(bytes: Uint8Array, module: PixelModule, littleEndian: boolean, taken: number): Unpacked {
  const { allocated, channels, planar, stored, highBit } = module;
  const whole = (samples: Samples) => ({ samples, bits: stored, spill: undefined });
  if (module.pixels !== 'integer') return whole(floatSamples(bytes, module.pixels, littleEndian));
  if (allocated === 1) return whole(unpackBits(bytes, module.width * module.height));
  const asStored = (littleEndian || allocated === 8) && stored === allocated;
  const cells =
    (asStored ? viewOfCells(bytes, allocated as 8 | 16 | 32) : undefined) ??
    copyOfCells(bytes, allocated as 8 | 16 | 32, littleEndian);
  if (module.photometric === 'YBR_FULL_422') return whole(expand422(cells));
  return storedValues(
    planar ? interleave(cells, channels) : cells,
    { stored, highBit, taken },
    module.signed,
    module.channels,
  );
}

/** Bit `bit` of every plain cell of a frame, 0 or 1; for overlays that use what the image leaves free. */
export function bitPlane(
  bytes: Uint8Array,
  { allocated }: PixelModule,
  littleEndian: boolean,
  bit: number,
): Uint8Array {
  const cells = copyOfCells(bytes, allocated as 8 | 16 | 32, littleEndian);
  return Uint8Array.from(cells, (cell) => (cell >>> bit) & 1);
}

/**
 * A decompressed frame -> samples. The stream's precision wins where it states one; whether the bits are signed the
 * data set alone decides, since some writers compress signed data as unsigned.
 */
export function codedSamples(frame: CodedFrame, module: PixelModule, taken: number): Unpacked {
  if (frame.plain === 'frame') return plainSamples(frame.bytes, module, true, taken);
  if (module.allocated === 1) return { samples: unpackFrame(frame, module), bits: 1, spill: undefined };
  // The decompressor made these bytes for us: they can be worked on in place.
  const cells = viewOfCells(frame.bytes, frame.allocated) ?? copyOfCells(frame.bytes, frame.allocated, true);
  const stored = Math.min(frame.allocated, frame.precision ?? module.stored);
  const highBit = frame.plain === 'cells' ? module.highBit : stored - 1;
  return storedValues(cells, { stored, highBit, taken }, module.signed, module.channels);
}

/** One bit per pixel, packed after RLE, one byte each after JPEG 2000. */
function unpackFrame({ bytes }: CodedFrame, { width, height }: PixelModule): Uint8Array {
  return bytes.length === width * height ? new Uint8Array(bytes) : unpackBits(bytes, width * height);
}

/** Which bits of a cell are the value: `stored` of them up to `highBit`. */
interface ValueBits {
  readonly stored: number;
  readonly highBit: number;
}

/** The declared bits of the value; those of `taken` are an overlay's, wherever they lie. */
interface Layout extends ValueBits {
  readonly taken: number;
}

/**
 * Which bits of plain cells of one frame are the value: the declared ones, or more where the values need them. `bytes` and
 * `taken` as in `plainSamples`; cells of 8, 16 or 32 bits.
 */
export function valueBits(
  bytes: Uint8Array,
  module: Pick<PixelModule, 'allocated' | 'channels' | 'planar' | 'stored' | 'highBit' | 'signed'>,
  littleEndian: boolean,
  taken: number,
): ValueBits {
  const { channels, planar, stored, highBit, signed } = module;
  const cells = copyOfCells(bytes, module.allocated as 8 | 16 | 32, littleEndian);
  return usedLayout(planar ? interleave(cells, channels) : cells, { stored, highBit, taken }, signed, channels);
}

/** The declared bits, or with them those above that are in use, where these are part of the values. */
function usedLayout(
  cells: Cells,
  declared: Layout,
  isSigned: boolean,
  channels: number,
): ValueBits & Pick<Unpacked, 'spill'> {
  const beyond = bitsBeyond(cells, declared, isSigned);
  if (beyond === undefined) return { ...declared, spill: undefined };
  const kept = isSmoother(cells, beyond, declared, isSigned, channels);
  return kept ? { ...beyond, spill: 'kept' } : { ...declared, spill: 'dropped' };
}

/** The values of cells, in place. Samples of one pixel lie `channels` apart. */
function storedValues(cells: Cells, declared: Layout, isSigned: boolean, channels: number): Unpacked {
  const allocated = (cells.BYTES_PER_ELEMENT * 8) as 8 | 16 | 32;
  const { stored, highBit, spill } = usedLayout(cells, declared, isSigned, channels);
  if (isSigned) {
    const values = new signed[allocated](cells.buffer as ArrayBuffer, cells.byteOffset, cells.length);
    if (stored < allocated)
      for (let at = 0; at < cells.length; at++) values[at] = signedValue(cells[at]!, stored, highBit);
    return { samples: values, bits: stored, spill };
  }
  if (stored < allocated)
    for (let at = 0; at < cells.length; at++) cells[at] = unsignedValue(cells[at]!, stored, highBit);
  return { samples: cells, bits: stored, spill };
}

const signedValue = (cell: number, stored: number, highBit: number) => (cell << (31 - highBit)) >> (32 - stored);
const unsignedValue = (cell: number, stored: number, highBit: number) => (cell << (31 - highBit)) >>> (32 - stored);

/** The layout with the bits above the declared ones that are in use (of signed values, all there are); undefined without any. */
function bitsBeyond(cells: Cells, { stored, highBit, taken }: Layout, isSigned: boolean): ValueBits | undefined {
  const allocated = cells.BYTES_PER_ELEMENT * 8;
  if (highBit >= allocated - 1) return undefined;
  const outside = (allocated === 32 ? -1 : (1 << allocated) - 1) & ~taken & (-1 << (highBit + 1));
  let used = 0;
  for (let at = 0; at < cells.length; at++) {
    const beyond = cells[at]! & outside;
    // Negative values may continue their sign through the unused bits.
    if (beyond !== 0 && !(isSigned && beyond === outside && (cells[at]! >>> highBit) & 1)) used |= beyond;
  }
  if (used === 0) return undefined;
  const last = isSigned ? allocated - 1 : 31 - Math.clz32(used);
  return { stored: stored + last - highBit, highBit: last };
}

/**
 * Whether neighbours differ less with the bits `beyond` than without them. Values that need more bits than declared wrap
 * when these are cut off, and jump; graphics and noise in unused bits make jumps where they are kept.
 */
function isSmoother(
  cells: Cells,
  beyond: ValueBits,
  declared: ValueBits,
  isSigned: boolean,
  channels: number,
): boolean {
  const value = isSigned ? signedValue : unsignedValue;
  let difference = 0;
  for (let at = channels; at < cells.length; at++) {
    const [before, here] = [cells[at - channels]!, cells[at]!];
    difference += Math.abs(value(here, beyond.stored, beyond.highBit) - value(before, beyond.stored, beyond.highBit));
    difference -= Math.abs(
      value(here, declared.stored, declared.highBit) - value(before, declared.stored, declared.highBit),
    );
  }
  return difference < 0;
}

function floatSamples(bytes: Uint8Array, kind: 'float' | 'double', littleEndian: boolean): Float32Array | Float64Array {
  const buffer = Buffer.from(bytes);
  const copy = new Uint8Array(buffer);
  if (!littleEndian) {
    const view = Buffer.from(copy.buffer);
    if (kind === 'float') view.swap32();
    else view.swap64();
  }
  return kind === 'float' ? new Float32Array(copy.buffer) : new Float64Array(copy.buffer);
}

function unpackBits(packed: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, bit) => (packed[bit >> 3]! >> (bit & 7)) & 1);
}

function interleave<A extends Uint8Array | Uint16Array | Uint32Array>(planes: A, channels: number): A {
  const pixels = planes.length / channels;
  const mixed = planes.slice() as A;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) mixed[pixel * channels + channel] = planes[channel * pixels + pixel]!;
  }
  return mixed;
}

/** Y1 Y2 Cb Cr -> Y1 Cb Cr, Y2 Cb Cr. */
function expand422<A extends Uint8Array | Uint16Array | Uint32Array>(cells: A): A {
  const full = new (cells.constructor as new (length: number) => A)((cells.length / 2) * 3);
  for (let from = 0, to = 0; from < cells.length; from += 4, to += 6) {
    full[to] = cells[from]!;
    full[to + 3] = cells[from + 1]!;
    full[to + 1] = full[to + 4] = cells[from + 2]!;
    full[to + 2] = full[to + 5] = cells[from + 3]!;
  }
  return full;
}

// Numbers kept with 11 significant bits: half the space, and what is read back is bit for bit what was used when they were made.
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** The largest magnitude is brought to between 2^14 and 2^15 by a power of two, so that neither end of float16 is met. */
const largestExponent = 14;

function exponentOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest) largest = size;
  }
  return largest === 0 || !Number.isFinite(largest) ? 0 : largestExponent - Math.floor(Math.log2(largest));
}

/** Values with 11 significant bits each, and the bytes from which `unpackHalf` makes the same ones again. */
export interface HalfValues {
  readonly values: Float32Array;
  /** The exponent, then the high bytes of all numbers and their low bytes, compressed. */
  readonly pack: () => Uint8Array;
}

/** Used from the start, the rounded values are the same whether they were read or computed. */
export function roundHalf(exact: Float32Array): HalfValues {
  const exponent = exponentOf(exact);
  const up = 2 ** exponent;
  const halves = Float16Array.from(exact, (value) => value * up);
  return { values: scaledDown(halves, exponent), pack: () => packed(halves, exponent) };
}

const scaledDown = (halves: Float16Array, exponent: number): Float32Array => {
  const down = 2 ** -exponent;
  return Float32Array.from(halves, (value) => value * down);
};

function packed(halves: Float16Array, exponent: number): Uint8Array {
  const bits = new Uint16Array(halves.buffer);
  const planes = new Uint8Array(2 + 2 * bits.length);
  new DataView(planes.buffer).setInt16(0, exponent, true);
  for (let index = 0; index < bits.length; index++) {
    planes[2 + index] = bits[index]! >> 8;
    planes[2 + bits.length + index] = bits[index]! & 0xff;
  }
  return zstdCompressSync(planes);
}

/** The `count` values that were packed; undefined where the bytes hold another number of them. */
export function unpackHalf(bytes: Uint8Array, count: number): Float32Array | undefined {
  const planes = zstdDecompressSync(bytes, { maxOutputLength: 2 + 2 * count });
  if (planes.length !== 2 + 2 * count) return undefined;
  const bits = new Uint16Array(count);
  for (let index = 0; index < count; index++) bits[index] = (planes[2 + index]! << 8) | planes[2 + count + index]!;
  return scaledDown(new Float16Array(bits.buffer), planes.readInt16LE(0));
}

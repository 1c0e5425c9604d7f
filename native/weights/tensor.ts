// A tensor as a file stores it: element type, shape and little-endian bytes, without a copy; and its conversion to float32.
import { Problem } from '../../src-main/platform/errors.ts';

/** Element types by the names of the safetensors format. All multi-byte values are little-endian. */
export type ElementType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U64'
  | 'U32'
  | 'U16'
  | 'U8'
  | 'BOOL';

/** A tensor as stored: `data` holds product(shape) elements in C order and may be a view into the bytes of a file. */
export interface StoredTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A tensor as the networks take it: C order, float32. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** No file may ask for more than this in memory: the largest file that Node reads at once, and ample for every published network. */
export const maximumBytes = 2 ** 31;

interface ElementRule {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

const elementRules: { readonly [T in ElementType]: ElementRule } = {
  F64: { bytes: 8, read: (view, offset) => view.getFloat64(offset, true) },
  F32: { bytes: 4, read: (view, offset) => view.getFloat32(offset, true) },
  F16: { bytes: 2, read: (view, offset) => halfToNumber(view.getUint16(offset, true)) },
  BF16: { bytes: 2, read: (view, offset) => brainToNumber(view.getUint16(offset, true)) },
  I64: { bytes: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) },
  I32: { bytes: 4, read: (view, offset) => view.getInt32(offset, true) },
  I16: { bytes: 2, read: (view, offset) => view.getInt16(offset, true) },
  I8: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  U64: { bytes: 8, read: (view, offset) => Number(view.getBigUint64(offset, true)) },
  U32: { bytes: 4, read: (view, offset) => view.getUint32(offset, true) },
  U16: { bytes: 2, read: (view, offset) => view.getUint16(offset, true) },
  U8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  BOOL: { bytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
};

/** Bytes of one element of this type. */
export function elementBytes(dtype: ElementType): number {
  return elementRules[dtype].bytes;
}

/** True for the names of the element types that are read here. */
export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(elementRules, name);
}

/**
 * Number of elements of `shape`, or undefined when a dimension is no whole number of at least 0 or the count passes
 * the limit of memory; a border check that runs before anything of that size is allocated.
 */
export function elementCount(shape: readonly number[]): number | undefined {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  return count <= maximumBytes ? count : undefined;
}

/**
 * The values as float32 in C order. A view without a copy where the bytes are float32 at a multiple of four; otherwise
 * converted, float64 and integers rounded to the nearest float32.
 */
export function toFloats(tensor: StoredTensor): Float32Array {
  const { dtype, data } = tensor;
  if (dtype === 'F32' && data.byteOffset % 4 === 0) {
    return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  }
  // Not `slice`: on a Buffer that is a view.
  if (dtype === 'F32') return new Float32Array(new Uint8Array(data).buffer);
  return Float32Array.from(toNumbers(tensor));
}

/** The values as float64 in C order: exact for every type but 64-bit integers beyond 2^53. */
export function toNumbers({ dtype, data }: StoredTensor): Float64Array {
  const { bytes, read } = elementRules[dtype];
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array(data.byteLength / bytes);
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * bytes);
  return values;
}

/** The float32 tensor of a stored one (a view where possible). */
export function toFloatTensor(tensor: StoredTensor): FloatTensor {
  return { shape: tensor.shape, data: toFloats(tensor) };
}

/** A float32 tensor as stored bytes (a view). Error `mismatch` when the shape does not fit the number of values. */
export function fromFloats({ shape, data }: FloatTensor): StoredTensor {
  if (elementCount(shape) !== data.length) {
    throw new Problem('mismatch', { what: 'tensor values', expected: `[${shape}]`, found: `${data.length} values` });
  }
  return { dtype: 'F32', shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits; subnormals, infinities and NaN included. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const brainScratch = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a binary32. */
function brainToNumber(bits: number): number {
  brainScratch.setUint32(0, bits * 0x10000);
  return brainScratch.getFloat32(0);
}

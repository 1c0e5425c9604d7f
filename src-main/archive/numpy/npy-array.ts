// Reads NumPy arrays (.npy, versions 1 to 3 of numpy.lib.format): the header, and the elements as samples.
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';

/** How elements of one NumPy type are stored, and what they are as samples. */
interface ElementType {
  readonly bytes: 1 | 2 | 4 | 8;
  /** Bits of an element that mean something. */
  readonly bits: number;
  readonly view: (bytes: ArrayBuffer) => Samples;
}

/** By kind and size: `numpy.dtype.str` without its byte order. 64-bit integers become the nearest float64. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  b1: { bytes: 1, bits: 1, view: (bytes) => new Uint8Array(bytes) },
  u1: { bytes: 1, bits: 8, view: (bytes) => new Uint8Array(bytes) },
  i1: { bytes: 1, bits: 8, view: (bytes) => new Int8Array(bytes) },
  u2: { bytes: 2, bits: 16, view: (bytes) => new Uint16Array(bytes) },
  i2: { bytes: 2, bits: 16, view: (bytes) => new Int16Array(bytes) },
  u4: { bytes: 4, bits: 32, view: (bytes) => new Uint32Array(bytes) },
  i4: { bytes: 4, bits: 32, view: (bytes) => new Int32Array(bytes) },
  u8: { bytes: 8, bits: 64, view: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) },
  i8: { bytes: 8, bits: 64, view: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) },
  f2: { bytes: 2, bits: 32, view: (bytes) => Float32Array.from(new Float16Array(bytes)) },
  f4: { bytes: 4, bits: 32, view: (bytes) => new Float32Array(bytes) },
  f8: { bytes: 8, bits: 64, view: (bytes) => new Float64Array(bytes) },
};

/** A .npy file whose header has been read. */
export interface NpyArray {
  /** Lengths of the axes, as NumPy shows them. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly littleEndian: boolean;
  /** True when the first axis varies fastest in memory (`order='F'`). */
  readonly fortranOrder: boolean;
  /** The elements as stored; exactly as many as the shape says. */
  readonly data: Uint8Array;
  /** Bytes behind the array. */
  readonly surplus: number;
}

/**
 * Reads the header of a .npy file. Throws `format` for elements that are no numbers (objects, texts, records, complex),
 * which are never unpickled, and `content` when the header is broken or the file holds fewer elements than it says.
 */
export function readNpyArray(bytes: Uint8Array, name: string): NpyArray {
  const broken = (reason: string) => new Problem('content', { file: name, reason: `NumPy array: ${reason}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (bytes.length < 12) throw broken('its header is cut short');
  if (version === undefined || version < 1 || version > 3) throw broken(`its version ${version} is not read`);
  const begin = version === 1 ? 10 : 12;
  const end = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw broken('its header is cut short');
  // A header of a plain array is some 80 bytes long; only records, which are not read, have long ones.
  const header = new TextDecoder('latin1').decode(bytes.subarray(begin, Math.min(end, begin + 4096)));
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  const description = /'descr':\s*'([<>=|]?)(\w+)'/.exec(header);
  if (!header.includes("'descr'") || order === undefined || sizes === undefined) throw broken('its header is broken');
  const [, byteOrder = '', code = 'of records'] = description ?? [];
  const type = elementTypes[code];
  if (type === undefined) throw new Problem('format', { file: name, found: `NumPy array ${code.slice(0, 16)}` });
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const length = shape.reduce((product, size) => product * size, type.bytes);
  const found = bytes.length - end;
  if (!(found >= length)) throw broken(`it holds ${found} of ${length} bytes`);
  return {
    shape,
    type,
    littleEndian: byteOrder !== '>',
    fortranOrder: order === 'True',
    data: bytes.subarray(end, end + length),
    surplus: found - length,
  };
}

/** Elements as little-endian bytes of their own memory, seen as samples. */
export function samplesOf(elements: Uint8Array<ArrayBuffer>, { type, littleEndian }: NpyArray): Samples {
  const bytes = Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength);
  if (!littleEndian) {
    if (type.bytes === 2) bytes.swap16();
    if (type.bytes === 4) bytes.swap32();
    if (type.bytes === 8) bytes.swap64();
  }
  return type.view(elements.buffer);
}

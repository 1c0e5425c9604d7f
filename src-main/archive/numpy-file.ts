// NumPy's files for arrays (.npy) and named arrays (.npz): what Residua keeps, any tool can open.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import { readNpyArray, samplesOf } from './numpy/npy-array.ts';

/** Row-major. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const magic = '\x93NUMPY\x01\x00';

/** An array to be written in either precision. */
interface WrittenArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** NumPy format 1.0 (numpy.lib.format), little-endian, C order. */
export function encodeNpy({ shape, data }: WrittenArray): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f${data.BYTES_PER_ELEMENT}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The whole header is a multiple of 64 bytes and ends with a line feed.
  const padded = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from(`${magic}\0\0${padded}`, 'latin1');
  head.writeUInt16LE(padded.length, magic.length);
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** The array of a .npy file's bytes, float32 or float64. Throws `content`, naming `file`, for anything else. */
export function decodeNpy(bytes: Buffer, file: string): NumpyArray {
  const array = readNpyArray(bytes, file);
  const samples = samplesOf(new Uint8Array(array.data), array);
  if (array.fortranOrder || array.surplus > 0 || !(samples instanceof Float32Array || samples instanceof Float64Array))
    throw new Problem('content', { file, reason: 'is not a NumPy array of float32 or float64 in C order' });
  return { shape: array.shape, data: samples instanceof Float32Array ? samples : Float32Array.from(samples) };
}

/** Writes one array as .npy, whole or not at all. */
export function writeNpy(path: string, array: NumpyArray): Promise<void> {
  return writeFileAtomic(path, encodeNpy(array));
}

/** Reads a .npy file of float32 or float64. Throws `content` for anything else. */
export async function readNpy(path: string): Promise<NumpyArray> {
  return decodeNpy(await readFile(path), path);
}

/** Writes named arrays as .npz, whole or not at all. */
export async function writeNpz(path: string, arrays: Readonly<Record<string, WrittenArray>>): Promise<void> {
  await writeFileAtomic(path, await encodeNpz(arrays));
}

/** Named arrays as the bytes of a .npz (a zip of stored .npy); the same arrays give the same bytes. */
export async function encodeNpz(arrays: Readonly<Record<string, WrittenArray>>): Promise<Buffer> {
  const zip = new ZipFile();
  const bytes = buffer(zip.outputStream);
  for (const [name, array] of Object.entries(arrays)) {
    zip.addBuffer(encodeNpy(array), `${name}.npy`, { compress: false, mtime: new Date(1980, 0, 1, 12) });
  }
  zip.end();
  return bytes;
}

// NumPy's .npy and .npz files: projected latents (`projected_w.npz`) and cached features come and go in them.
import { ZipFile } from 'yazl';
import { writeFileAtomic } from '../../src-main/platform/atomic-file.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { numpyDescription, numpyTensor } from './numpy-types.ts';
import type { StoredTensor } from './tensor.ts';
import { readWeightsFile, weightsKind, wrongKind } from './weights-file.ts';
import { zipEntries } from './zip-entries.ts';

const magic = '\x93NUMPY';
/** Longer headers belong to composed types, which are not read. */
const maximumHeaderBytes = 65_536;

/**
 * The arrays of a .npz file by name (`w` for latents projected by StyleGAN2-ADA); a .npy file is one array of the name
 * `''`. In C order, element type kept. Source: NumPy's `numpy.lib.format`, versions 1 to 3. Errors name the file:
 * `format` for other files and types (objects, big-endian), `content` for broken ones, those of the file system.
 */
export async function readNumpyFile(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const bytes = await readWeightsFile(path);
  if (weightsKind(bytes) !== 'zip') return new Map([['', readNpy(bytes, path)]]);
  const entries = await zipEntries(bytes, path);
  return new Map([...entries].map(([name, take]) => [name.replace(/\.npy$/, ''), readNpy(take(), `${path}/${name}`)]));
}

/** Reads the bytes of a .npy file; `file` is the name for messages. */
export function readNpy(bytes: Uint8Array, file: string): StoredTensor {
  if (weightsKind(bytes) !== 'npy') throw wrongKind(bytes, file, 'a NumPy array');
  const start = Buffer.from(bytes.subarray(0, 12));
  const version = start[6] ?? 0;
  if (start.length < 12 || version < 1 || version > 3)
    throw broken(file, 'truncated, or a .npy version that is not read');
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (length > Math.min(maximumHeaderBytes, bytes.length - begin)) throw broken(file, 'truncated .npy header');
  const header = Buffer.from(bytes.subarray(begin, begin + length)).toString('latin1');
  const description = /'descr': *'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const shape = /'shape': *\(((?: *\d+ *,?)*)\)/.exec(header)?.[1];
  if (order === undefined || shape === undefined) throw broken(file, 'a .npy header without shape or order');
  if (description === undefined) throw new Problem('format', { file, found: 'a NumPy array of a composed type' });
  const sizes = (shape.match(/\d+/g) ?? []).map(Number);
  return numpyTensor(description, sizes, order === 'True', bytes.subarray(begin + length), file);
}

/** Writes arrays as `numpy.savez` does (stored, C order), whole or not at all. Error `mismatch` for bfloat16. */
export async function writeNpz(path: string, arrays: ReadonlyMap<string, StoredTensor>): Promise<void> {
  const archive = new ZipFile();
  for (const [name, array] of arrays) {
    archive.addBuffer(npyBytes(array), `${name}.npy`, { compress: false, mtime: new Date(1980, 0, 1) });
  }
  archive.end();
  const parts: Uint8Array[] = [];
  for await (const part of archive.outputStream) parts.push(part as Uint8Array);
  await writeFileAtomic(path, parts);
}

/** Version 1.0: magic, version, header length, header padded so that the data begin at a multiple of 64. */
function npyBytes({ dtype, shape, data }: StoredTensor): Buffer {
  const description = numpyDescription(dtype);
  if (description === undefined) {
    throw new Problem('mismatch', { what: 'array type', expected: 'one that NumPy has', found: dtype });
  }
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`${magic}\x01\x00\x00\x00`, 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), data]);
}

function broken(file: string, reason: string): Problem<'content'> {
  return new Problem('content', { file, reason });
}

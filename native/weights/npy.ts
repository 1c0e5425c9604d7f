// Reads NumPy's .npy and .npz files of every element type: latents (`projected_w.npz`) of any tool. Ours are written by archive.
import { Problem } from '../../src-main/platform/errors.ts';
import { numpyTensor } from './numpy-types.ts';
import type { StoredTensor } from './tensor.ts';
import { readWeightsFile, weightsKind, wrongKind } from './weights-file.ts';
import { zipEntries } from './zip-entries.ts';

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

function broken(file: string, reason: string): Problem<'content'> {
  return new Problem('content', { file, reason });
}

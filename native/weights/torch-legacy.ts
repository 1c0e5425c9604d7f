// The layout of PyTorch before 1.6: magic number, version, system, object, storage keys, each as a pickle; then the storages.
import { Problem } from '../../src-main/platform/errors.ts';
import { readPickle } from './pickle.ts';
import { entryOf, type PickleValue } from './pickle-value.ts';
import { elementBytes } from './tensor.ts';
import { type StorageLookup, storageFrom, storageReference } from './torch-tensor.ts';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * Reads a legacy file: the pickled object, and a lookup for the storages that its tensors refer to (views into `bytes`).
 * Source: `torch/serialization.py` (`_legacy_save`), PyTorch 1.13. `allows` as in `readPickle`.
 * Errors: `unknown-global`; `content` for a wrong magic number or version, a big-endian file, a truncated storage.
 */
export function readLegacyFile(
  bytes: Uint8Array,
  file: string,
  allows: (globalName: string) => boolean,
): { readonly value: PickleValue; readonly lookup: StorageLookup } {
  const magic = readPickle(bytes, { file, allows: nothing });
  const version = readPickle(bytes, { file, position: magic.end, allows: nothing });
  const system = readPickle(bytes, { file, position: version.end, allows: nothing });
  if (magic.value !== magicNumber)
    throw new Problem('format', { file, found: 'a pickle without the number of PyTorch' });
  if (version.value !== protocolVersion || entryOf(system.value, 'little_endian') !== true) {
    throw new Problem('content', { file, reason: 'a PyTorch file of an unknown version or byte order' });
  }
  const object = readPickle(bytes, { file, position: system.end, allows });
  const keys = readPickle(bytes, { file, position: object.end, allows: nothing });
  const widths = new Map(
    object.persistent.map((reference) => {
      const { key, dtype } = storageReference(reference, file);
      return [key, elementBytes(dtype)];
    }),
  );
  const storages = readStorages(bytes, keys.end, keys.value, widths, file);
  const lookup: StorageLookup = (reference) => {
    const parsed = storageReference(reference, file);
    return storageFrom(parsed, storages.get(parsed.key), file);
  };
  return { value: object.value, lookup };
}

/** Each storage: its number of elements (int64), then the elements. */
function readStorages(
  bytes: Uint8Array,
  start: number,
  keys: PickleValue,
  widths: ReadonlyMap<string, number>,
  file: string,
): Map<string, Uint8Array> {
  const storages = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  for (const key of Array.isArray(keys) ? keys : []) {
    const width = typeof key === 'string' ? widths.get(key) : undefined;
    if (typeof key !== 'string' || width === undefined) {
      throw new Problem('content', { file, reason: 'a storage that no tensor refers to' });
    }
    const left = bytes.length - position - 8;
    const length = left < 0 ? 0 : Number(view.getBigInt64(position, true)) * width;
    if (left < 0 || length < 0 || length > left) {
      throw new Problem('content', { file, reason: `truncated: storage ${key} is not whole` });
    }
    storages.set(key, bytes.subarray(position + 8, position + 8 + length));
    position += 8 + length;
  }
  return storages;
}

function nothing(): boolean {
  return false;
}

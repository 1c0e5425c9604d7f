// PyTorch's .pt and .pth files as data: state dictionaries in the zip and the legacy layout, and TorchScript archives.
import { Problem } from '../../src-main/platform/errors.ts';
import { allowed } from './known-globals.ts';
import { readPickle } from './pickle.ts';
import type { StoredTensor } from './tensor.ts';
import { collectTensors } from './tensor-tree.ts';
import { readLegacyFile } from './torch-legacy.ts';
import { type StorageLookup, storageFrom, storageReference } from './torch-tensor.ts';
import { readWeightsFile, weightsKind, wrongKind } from './weights-file.ts';
import { type ZipEntry, zipEntries } from './zip-entries.ts';

/**
 * Every tensor of a PyTorch file, by the dotted path to it: `model.layers.0.weight` for a state dictionary under the key
 * `model`, attribute names for the modules of a TorchScript archive, `constants.N` for the constants of its code. Nothing
 * in the file is run; classes of TorchScript are inert records. Contiguous tensors are views, others are brought into C
 * order. Errors name the file: `format` when it is no PyTorch file, `unknown-global` for whole pickled modules and
 * anything else that would have to be run, `content`, `limit`, those of the file system.
 */
export async function readTorchFile(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  return torchTensors(await readWeightsFile(path), path);
}

/** The same for the bytes of a file; `file` is its name for messages. */
export async function torchTensors(bytes: Uint8Array, file: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const kind = weightsKind(bytes);
  if (kind === 'zip') return archiveTensors(await zipEntries(bytes, file), file);
  if (kind !== 'torch-legacy') throw wrongKind(bytes, file, 'a file of torch.save or torch.jit.save');
  const { value, lookup } = readLegacyFile(bytes, file, allowed.stateDict);
  return collectTensors(value, lookup, file);
}

/** An archive is one folder: `data.pkl` and `data/KEY`; TorchScript has `constants.pkl` and `constants/KEY` beside them. */
function archiveTensors(entries: ReadonlyMap<string, ZipEntry>, file: string): ReadonlyMap<string, StoredTensor> {
  const main = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (main === undefined) throw new Problem('format', { file, found: 'a zip archive without data.pkl' });
  const folder = main.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`)?.();
  if (order !== undefined && Buffer.from(order).toString('latin1') !== 'little') {
    throw new Problem('format', { file, found: 'a big-endian PyTorch file' });
  }
  const isScript = entries.has(`${folder}constants.pkl`);
  const read = (part: 'data' | 'constants') => {
    const bytes = entries.get(`${folder}${part}.pkl`)!();
    const { value } = readPickle(bytes, { file, allows: isScript ? allowed.script : allowed.stateDict });
    return { value, lookup: archiveLookup(entries, `${folder}${part}/`, file) };
  };
  const data = read('data');
  const tensors = collectTensors(data.value, data.lookup, file);
  if (!isScript) return tensors;
  const constants = read('constants');
  for (const [name, tensor] of collectTensors(constants.value, constants.lookup, file)) {
    tensors.set(`constants.${name}`, tensor);
  }
  return tensors;
}

/** Storages are looked up once: their checksums are computed then. */
function archiveLookup(entries: ReadonlyMap<string, ZipEntry>, folder: string, file: string): StorageLookup {
  const read = new Map<string, Uint8Array | undefined>();
  return (reference) => {
    const parsed = storageReference(reference, file);
    if (!read.has(parsed.key)) read.set(parsed.key, entries.get(folder + parsed.key)?.());
    return storageFrom(parsed, read.get(parsed.key), file);
  };
}

// Published StyleGAN2-ADA network pickles (`training_set_kwargs, G, D, G_ema, augment_pipe`), read without running anything.
import { Problem } from '../../src-main/platform/errors.ts';
import { allowed } from './known-globals.ts';
import {
  type Json,
  type JsonObject,
  type Networks,
  type NetworkWeights,
  nameArguments,
  networkNames,
} from './network-weights.ts';
import { numpyFromPickle } from './numpy-types.ts';
import { readPickle } from './pickle.ts';
import { entryOf, isKind, type PickleValue } from './pickle-value.ts';
import { type FloatTensor, toFloatTensor, toNumbers } from './tensor.ts';
import { collectTensors, persistentObject } from './tensor-tree.ts';
import { readLegacyFile } from './torch-legacy.ts';
import type { TorchStorage } from './torch-tensor.ts';

/** What a network pickle held. */
export interface NetworkPickle {
  readonly networks: Networks;
  readonly trainingSetArguments: JsonObject;
}

/**
 * Reads a network pickle. Each network is a persistent object (`type, version, module_src, class_name, state`): the
 * class name, the constructor arguments and the tensors are taken, the source text in it is not looked at. Tensors of
 * float32 are views into `bytes` where their position allows. `file` is the name for messages.
 * Errors: `unknown-global` for any other name (also pickles of the TensorFlow version), `content`, `limit`; `missing`
 * when there is no network in it.
 */
export function readNetworkPickle(bytes: Uint8Array, file: string): NetworkPickle {
  const { value } = readPickle(bytes, { file, allows: allowed.network });
  const found = networkNames.flatMap((name) => {
    const object = entryOf(value, name) ?? null;
    return object === null ? [] : [[name, object] as const];
  });
  if (found.length === 0) throw new Problem('missing', { what: 'network (G, D or G_ema)', name: file });
  // G and G_ema may be one object: then they are one here too.
  const read = new Map<PickleValue, NetworkWeights>();
  for (const [, object] of found) if (!read.has(object)) read.set(object, readNetwork(object, file));
  const training = toJson(entryOf(value, 'training_set_kwargs') ?? null, file);
  return {
    networks: Object.fromEntries(found.map(([name, object]) => [name, read.get(object)!])),
    trainingSetArguments: isObject(training) ? training : {},
  };
}

function readNetwork(object: PickleValue, file: string): NetworkWeights {
  const meta = isKind('record', object) && object.global === persistentObject ? object.arguments[0] : undefined;
  const className = entryOf(meta, 'class_name');
  const state = entryOf(meta, 'state');
  if (typeof className !== 'string' || !(state instanceof Map)) {
    throw new Problem('content', { file, reason: 'a network that is no persistent object of StyleGAN2-ADA' });
  }
  const positional = toJson(state.get('_init_args') ?? [], file);
  const named = toJson(state.get('_init_kwargs') ?? new Map(), file);
  if (!Array.isArray(positional) || !isObject(named)) {
    throw new Problem('content', {
      file,
      reason: `constructor arguments of ${className} that are no list and dictionary`,
    });
  }
  const storages = new Map<PickleValue, TorchStorage>();
  const tensors = collectTensors(object, (reference) => storageOf(reference, storages, file), file);
  return {
    className,
    constructorArguments: nameArguments(className, positional, named, file),
    tensors: new Map<string, FloatTensor>([...tensors].map(([name, tensor]) => [name, toFloatTensor(tensor)])),
  };
}

/** In these pickles every storage is a legacy PyTorch file of its own, inside a byte string; each is read once. */
function storageOf(reference: PickleValue, known: Map<PickleValue, TorchStorage>, file: string): TorchStorage {
  const isNested = isKind('record', reference) && reference.global === 'torch.storage._load_from_bytes';
  const nested = isNested ? reference.arguments[0] : undefined;
  if (!(nested instanceof Uint8Array)) throw new Problem('content', { file, reason: 'a tensor without a storage' });
  let storage = known.get(nested);
  if (storage === undefined) {
    const { value, lookup } = readLegacyFile(nested, file, allowed.storage);
    storage = lookup(value);
    known.set(nested, storage);
  }
  return storage;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain arguments as JSON: NumPy scalars become numbers. Error `content` for what is no plain data or has no end. */
function toJson(root: PickleValue, file: string): Json {
  let left = 10_000;
  const convert = (value: PickleValue, depth: number): Json => {
    left -= 1;
    if (depth > 8 || left < 0) throw new Problem('content', { file, reason: 'arguments without end' });
    if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
      return value;
    }
    if (Array.isArray(value)) return value.map((item) => convert(item, depth + 1));
    if (value instanceof Map) {
      return Object.fromEntries([...value].map(([key, item]) => [String(key), convert(item, depth + 1)]));
    }
    const scalar = isKind('record', value) ? numpyFromPickle(value, file) : undefined;
    if (scalar?.shape.length !== 0) throw new Problem('content', { file, reason: 'arguments that are no plain data' });
    return toNumbers(scalar)[0]!;
  };
  return convert(root, 0);
}

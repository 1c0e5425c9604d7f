// Walks what a pickle held (dictionaries, modules, TorchScript objects) and lists its tensors under dotted names.
import { Problem } from '../../src-main/platform/errors.ts';
import { numpyFromPickle } from './numpy-types.ts';
import { entryOf, isKind, type PickleRecord, type PickleValue } from './pickle-value.ts';
import { maximumBytes, type StoredTensor } from './tensor.ts';
import { isTensorRecord, type StorageLookup, tensorFrom } from './torch-tensor.ts';

/** Deeper than any network is nested; a pickle can contain itself. */
const maximumDepth = 64;
/** More than any network has parts; a pickle can name one part many times. */
const maximumVisits = 200_000;

/** The class whose records are persistent modules of StyleGAN2-ADA. */
export const persistentObject = 'torch_utils.persistence._reconstruct_persistent_obj';

/**
 * Every tensor below `root`, by the dotted path to it: keys of dictionaries, indices of lists, parameters, buffers and
 * children of modules (StyleGAN2-ADA's persistent ones), attributes of TorchScript objects. NumPy arrays count as
 * tensors. Errors: `content` for tensors that do not fit their storage; `limit` for a structure too deep or too large.
 */
export function collectTensors(root: PickleValue, lookup: StorageLookup, file: string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  let visits = 0;
  let bytes = 0;
  const visit = (value: PickleValue, path: readonly string[]): void => {
    visits += 1;
    bound('nesting of objects', path.length, maximumDepth, file);
    bound('number of objects', visits, maximumVisits, file);
    const tensor = isKind('record', value) ? leaf(value, lookup, file) : undefined;
    if (tensor === undefined) {
      for (const [name, child] of children(value)) if (typeof child === 'object') visit(child, [...path, name]);
      return;
    }
    bytes += tensor.data.byteLength;
    bound('size of all tensors', bytes, maximumBytes, file);
    tensors.set(path.join('.'), tensor);
  };
  visit(root, []);
  return tensors;
}

function leaf(record: PickleRecord, lookup: StorageLookup, file: string): StoredTensor | undefined {
  return isTensorRecord(record) ? tensorFrom(record, lookup, file) : numpyFromPickle(record, file);
}

function children(value: PickleValue): readonly (readonly [string, PickleValue])[] {
  if (value instanceof Map) return [...value].map(([key, child]) => [String(key), child] as const);
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child] as const);
  if (!isKind('record', value)) return [];
  if (value.global === persistentObject) {
    const state = entryOf(value.arguments[0], 'state');
    return ['_parameters', '_buffers', '_modules'].flatMap((part) => children(entryOf(state, part) ?? null));
  }
  if (value.global.startsWith('torch.jit._pickle.')) return children(value.arguments[0] ?? null);
  return value.global.startsWith('__torch__.') ? children(value.state ?? null) : [];
}

function bound(what: string, value: number, limit: number, file: string): void {
  if (value > limit) throw new Problem('limit', { what: `${what} in ${file}`, value, limit });
}

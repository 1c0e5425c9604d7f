// Tensors inside PyTorch pickles: storages by reference, strided views on them, parameters. Views are not copied.
import { Problem } from '../../src-main/platform/errors.ts';
import { isKind, type PickleRecord, type PickleValue, wholeNumber } from './pickle-value.ts';
import { stridedElements } from './strided.ts';
import { type ElementType, elementBytes, type StoredTensor } from './tensor.ts';

/** Element type of each storage class of PyTorch. */
const storageTypes: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** A run of elements that tensors are views of. */
export interface TorchStorage {
  readonly dtype: ElementType;
  readonly data: Uint8Array;
}

/** Turns the reference to a storage that a pickle holds into the storage. */
export type StorageLookup = (reference: PickleValue) => TorchStorage;

/** What a persistent id says: `('storage', class, key, location, elements[, (view key, offset, elements)])`. */
export interface StorageReference {
  readonly dtype: ElementType;
  readonly key: string;
  readonly elements: number;
  /** A part of the storage, in elements (legacy files of PyTorch before 0.4). */
  readonly view: { readonly offset: number; readonly elements: number } | undefined;
}

/** Reads a persistent id. Error `content` when it is no storage reference. */
export function storageReference(reference: PickleValue, file: string): StorageReference {
  const [tag, type, key, , elements, view] =
    isKind('persistent', reference) && Array.isArray(reference.id) ? reference.id : [];
  const dtype = isKind('global', type) ? storageTypes[type.name] : undefined;
  if (tag !== 'storage' || dtype === undefined || typeof key !== 'string') {
    throw new Problem('content', { file, reason: 'a tensor refers to something that is no storage' });
  }
  const part = Array.isArray(view)
    ? { offset: wholeNumber(view[1], 'a view offset', file), elements: wholeNumber(view[2], 'a view size', file) }
    : undefined;
  return { dtype, key, elements: wholeNumber(elements, 'a storage size', file), view: part };
}

/** The storage of a reference, out of the bytes that the file holds for its key; sizes are checked against each other. */
export function storageFrom(reference: StorageReference, bytes: Uint8Array | undefined, file: string): TorchStorage {
  const { dtype, key, elements, view } = reference;
  const size = elementBytes(dtype);
  if (bytes?.byteLength !== elements * size) {
    const found = bytes === undefined ? 'nothing' : `${bytes.byteLength} bytes`;
    throw new Problem('content', { file, reason: `storage ${key} should hold ${elements} ${dtype}, found ${found}` });
  }
  if (view === undefined) return { dtype, data: bytes };
  if (view.offset + view.elements > elements) {
    throw new Problem('content', { file, reason: `a view reaches outside of storage ${key}` });
  }
  return { dtype, data: bytes.subarray(view.offset * size, (view.offset + view.elements) * size) };
}

/** True for a record that stands for a tensor or parameter. */
export function isTensorRecord(record: PickleRecord): boolean {
  return record.global in rebuilders;
}

/** The tensor that a record stands for, in C order. Error `content` when its view does not fit its storage. */
export function tensorFrom(record: PickleRecord, lookup: StorageLookup, file: string): StoredTensor {
  const rebuild = rebuilders[record.global];
  if (rebuild === undefined) {
    throw new Problem('content', { file, reason: `${record.global} where a tensor should be` });
  }
  return rebuild(record.arguments, lookup, file);
}

type Rebuild = (values: readonly PickleValue[], lookup: StorageLookup, file: string) => StoredTensor;

const rebuilders: Readonly<Record<string, Rebuild>> = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor], lookup, file) => {
    if (!isKind('record', tensor) || tensor.global === 'torch._utils._rebuild_parameter') {
      throw new Problem('content', { file, reason: 'a parameter without a tensor' });
    }
    return tensorFrom(tensor, lookup, file);
  },
};

/** Arguments: storage, offset, shape, strides, in elements. What follows (gradient flag, hooks) means nothing here. */
function rebuildTensor(values: readonly PickleValue[], lookup: StorageLookup, file: string): StoredTensor {
  const [reference, offset, shape, strides] = values;
  if (reference === undefined || !Array.isArray(shape) || !Array.isArray(strides)) {
    throw new Problem('content', { file, reason: 'a tensor without storage, shape or strides' });
  }
  const { dtype, data } = lookup(reference);
  const view = {
    shape: shape.map((size) => wholeNumber(size, 'a tensor dimension', file)),
    strides: strides.map((stride) => wholeNumber(stride, 'a tensor stride', file)),
    offset: wholeNumber(offset, 'a tensor offset', file),
  };
  const elements = stridedElements(data, elementBytes(dtype), view);
  if (elements === undefined) {
    const claim = `shape [${view.shape}], strides [${view.strides}], offset ${view.offset}`;
    throw new Problem('content', { file, reason: `a tensor of ${claim} does not fit its storage` });
  }
  return { dtype, shape: view.shape, data: elements };
}

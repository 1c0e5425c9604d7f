// NumPy's element types: the strings of .npy files and pickles against ours, and arrays and scalars inside a pickle.
import { Problem } from '../../src-main/platform/errors.ts';
import { isKind, type PickleRecord, type PickleValue, wholeNumber } from './pickle-value.ts';
import { columnMajor, rowMajor, stridedElements } from './strided.ts';
import { type ElementType, elementBytes, type StoredTensor } from './tensor.ts';

const descriptions: Readonly<Record<string, ElementType>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u8: 'U64',
  u4: 'U32',
  u2: 'U16',
  u1: 'U8',
  b1: 'BOOL',
};

/** The element type of a NumPy type string such as `<f4` or `|b1`; undefined for big-endian and composed types. */
export function elementTypeOf(description: string): ElementType | undefined {
  const [, order, code = ''] = /^([<|>=]?)(\w\d)$/.exec(description) ?? [];
  return order === '>' && !code.endsWith('1') ? undefined : descriptions[code];
}

/** A NumPy array as a tensor in C order. Error `content` when the bytes do not fit. */
export function numpyTensor(
  description: string,
  shape: readonly number[],
  fortran: boolean,
  bytes: Uint8Array,
  file: string,
): StoredTensor {
  const dtype = elementTypeOf(description);
  if (dtype === undefined) throw new Problem('format', { file, found: `NumPy type ${description.slice(0, 40)}` });
  const strides = fortran ? columnMajor(shape) : rowMajor(shape);
  const data = stridedElements(bytes, elementBytes(dtype), { shape, strides, offset: 0 });
  if (data === undefined || data.byteLength !== bytes.byteLength) {
    throw new Problem('content', { file, reason: `a NumPy array of shape [${shape}] does not fit its bytes` });
  }
  return { dtype, shape, data };
}

/** The array or scalar (shape []) that a record of a pickle stands for; undefined when it stands for neither. */
export function numpyFromPickle(record: PickleRecord, file: string): StoredTensor | undefined {
  const name = record.global.replace(/^numpy\.(?:_?core)\./, '');
  const read = readers[name];
  return read === undefined ? undefined : read(record, file);
}

const readers: Readonly<Record<string, (record: PickleRecord, file: string) => StoredTensor>> = {
  'multiarray.scalar': ({ arguments: [type, bytes] }, file) => fromParts(type, [], false, bytes, file),
  // State: version, shape, type, order, bytes.
  'multiarray._reconstruct': ({ state }, file) => {
    const [, shape, type, fortran, bytes] = Array.isArray(state) ? state : [];
    return fromParts(type, shape, fortran, bytes, file);
  },
  'numeric._frombuffer': ({ arguments: [bytes, type, shape, order] }, file) =>
    fromParts(type, shape, order === 'F', bytes, file),
};

function fromParts(
  type: PickleValue | undefined,
  shape: PickleValue | undefined,
  fortran: PickleValue | undefined,
  bytes: PickleValue | undefined,
  file: string,
): StoredTensor {
  if (!(bytes instanceof Uint8Array) || !Array.isArray(shape)) {
    throw new Problem('content', { file, reason: 'a NumPy array without bytes or shape' });
  }
  const sizes = shape.map((size) => wholeNumber(size, 'an array dimension', file));
  return numpyTensor(describe(type), sizes, fortran === true, bytes, file);
}

/** The type string of a pickled `numpy.dtype`: its code, and the byte order from its state (version, order, …). */
function describe(type: PickleValue | undefined): string {
  if (!isKind('record', type) || type.global !== 'numpy.dtype') return 'unknown';
  const [code] = type.arguments;
  const order = Array.isArray(type.state) ? type.state[1] : '|';
  return `${order}${code}`;
}

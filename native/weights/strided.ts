// Takes the elements of a strided view out of a buffer, with every index checked before anything is allocated.
import { elementCount } from './tensor.ts';

/** A view into a buffer of elements: `offset` and `strides` count elements, as in PyTorch and NumPy. */
export interface StridedView {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Strides of a C-ordered (last index fastest) array of this shape. */
export function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** Strides of a Fortran-ordered (first index fastest) array of this shape. */
export function columnMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
}

/**
 * The elements of `view` in C order: a view of `data` where they lie so already, else a copy. Undefined when the view
 * reaches outside of `data`, or names more elements than `data` has (a view may not repeat elements to inflate itself).
 */
export function stridedElements(data: Uint8Array, elementBytes: number, view: StridedView): Uint8Array | undefined {
  const { shape, strides, offset } = view;
  const available = data.byteLength / elementBytes;
  const count = elementCount(shape);
  if (count === undefined || count > available || strides.length !== shape.length) return undefined;
  if (![offset, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0)) return undefined;
  if (count === 0) return data.subarray(0, 0);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  if (last >= available) return undefined;
  const packed = rowMajor(shape);
  if (shape.every((size, axis) => size === 1 || strides[axis] === packed[axis])) {
    return data.subarray(offset * elementBytes, (offset + count) * elementBytes);
  }
  return gather(data, elementBytes, count, view);
}

function gather(data: Uint8Array, elementBytes: number, count: number, view: StridedView): Uint8Array {
  const { shape, strides, offset } = view;
  const result = new Uint8Array(count * elementBytes);
  const index = shape.map(() => 0);
  let source = offset;
  for (let target = 0; target < count; target++) {
    for (let byte = 0; byte < elementBytes; byte++) {
      result[target * elementBytes + byte] = data[source * elementBytes + byte]!;
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      source += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      source -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

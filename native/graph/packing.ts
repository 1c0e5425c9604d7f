// Many named tensors as one vector: one optimizer step, one moving average and one snapshot serve a whole network.
import { concat, fill, narrow, reshape } from './build.ts';
import { type Shape, sizeOf, type Tensor } from './operations.ts';

/** Where each named tensor lies in the vector, in order and without gaps. */
export interface Layout {
  readonly entries: ReadonlyMap<string, { readonly shape: Shape; readonly offset: number }>;
  readonly size: number;
}

/** The layout of tensors in the order of the map. */
export function layoutOf(shapes: ReadonlyMap<string, Shape>): Layout {
  const entries = new Map<string, { readonly shape: Shape; readonly offset: number }>();
  let size = 0;
  for (const [name, shape] of shapes) {
    entries.set(name, { shape, offset: size });
    size += sizeOf(shape);
  }
  return { entries, size };
}

/** The named tensors of a vector [size], as graph. */
export function unpack(vector: Tensor, { entries }: Layout): ReadonlyMap<string, Tensor> {
  const parts = [...entries].map(
    ([name, { shape, offset }]) => [name, reshape(narrow(vector, 0, offset, sizeOf(shape)), shape)] as const,
  );
  return new Map(parts);
}

/** One vector [size] of tensors in the layout's order, as graph; a tensor that is not given counts as zeros. */
export function pack(tensors: ReadonlyMap<string, Tensor | undefined>, { entries }: Layout): Tensor {
  const parts = [...entries].map(([name, { shape }]) => reshape(tensors.get(name) ?? fill(shape, 0), [sizeOf(shape)]));
  return concat(parts, 0);
}

/** The vector of values in host memory; every entry must be given, with as many values as its shape has. */
export function packValues(values: (name: string) => Float32Array, { entries, size }: Layout): Float32Array {
  const vector = new Float32Array(size);
  for (const [name, { shape, offset }] of entries) {
    const data = values(name);
    if (data.length !== sizeOf(shape)) throw new Error(`${name}: ${data.length} values for [${shape.join(', ')}]`);
    vector.set(data, offset);
  }
  return vector;
}

/** The named parts of a vector in host memory: views, not copies. */
export function unpackValues(vector: Float32Array, { entries }: Layout): ReadonlyMap<string, Float32Array> {
  return new Map(
    [...entries].map(([name, { shape, offset }]) => [name, vector.subarray(offset, offset + sizeOf(shape))]),
  );
}

// Plain float64 arrays with a shape: what the references of test/native compute with.
import { type Shape, sizeOf } from '../../native/graph/operations.ts';

/** Row-major values of a shape. */
export interface Values {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Row-major place of `index` in `shape`, aligned at the last axis; an axis of size 1 is broadcast. */
export function offsetOf(shape: Shape, index: readonly number[]): number {
  const lead = index.length - shape.length;
  return shape.reduce((offset, size, axis) => offset * size + (size === 1 ? 0 : index[lead + axis]!), 0);
}

/** The value at `index`, with numpy's broadcasting. */
export const at = ({ shape, data }: Values, index: readonly number[]): number => data[offsetOf(shape, index)]!;

/** Every index of a shape, the last axis fastest. */
export function indices(shape: Shape): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, offset) => {
    let rest = offset;
    return shape
      .toReversed()
      .map((size) => {
        const i = rest % size;
        rest = Math.floor(rest / size);
        return i;
      })
      .reverse();
  });
}

/** The array of a shape whose value at each index is `value(index)`. */
export const tabulate = (shape: Shape, value: (index: readonly number[]) => number): Float64Array =>
  Float64Array.from(indices(shape), value);

/** Uniform numbers in 0..1, the same for the same seed (Weyl sequence mixed by two xor-multiplications). */
export function uniform(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/**
 * Values between `low` and `high` in random order, exact in float32, no two closer than about half the range divided by
 * their number: so that a maximum has no ties and a finite difference crosses no kink at 0.
 */
export function distinctValues(shape: Shape, [low, high]: readonly [number, number], seed: number): Values {
  const random = uniform(seed);
  const count = sizeOf(shape);
  const order = Array.from({ length: count }, (_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
  const data = Float64Array.from(order, ({ i }) => low + ((high - low) * (i + 0.25 + 0.5 * random())) / count);
  return { shape, data: Float64Array.from(new Float32Array(data)) };
}

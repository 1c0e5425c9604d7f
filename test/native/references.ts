// Reference table: one row per op, what it computes, in plain float64 JavaScript written for clarity alone.
import type { ConvolutionGeometry, OpKind, OpParameters, Placement, Shape } from '../../native/graph/operations.ts';
import { sizeOf } from '../../native/graph/operations.ts';
import { at, indices, offsetOf, tabulate, type Values } from './arrays.ts';

/** Kinds that compute something: the other two are what every check feeds and reads. */
export type ComputingKind = Exclude<OpKind, 'input' | 'variable'>;

/** The result's values, given its shape. */
type Reference<K extends OpKind> = (
  parameters: OpParameters[K],
  inputs: readonly Values[],
  shape: Shape,
) => Float64Array;

const each =
  (value: (x: number) => number) =>
  (_: unknown, [x]: readonly Values[]): Float64Array =>
    x!.data.map(value);
const pairs =
  (value: (a: number, b: number) => number) =>
  (_: unknown, [a, b]: readonly Values[], shape: Shape): Float64Array =>
    tabulate(shape, (index) => value(at(a!, index), at(b!, index)));
const reduce =
  (start: number, step: (total: number, x: number) => number) =>
  (_: unknown, [x]: readonly Values[], shape: Shape): Float64Array => {
    const result = new Float64Array(sizeOf(shape)).fill(start);
    for (const index of indices(x!.shape)) {
      const offset = offsetOf(shape, index);
      result[offset] = step(result[offset]!, at(x!, index));
    }
    return result;
  };

export const references: { readonly [K in ComputingKind]: Reference<K> } = {
  constant: ({ data }) => Float64Array.from(data),
  negate: each((x) => -x),
  exp: each(Math.exp),
  log: each(Math.log),
  sqrt: each(Math.sqrt),
  reciprocal: each((x) => 1 / x),
  tanh: each(Math.tanh),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  sin: each(Math.sin),
  cos: each(Math.cos),
  erf: each(errorFunction),
  abs: each(Math.abs),
  gate: ({ below }, [x]) => x!.data.map((value) => (value > 0 ? 1 : below)),
  inside: ({ limit }, [x]) => x!.data.map((value) => (Math.abs(value) <= limit ? 1 : 0)),
  leakyRelu: ({ slope }, [x]) => x!.data.map((value) => (value > 0 ? value : slope * value)),
  clamp: ({ minimum, maximum }, [x]) => x!.data.map((value) => Math.min(Math.max(value, minimum), maximum)),
  finite: ({ largest }, [x]) =>
    x!.data.map((value) => (Number.isNaN(value) ? 0 : Math.min(Math.max(value, -largest), largest))),
  stopGradient: each((x) => x),
  cast: ({ type }, [x]) => (type === 'float32' ? x!.data : Float64Array.from(new Float16Array(x!.data))),
  add: pairs((a, b) => a + b),
  subtract: pairs((a, b) => a - b),
  multiply: pairs((a, b) => a * b),
  divide: pairs((a, b) => a / b),
  maximum: pairs(Math.max),
  minimum: pairs(Math.min),
  sum: reduce(0, (total, x) => total + x),
  max: reduce(Number.NEGATIVE_INFINITY, Math.max),
  reshape: each((x) => x),
  expand: (_, [x], shape) => tabulate(shape, (index) => at(x!, index)),
  transpose: ({ permutation }, [x], shape) =>
    tabulate(shape, (index) =>
      at(
        x!,
        permutation.map((_, axis) => index[permutation.indexOf(axis)]!),
      ),
    ),
  concat: ({ axis }, parts, shape) =>
    tabulate(shape, (index) => {
      let place = index[axis]!;
      let part = 0;
      while (place >= parts[part]!.shape[axis]!) place -= parts[part++]!.shape[axis]!;
      return at(parts[part]!, index.with(axis, place));
    }),
  reverse: ({ axes }, [x], shape) =>
    tabulate(shape, (index) =>
      at(
        x!,
        index.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i)),
      ),
    ),
  slice: (placement, [x], shape) => tabulate(shape, (index) => at(x!, placed(placement, index))),
  embed: (placement, [x], shape) => {
    const result = new Float64Array(sizeOf(shape));
    for (const index of indices(x!.shape)) result[offsetOf(shape, placed(placement, index))] = at(x!, index);
    return result;
  },
  matmul: (_, [a, b], shape) =>
    tabulate(shape, (index) => {
      const [leading, row, column] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
      const terms = Array.from({ length: a!.shape.at(-1)! }, (_, k) => k);
      return terms.reduce((sum, k) => sum + at(a!, [...leading, row, k]) * at(b!, [...leading, k, column]), 0);
    }),
  convolution: (geometry, [x, w, bias], shape) => {
    const y = tabulate(shape, ([, output]) => bias?.data[output!] ?? 0);
    forEachTerm(geometry, x!.shape, w!.shape, shape, (i, j, k) => {
      y[k]! += x!.data[i]! * w!.data[j]!;
    });
    return y;
  },
  transposedConvolution: (geometry, [y, w], shape) => {
    const x = new Float64Array(sizeOf(shape));
    forEachTerm(geometry, shape, w!.shape, y!.shape, (i, j, k) => {
      x[i]! += y!.data[k]! * w!.data[j]!;
    });
    return x;
  },
  weightGradient: (geometry, [x, y], shape) => {
    const w = new Float64Array(sizeOf(shape));
    forEachTerm(geometry, x!.shape, shape, y!.shape, (i, j, k) => {
      w[j]! += x!.data[i]! * y!.data[k]!;
    });
    return w;
  },
  boxFilter: ({ size, before }, [x], shape) =>
    tabulate(shape, (index) => window(x!, index, size, 1, before).reduce((a, b) => a + b, 0) / size ** 2),
  maxPool: ({ size, stride, padding }, [x], shape) =>
    tabulate(shape, (index) => Math.max(...window(x!, index, size, stride, padding))),
  repeatPixels: ({ factor }, [x], shape) =>
    tabulate(shape, ([n, c, row, column]) => at(x!, [n!, c!, Math.floor(row! / factor), Math.floor(column! / factor)])),
  sumBlocks: ({ factor }, [x], shape) =>
    tabulate(shape, (index) => window(x!, index, factor, factor, 0).reduce((a, b) => a + b, 0)),
  gridSample: (_, [x, places], shape) => {
    const y = new Float64Array(sizeOf(shape));
    forEachCorner(places!, x!.shape, shape, (inX, inY, weight) => {
      y[inY]! += weight * x!.data[inX]!;
    });
    return y;
  },
  gridScatter: (_, [y, places], shape) => {
    const x = new Float64Array(sizeOf(shape));
    forEachCorner(places!, shape, y!.shape, (inX, inY, weight) => {
      x[inX]! += weight * y!.data[inY]!;
    });
    return x;
  },
};

const placed = ({ starts, steps }: Placement, index: readonly number[]): number[] =>
  index.map((i, axis) => starts[axis]! + i * steps[axis]!);

/** The values inside the image under one window position. */
function window(x: Values, index: readonly number[], size: number, stride: number, padding: number): number[] {
  const [n, c, row, column] = index as [number, number, number, number];
  return indices([size, size]).flatMap(([i, j]) => {
    const [y0, x0] = [row * stride + i! - padding, column * stride + j! - padding];
    const inside = y0 >= 0 && x0 >= 0 && y0 < x.shape[2]! && x0 < x.shape[3]!;
    return inside ? [at(x, [n, c, y0, x0])] : [];
  });
}

/** Every product of the trilinear form <conv(x, w), y> as offsets in x, w and y. */
function forEachTerm(
  { stride, padding, groups }: ConvolutionGeometry,
  x: Shape,
  w: Shape,
  y: Shape,
  visit: (inX: number, inW: number, inY: number) => void,
): void {
  const channels = w[1]!;
  const taps = indices(w.slice(1));
  for (const [inY, [n, output, row, column]] of indices(y).entries()) {
    const firstChannel = channels * Math.floor((output! * groups) / y[1]!);
    for (const [tap, [channel, i, j]] of taps.entries()) {
      const [y0, x0] = [row! * stride + i! - padding, column! * stride + j! - padding];
      if (y0 < 0 || x0 < 0 || y0 >= x[2]! || x0 >= x[3]!) continue;
      const inX = ((n! * x[1]! + firstChannel + channel!) * x[2]! + y0) * x[3]! + x0;
      visit(inX, output! * taps.length + tap, inY);
    }
  }
}

/** Every pixel of x around every place, as offsets in x and y, with its bilinear weight. */
function forEachCorner(
  places: Values,
  x: Shape,
  y: Shape,
  visit: (inX: number, inY: number, weight: number) => void,
): void {
  for (const [inY, [n, channel, row, column]] of indices(y).entries()) {
    const pixel = [0, 1].map((axis) => {
      const length = x[3 - axis]!;
      return (at(places, [n!, row!, column!, axis]) * length + length - 1) / 2;
    }) as [number, number];
    for (let j = 0; j < x[2]!; j++) {
      for (let i = 0; i < x[3]!; i++) {
        const weight = Math.max(0, 1 - Math.abs(pixel[0] - i)) * Math.max(0, 1 - Math.abs(pixel[1] - j));
        if (weight > 0) visit(offsetOf(x, [n!, channel!, j, i]), inY, weight);
      }
    }
  }
}

/** erf by its Maclaurin series, exact to 1e-13 for |x| below 3 (NIST DLMF 7.6.1). */
function errorFunction(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

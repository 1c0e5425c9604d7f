// Shape rules: one row per op, the shape of its result from the shapes of its inputs; wrong shapes throw.
import type { ConvolutionGeometry, OpKind, OpParameters, Shape } from './operations.ts';
import { sizeOf } from './operations.ts';

type ShapeRule<K extends OpKind> = (parameters: OpParameters[K], shapes: readonly Shape[]) => Shape;

const same = (_: unknown, [x]: readonly Shape[]): Shape => x!;
const broadcast = (_: unknown, [a, b]: readonly Shape[]): Shape => broadcastShapes(a!, b!);
const keepAxes = ({ axes }: { readonly axes: readonly number[] }, [x]: readonly Shape[]): Shape => {
  demand(
    axes.every((axis) => axis >= 0 && axis < x!.length),
    'reduction axes',
    axes,
    x!,
  );
  return x!.map((size, axis) => (axes.includes(axis) ? 1 : size));
};

export const shapeRules: { readonly [K in OpKind]: ShapeRule<K> } = {
  input: ({ shape }) => shape,
  variable: ({ shape }) => shape,
  constant: ({ data, shape }) => {
    demand(data.length === sizeOf(shape), 'constant data', [data.length], shape);
    return shape;
  },
  negate: same,
  exp: same,
  log: same,
  sqrt: same,
  reciprocal: same,
  tanh: same,
  sigmoid: same,
  softplus: same,
  sin: same,
  cos: same,
  erf: same,
  abs: same,
  gate: same,
  inside: same,
  leakyRelu: same,
  clamp: same,
  finite: same,
  stopGradient: same,
  cast: same,
  add: broadcast,
  subtract: broadcast,
  multiply: broadcast,
  divide: broadcast,
  maximum: broadcast,
  minimum: broadcast,
  sum: keepAxes,
  max: keepAxes,
  reshape: ({ shape }, [x]) => {
    demand(sizeOf(shape) === sizeOf(x!), 'reshape', shape, x!);
    return shape;
  },
  expand: ({ shape }, [x]) => {
    demand(sizeOf(broadcastShapes(shape, x!)) === sizeOf(shape), 'expand', shape, x!);
    return shape;
  },
  transpose: ({ permutation }, [x]) => {
    demand(permutation.length === x!.length, 'transpose', permutation, x!);
    return permutation.map((axis) => x![axis]!);
  },
  concat: ({ axis }, shapes) => {
    const total = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
    for (const shape of shapes) {
      const fits = shape.length === shapes[0]!.length && shape.every((size, a) => a === axis || size === shapes[0]![a]);
      demand(fits, 'concat', shape, shapes[0]!);
    }
    return shapes[0]!.map((size, a) => (a === axis ? total : size));
  },
  reverse: same,
  slice: ({ starts, steps, shape }, [x]) => {
    demandPlacement('slice', starts, steps, shape, x!);
    return shape;
  },
  embed: ({ starts, steps, shape }, [x]) => {
    demandPlacement('embed', starts, steps, x!, shape);
    return shape;
  },
  matmul: (_, [a, b]) => {
    const leading = a!.slice(0, -2);
    const fits =
      a!.length === b!.length &&
      a!.length >= 2 &&
      leading.every((size, i) => size === b![i]) &&
      a!.at(-1) === b!.at(-2);
    demand(fits, 'matmul', a!, b!);
    return [...leading, a!.at(-2)!, b!.at(-1)!];
  },
  convolution: (geometry, [x, w, bias]) => {
    demandWeight(geometry, w!, x![1]!);
    if (bias !== undefined) demand(sizeOf(bias) === w![0] && bias.length === 1, 'convolution bias', bias, w!);
    return [x![0]!, w![0]!, steps(x![2]!, w![2]!, geometry), steps(x![3]!, w![3]!, geometry)];
  },
  transposedConvolution: (geometry, [y, w]) => {
    const channels = w![1]! * geometry.groups;
    demand(y![1] === w![0], 'transposed convolution channels', y!, w!);
    const { height, width } = geometry;
    const fits = steps(height, w![2]!, geometry) === y![2] && steps(width, w![3]!, geometry) === y![3];
    demand(fits, 'transposed convolution size', [height, width], y!);
    return [y![0]!, channels, height, width];
  },
  weightGradient: (geometry, [x, y]) => {
    const { kernelHeight, kernelWidth, groups } = geometry;
    const fits = steps(x![2]!, kernelHeight, geometry) === y![2] && steps(x![3]!, kernelWidth, geometry) === y![3];
    demand(fits && x![0] === y![0], 'weight gradient', x!, y!);
    return [y![1]!, x![1]! / groups, kernelHeight, kernelWidth];
  },
  boxFilter: ({ size, before, after }, [x]) => {
    demand(
      Math.min(before, after) >= 0 && Math.max(before, after) < size,
      'boxFilter padding',
      [before, after],
      [size],
    );
    const extent = (length: number) => length + before + after - size + 1;
    return [x![0]!, x![1]!, extent(x![2]!), extent(x![3]!)];
  },
  maxPool: ({ size, stride, padding }, [x]) => {
    const extent = (length: number) => Math.floor((length + 2 * padding - size) / stride) + 1;
    return [x![0]!, x![1]!, extent(x![2]!), extent(x![3]!)];
  },
  repeatPixels: ({ factor }, [x]) => [x![0]!, x![1]!, x![2]! * factor, x![3]! * factor],
  sumBlocks: ({ factor }, [x]) => {
    demand(x![2]! % factor === 0 && x![3]! % factor === 0, 'sumBlocks', [factor], x!);
    return [x![0]!, x![1]!, x![2]! / factor, x![3]! / factor];
  },
  gridSample: (_, [x, places]) => {
    demand(places!.length === 4 && places![0] === x![0] && places![3] === 2, 'gridSample', places!, x!);
    return [x![0]!, x![1]!, places![1]!, places![2]!];
  },
  gridScatter: ({ height, width }, [y, places]) => {
    const fits = y!.length === 4 && places!.join() === [y![0], y![2], y![3], 2].join();
    demand(fits, 'gridScatter', places!, y!);
    return [y![0]!, y![1]!, height, width];
  },
};

/** numpy's broadcasting of two shapes; throws when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const sizeA = a[i - rank + a.length] ?? 1;
    const sizeB = b[i - rank + b.length] ?? 1;
    demand(sizeA === sizeB || sizeA === 1 || sizeB === 1, 'broadcast', a, b);
    return sizeA === 1 ? sizeB : sizeA;
  });
}

function steps(length: number, kernel: number, { stride, padding }: ConvolutionGeometry): number {
  return Math.floor((length + 2 * padding - kernel) / stride) + 1;
}

function demandWeight({ groups }: ConvolutionGeometry, w: Shape, channels: number): void {
  demand(w.length === 4 && w[1]! * groups === channels && w[0]! % groups === 0, 'convolution weight', w, [channels]);
}

function demandPlacement(what: string, starts: Shape, stepSizes: Shape, part: Shape, whole: Shape): void {
  const fits =
    part.length === whole.length &&
    part.every((size, axis) => {
      const start = starts[axis]!;
      return start >= 0 && stepSizes[axis]! >= 1 && start + (size - 1) * stepSizes[axis]! < whole[axis]!;
    });
  demand(fits, what, part, whole);
}

/** A wrong shape is a mistake of the program that builds the graph, never of its user: a plain Error. */
function demand(holds: boolean, what: string, a: Shape, b: Shape): void {
  if (!holds) throw new Error(`${what}: [${a.join(', ')}] does not fit [${b.join(', ')}]`);
}

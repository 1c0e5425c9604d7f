// Gradient rules: one row per op, the gradients of its inputs from that of its result, as more graph.
import {
  add,
  boxFilter,
  cast,
  convolution,
  cos,
  divide,
  embed,
  exp,
  expand,
  fill,
  gate,
  gridSample,
  gridScatter,
  inside,
  matmul,
  multiply,
  narrow,
  negate,
  padImage,
  repeatPixels,
  reshape,
  reverse,
  scalar,
  sigmoid,
  sin,
  slice,
  square,
  subtract,
  sum,
  sumBlocks,
  sumTo,
  transpose,
  transposedConvolution,
  weightGradient,
} from './build.ts';
import type { OpKind, Tensor } from './operations.ts';

/** Gradients for each input (undefined: none), given the node and the gradient `g` of its result. */
type GradientRule<K extends OpKind> = (node: Tensor<K>, g: Tensor) => readonly (Tensor | undefined)[];

const none = (): readonly undefined[] => [undefined];

export const gradientRules: { readonly [K in OpKind]: GradientRule<K> } = {
  input: () => [],
  variable: () => [],
  constant: () => [],
  negate: (_, g) => [negate(g)],
  exp: (y, g) => [multiply(g, y)],
  log: ({ inputs: [x] }, g) => [divide(g, x!)],
  sqrt: (y, g) => [divide(multiply(g, 0.5), y)],
  reciprocal: (y, g) => [negate(multiply(g, square(y)))],
  tanh: (y, g) => [multiply(g, subtract(1, square(y)))],
  sigmoid: (y, g) => [multiply(g, multiply(y, subtract(1, y)))],
  softplus: ({ inputs: [x] }, g) => [multiply(g, sigmoid(x!))],
  sin: ({ inputs: [x] }, g) => [multiply(g, cos(x!))],
  cos: ({ inputs: [x] }, g) => [negate(multiply(g, sin(x!)))],
  erf: ({ inputs: [x] }, g) => [multiply(g, multiply(exp(negate(square(x!))), 2 / Math.sqrt(Math.PI)))],
  abs: ({ inputs: [x] }, g) => [multiply(g, subtract(gate(x!), gate(negate(x!))))],
  gate: none,
  inside: none,
  // The slope depends on the sign alone, which the output shares: the input need not be kept.
  leakyRelu: (y, g) => [multiply(g, gate(y, y.parameters.slope))],
  clamp: ({ inputs: [x], parameters: { minimum, maximum } }, g) => {
    const centred = subtract(x!, (minimum + maximum) / 2);
    return [multiply(g, inside(centred, (maximum - minimum) / 2))];
  },
  finite: none,
  stopGradient: none,
  cast: ({ inputs: [x] }, g) => [cast(g, x!.type)],
  add: ({ inputs: [a, b] }, g) => [sumTo(g, a!.shape), sumTo(g, b!.shape)],
  subtract: ({ inputs: [a, b] }, g) => [sumTo(g, a!.shape), negate(sumTo(g, b!.shape))],
  multiply: ({ inputs: [a, b] }, g) => [sumTo(multiply(g, b!), a!.shape), sumTo(multiply(g, a!), b!.shape)],
  divide: (y, g) => {
    const [a, b] = y.inputs;
    const overB = divide(g, b!);
    return [sumTo(overB, a!.shape), negate(sumTo(multiply(overB, y), b!.shape))];
  },
  maximum: ({ inputs: [a, b] }, g) => choose(g, a!, b!, gate(subtract(a!, b!))),
  minimum: ({ inputs: [a, b] }, g) => choose(g, a!, b!, gate(subtract(b!, a!))),
  sum: ({ inputs: [x] }, g) => [expand(g, x!.shape)],
  max: (y, g) => [multiply(g, equalTo(y.inputs[0]!, y))],
  reshape: ({ inputs: [x] }, g) => [reshape(g, x!.shape)],
  expand: ({ inputs: [x] }, g) => [sumTo(g, x!.shape)],
  transpose: ({ parameters: { permutation } }, g) => [
    transpose(
      g,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  concat: ({ inputs, parameters: { axis } }, g) => {
    let start = 0;
    return inputs.map((part) => {
      const length = part.shape[axis]!;
      start += length;
      return narrow(g, axis, start - length, length);
    });
  },
  reverse: ({ parameters: { axes } }, g) => [reverse(g, axes)],
  slice: ({ inputs: [x], parameters: { starts, steps } }, g) => [embed(g, starts, x!.shape, steps)],
  embed: ({ inputs: [x], parameters: { starts, steps } }, g) => [slice(g, starts, x!.shape, steps)],
  matmul: ({ inputs: [a, b] }, g) => [matmul(g, swapLast(b!)), matmul(swapLast(a!), g)],
  convolution: ({ inputs: [x, w, bias], parameters }, g) => [
    transposedConvolution(g, w!, { ...parameters, height: x!.shape[2]!, width: x!.shape[3]! }),
    weightGradient(x!, g, { ...parameters, kernelHeight: w!.shape[2]!, kernelWidth: w!.shape[3]! }),
    bias && reshape(sum(g, [0, 2, 3]), bias.shape),
  ],
  transposedConvolution: ({ inputs: [y, w], parameters: { stride, padding, groups } }, g) => [
    convolution(g, w!, { stride, padding, groups }),
    weightGradient(g, y!, { stride, padding, groups, kernelHeight: w!.shape[2]!, kernelWidth: w!.shape[3]! }),
  ],
  weightGradient: ({ inputs: [x, y], parameters: { stride, padding, groups } }, g) => [
    transposedConvolution(y!, g, { stride, padding, groups, height: x!.shape[2]!, width: x!.shape[3]! }),
    convolution(x!, g, { stride, padding, groups }),
  ],
  boxFilter: ({ parameters: { size, before, after } }, g) => [boxFilter(g, size, size - 1 - before, size - 1 - after)],
  maxPool: (y, g) => [maxPoolGradient(y, g)],
  repeatPixels: ({ parameters: { factor } }, g) => [sumBlocks(g, factor)],
  sumBlocks: ({ parameters: { factor } }, g) => [repeatPixels(g, factor)],
  gridSample: ({ inputs: [x, places] }, g) => [gridScatter(g, places!, x!.shape[2]!, x!.shape[3]!), undefined],
  gridScatter: ({ inputs: [, places] }, g) => [gridSample(g, places!), undefined],
};

function choose(g: Tensor, a: Tensor, b: Tensor, first: Tensor): readonly Tensor[] {
  return [sumTo(multiply(g, first), a.shape), sumTo(multiply(g, subtract(1, first)), b.shape)];
}

/** 1 where x equals y, a maximum over x: the places of the maximum. Ties share no gradient; each gets it whole. */
function equalTo(x: Tensor, y: Tensor): Tensor {
  return inside(subtract(x, y), 0);
}

const swapLast = (x: Tensor): Tensor => {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

/** Each window's gradient goes to the pixels that hold its maximum. */
function maxPoolGradient(y: Tensor<'maxPool'>, g: Tensor): Tensor {
  const { size, stride, padding } = y.parameters;
  const x = y.inputs[0]!;
  const [n, c, height, width] = x.shape as [number, number, number, number];
  const [, , outHeight, outWidth] = y.shape as [number, number, number, number];
  if (size === stride && padding === 0 && height === outHeight * size && width === outWidth * size) {
    return multiply(repeatPixels(g, size), equalTo(x, repeatPixels(y, size)));
  }
  // Overlapping windows: one strided slice per window position. Beyond the border lies less than any maximum.
  const low = add(padImage(x, [padding, padding, padding, padding]), belowBorder(height, width, padding));
  const whole = low.shape;
  const taps = Array.from({ length: size * size }, (_, tap) => {
    const starts = [0, 0, Math.floor(tap / size), tap % size];
    const values = slice(low, starts, [n, c, outHeight, outWidth], [1, 1, stride, stride]);
    return embed(multiply(g, equalTo(values, y)), starts, whole, [1, 1, stride, stride]);
  });
  const total = taps.reduce((a, b) => add(a, b));
  return padImage(total, [-padding, -padding, -padding, -padding]);
}

/** 0 on the image and -1e8 on the padding around it. */
function belowBorder(height: number, width: number, padding: number): Tensor {
  if (padding === 0) return scalar(0);
  const inside = padImage(fill([1, 1, height, width], 1), [padding, padding, padding, padding]);
  return multiply(subtract(inside, 1), 1e8);
}

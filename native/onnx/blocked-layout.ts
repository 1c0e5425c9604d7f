// The layout in which ONNX Runtime's CPU provider convolves fastest (NCHWc), for convolutions whose weights change.
import type { OpKind, Shape, Tensor } from '../graph/operations.ts';
import { sameShape, sizeOf } from '../graph/operations.ts';
import { lowerings } from './lowerings.ts';
import type { Attribute } from './model.ts';
import { blockedDomain, type Made, type Values } from './values.ts';
import { isDilatable, lowerDilatedWeightGradient } from './weight-gradient.ts';

/*
 * ONNX Runtime brings convolutions of constant weights into this layout by itself; weights that are trained stay in
 * the plain one, at half the speed. So the nodes of the blocked layout are written into the model here. They belong to
 * ONNX Runtime's own domain, which every build for a processor with that layout has; `channelBlock` of
 * native/runtime asks the processor. Ops that look at one element at a time do not mind the layout. What no row below
 * understands is computed in the plain one.
 */

/** Below so many results per weight the weights take longer to bring into the layout than to be used. */
const fewestPositions = 512;

/** Emits a node in the blocked layout, or gives undefined where the plain layout is to be used. */
type BlockedLowering<K extends OpKind> = (node: Tensor<K>, values: Values) => Made | undefined;

const blocked = (name: string): Made => ({ layout: 'blocked', name });

/** An op that treats every element alone: it stays in the layout of its input. */
const elementwise = <K extends OpKind>(node: Tensor<K>, values: Values): Made | undefined => {
  const images = node.inputs.filter((input) => input.shape.length > 0);
  const together = images.every((input) => values.isBlocked(input) && sameShape(input.shape, node.shape));
  if (!together || images.length === 0) return undefined;
  const names = node.inputs.map((input) => (input.shape.length > 0 ? values.blocked(input) : values.plain(input)));
  return blocked((lowerings[node.kind] as (typeof lowerings)[K])(node, names, values.model));
};

/** The ops that the layout understands; every other one is computed in the plain layout. */
const blockedLowerings: { readonly [K in OpKind]?: BlockedLowering<K> } = {
  negate: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  softplus: elementwise,
  gate: elementwise,
  inside: elementwise,
  leakyRelu: (node, values) => {
    const [x] = node.inputs as [Tensor];
    const { slope } = activationOf(x, values) ?? {};
    return slope === undefined ? elementwise(node, values) : blocked(values.blocked(x));
  },
  clamp: elementwise,
  add: elementwise,
  subtract: elementwise,
  multiply: elementwise,
  divide: elementwise,
  convolution: (node, values) => {
    const [x, w, bias] = node.inputs as [Tensor, Tensor, Tensor?];
    if (isDepthwise(node, values)) return depthwise(node, taps(w, values.block), node.parameters.padding, values);
    if (!isBlockable(node, w, values)) return undefined;
    const names = [values.blocked(x), values.weights(w, 'forward'), ...(bias ? [values.plain(bias)] : [])];
    const activation = activationOf(node, values);
    const attributes = activation === undefined ? {} : activated(activation.slope);
    return convolve(names, w.shape, node.parameters, values, attributes);
  },
  transposedConvolution: (node, values) => {
    const { stride, padding } = node.parameters;
    const [y, w] = node.inputs as [Tensor, Tensor];
    if (isDoubling(node)) return isBlockable(node, w, values) ? doubled(node, values) : undefined;
    const back = w.shape[2]! - 1 - padding;
    if (stride !== 1 || back < 0 || w.shape[2] !== w.shape[3]) return undefined;
    if (isDepthwise(node, values)) return depthwise(node, taps(w, values.block, true), back, values);
    if (!isBlockable(node, w, values)) return undefined;
    const names = [values.blocked(y), values.weights(w, 'flipped')];
    return convolve(names, w.shape, { stride, padding: back, groups: 1 }, values);
  },
  weightGradient: (node, values) =>
    isDilatable(node) ? { layout: 'plain', name: lowerDilatedWeightGradient(node, values) } : undefined,
  boxFilter: ({ inputs: [x], parameters: { size, before, after } }, values) =>
    values.isBlocked(x!) ? blocked(averagePool(x!, size, 1, [before, before, after, after], values)) : undefined,
  sumBlocks: ({ inputs: [x], parameters: { factor } }, values) => {
    if (!values.isBlocked(x!)) return undefined;
    const mean = averagePool(x!, factor, factor, [0, 0, 0, 0], values);
    return blocked(values.model.emit('Mul', [mean, values.model.scalar(factor * factor)]));
  },
  repeatPixels: ({ inputs: [x], parameters: { factor } }, values) => {
    if (!values.isBlocked(x!)) return undefined;
    const attributes = { scales: [1, 1, factor, factor] };
    return blocked(values.model.emit('Upsample', [values.blocked(x!)], attributes, blockedDomain));
  },
};

/** The node in the blocked layout, when its channels fill blocks and the layout serves it; else undefined. */
export function lowerBlocked<K extends OpKind>(node: Tensor<K>, values: Values): Made | undefined {
  const fits =
    values.block > 1 && node.type === 'float32' && node.shape.length === 4 && node.shape[1]! % values.block === 0;
  return fits ? blockedLowerings[node.kind]?.(node, values) : undefined;
}

type Convolution = Tensor<'convolution'> | Tensor<'transposedConvolution'>;

/** Weights that change, all channels in one group, both sides whole blocks, and enough work. */
function isBlockable({ shape, parameters: { groups } }: Convolution, w: Tensor, { block }: Values): boolean {
  const [outputs, inputs] = w.shape as [number, number];
  const positions = shape[0]! * shape[2]! * shape[3]!;
  return (
    w.kind !== 'constant' &&
    groups === 1 &&
    outputs % block === 0 &&
    inputs % block === 0 &&
    positions >= fewestPositions
  );
}

/** One constant filter for each channel, on a value that is in blocks already. */
function isDepthwise({ shape, inputs: [x, w], parameters: { groups } }: Convolution, values: Values): boolean {
  return w!.kind === 'constant' && values.isBlocked(x!) && groups === shape[1] && groups === x!.shape[1];
}

/** Constant filters [C, 1, k, k] as [C / b, k, k, b]; `flipped` reverses the taps. */
function taps(w: Tensor, block: number, flipped = false): Float32Array {
  const { data } = (w as Tensor<'constant'>).parameters;
  const size = w.shape[2]! * w.shape[3]!;
  return Float32Array.from({ length: sizeOf(w.shape) }, (_, to) => {
    const channel = Math.floor(to / (size * block)) * block + (to % block);
    const tap = Math.floor(to / block) % size;
    return data[channel * size + (flipped ? size - 1 - tap : tap)]!;
  });
}

/** A filter of each channel. A widened value has its last row and column of padding already. */
function depthwise(node: Convolution, filters: Float32Array, padding: number, values: Values): Made {
  const [x, w] = node.inputs as [Tensor, Tensor];
  const widened = padding > 0 ? values.widened(x) : undefined;
  const names = [widened ?? values.blocked(x), values.model.floats(filters, w.shape)];
  const after = widened === undefined ? padding : padding - 1;
  const pads = [padding, padding, after, after];
  return convolve(names, w.shape, { ...node.parameters, padding }, values, { pads });
}

function convolve(
  names: readonly string[],
  w: Shape,
  { stride, padding, groups }: { readonly stride: number; readonly padding: number; readonly groups: number },
  { model }: Values,
  more: Readonly<Record<string, Attribute>> = {},
): Made {
  const pads = [padding, padding, padding, padding];
  const attributes = { kernel_shape: [w[2]!, w[3]!], strides: [stride, stride], pads, group: groups, ...more };
  return blocked(model.emit('Conv', names, attributes, blockedDomain));
}

/** The leaky relu that a blocked convolution computes by the way, being the only one that sees its result. */
function activationOf(x: Tensor, values: Values): { readonly slope: number } | undefined {
  const user = values.onlyUser(x);
  if (x.kind !== 'convolution' || user?.kind !== 'leakyRelu') return undefined;
  const node = x as Tensor<'convolution'>;
  return isBlockable(node, node.inputs[1]!, values) ? (user as Tensor<'leakyRelu'>).parameters : undefined;
}

const activated = (slope: number): Readonly<Record<string, Attribute>> => ({
  activation: 'LeakyRelu',
  activation_params: { floats: [slope] },
});

function averagePool(x: Tensor, size: number, stride: number, pads: readonly number[], values: Values): string {
  const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads, count_include_pad: 1 };
  return values.model.emit('AveragePool', [values.blocked(x)], attributes, blockedDomain);
}

/** True for the transposed convolution of StyleGAN2's layers: a 3x3 kernel that takes [h, w] to [2 h + 1, 2 w + 1]. */
function isDoubling({ inputs: [y, w], shape, parameters: { stride, padding } }: Convolution): boolean {
  const exact = [2, 3].every((axis) => w!.shape[axis] === 3 && shape[axis] === 2 * y!.shape[axis]! + 1);
  return exact && stride === 2 && padding === 0;
}

/**
 * A doubling without the provider's own transposed convolution, which is slow: pixels of even and odd rows and columns of
 * the result are four convolutions with the kernel's taps 2 and 0 (even) or tap 1 (odd), then laid into each other. The odd
 * ones have a last row or column of zeros, so the result is widened.
 */
function doubled({ inputs, shape }: Tensor<'transposedConvolution'>, values: Values): Made {
  const { model, block: b } = values;
  const [y, w] = inputs as [Tensor, Tensor];
  const [n, , height, width] = y.shape as [number, number, number, number];
  const [outputs, channels] = w.shape as [number, number];
  const images = (n * channels) / b;
  // The taps in reversed order, between blocks: [C / b * O / b, 3, 3, b * b].
  const kernels = reshape(values.weights(w, 'flipped'), [(channels * outputs) / (b * b), 3, 3, b * b]);
  const phase = (row: 0 | 1, column: 0 | 1): string => {
    const [starts, ends, steps] = [
      [row, column],
      [3 - row, 3 - column],
      [2, 2],
    ].map((list) => model.integers(list));
    const picked = model.emit('Slice', [kernels, starts!, ends!, model.integers([1, 2]), steps!]);
    const kernel = [2 - row, 2 - column];
    const attributes = { kernel_shape: kernel, strides: [1, 1], pads: [1 - row, 1 - column, 1, 1], group: 1 };
    const names = [values.blocked(y), reshape(picked, [channels, outputs, ...kernel])];
    return reshape(model.emit('Conv', names, attributes, blockedDomain), [images * (height + 1), width + 1, 1, b]);
  };
  const rows = ([0, 1] as const).map((row) => {
    const columns = model.emit('Concat', [phase(row, 0), phase(row, 1)], { axis: 2 });
    return reshape(columns, [images * (height + 1), 1, (width + 1) * 2 * b]);
  });
  const name = reshape(model.emit('Concat', rows, { axis: 1 }), [n, shape[1]!, 2 * height + 2, 2 * width + 2]);
  return { layout: 'widened', name };

  function reshape(x: string, to: Shape): string {
    return model.emit('Reshape', [x, model.integers(to)]);
  }
}

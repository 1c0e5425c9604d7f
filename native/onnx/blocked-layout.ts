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
  leakyRelu: (node, values) =>
    values.isDoneByInput(node) ? blocked(values.blocked(node.inputs[0]!)) : elementwise(node, values),
  clamp: elementwise,
  add: (node, values) => {
    const [a, b] = node.inputs as [Tensor, Tensor];
    if (values.isDeferred(a)) return convolution(a as Tensor<'convolution'>, values, { sum: b, user: node });
    if (values.isDeferred(b)) return convolution(b as Tensor<'convolution'>, values, { sum: a, user: node });
    return elementwise(node, values);
  },
  subtract: elementwise,
  multiply: elementwise,
  divide: elementwise,
  convolution: (node, values) => convolution(node, values),
  reshape: ({ inputs: [product], shape }, values) =>
    values.isDeferred(product!) ? outerProduct(product as Tensor<'matmul'>, shape, values) : undefined,
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

/**
 * True for a node that its only user computes by the way, as `lowerBlocked` does then: a convolution to whose result a value is added
 * that nobody else needs, and a product of narrow matrices that becomes an image.
 */
export function isLeftToUser(node: Tensor, values: Values): boolean {
  const user = values.onlyUser(node);
  if (values.block === 1 || node.type !== 'float32' || user === undefined) return false;
  const left =
    node.kind === 'convolution'
      ? takesSum(node as Tensor<'convolution'>, user, values)
      : node.kind === 'matmul' && isOuterProduct(node as Tensor<'matmul'>, user, values);
  if (left) values.defer(node);
  return left;
}

function takesSum(node: Tensor<'convolution'>, user: Tensor, values: Values): boolean {
  const [a, b] = user.inputs as [Tensor, Tensor];
  if (user.kind !== 'add' || a === b || !isBlockedConvolution(node, values)) return false;
  const other = a === node ? b : a;
  // Its memory becomes that of the result.
  return sameShape(other.shape, node.shape) && values.onlyUser(other) === user && !values.isDeferred(other);
}

/** A product [N, C, K] x [N, K, H * W] of few K that is an image [N, C, H, W]. */
function isOuterProduct({ inputs: [a, b] }: Tensor<'matmul'>, { kind, shape }: Tensor, { block }: Values): boolean {
  const [n, channels, height, width] = shape;
  if (kind !== 'reshape' || shape.length !== 4 || channels! % block !== 0) return false;
  const few = a!.shape.length === 3 && a!.shape[2]! <= block;
  return few && sameShape(a!.shape.slice(0, 2), [n!, channels!]) && b!.shape[2] === height! * width!;
}

/** The same as [N, 1, H * W, K] x [N, C / b, K, b], which is the image in blocks. */
function outerProduct({ inputs }: Tensor<'matmul'>, shape: Shape, values: Values): Made {
  const { model, block } = values;
  const [a, b] = inputs as [Tensor, Tensor];
  const [n, channels, depth] = a.shape as [number, number, number];
  const reshaped = (x: string, to: Shape): string => model.emit('Reshape', [x, model.integers(to)]);
  const rows = reshaped(values.plain(a), [n, channels / block, block, depth]);
  const columns = model.emit('Transpose', [values.plain(b)], { perm: [0, 2, 1] });
  const product = model.emit('MatMul', [
    reshaped(columns, [n, 1, b.shape[2]!, depth]),
    model.emit('Transpose', [rows], { perm: [0, 1, 3, 2] }),
  ]);
  return blocked(reshaped(product, shape));
}

type Convolution = Tensor<'convolution'> | Tensor<'transposedConvolution'>;

/** Weights that change, all channels in one group, both sides whole blocks, and enough work. */
function isBlockable(node: Convolution, w: Tensor, { block }: Values): boolean {
  return isWorthwhile(node, w, block) && w.shape.slice(0, 2).every((channels) => channels % block === 0);
}

/** The same of fewer channels than a block, such as an image's: they stay in the plain layout. */
function isNarrow(node: Tensor<'convolution'>, w: Tensor, { block }: Values): boolean {
  const [outputs, inputs] = w.shape as [number, number];
  return isWorthwhile(node, w, block) && outputs % block === 0 && inputs < block;
}

function isWorthwhile({ shape, parameters: { groups } }: Convolution, w: Tensor, block: number): boolean {
  const positions = shape[0]! * shape[2]! * shape[3]!;
  return block > 1 && w.kind !== 'constant' && groups === 1 && positions >= fewestPositions;
}

function isBlockedConvolution(node: Tensor<'convolution'>, values: Values): boolean {
  const w = node.inputs[1]!;
  return isBlockable(node, w, values) || isNarrow(node, w, values) || isDepthwise(node, values);
}

/** What a convolution computes by the way: a value that is added, and what `user` of the result does with it. */
interface Following {
  readonly sum?: Tensor;
  readonly user: Tensor;
}

function convolution(
  node: Tensor<'convolution'>,
  values: Values,
  { sum, user }: Following = { user: node },
): Made | undefined {
  if (!isBlockedConvolution(node, values)) return undefined;
  const [x, w, bias] = node.inputs as [Tensor, Tensor, Tensor?];
  const attributes = activationOf(user, values);
  const added = sum === undefined ? [] : [values.blocked(sum)];
  const rest = [bias ? values.plain(bias) : '', ...added];
  const inputs = added.length === 0 && bias === undefined ? [] : rest;
  if (isDepthwise(node, values)) {
    return depthwise(node, taps(w, values.block), node.parameters.padding, values, inputs, attributes);
  }
  const from = isNarrow(node, w, values) ? values.plain(x) : values.blocked(x);
  return convolve([from, values.weights(w, 'forward'), ...inputs], w.shape, node.parameters, values, attributes);
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
function depthwise(
  node: Convolution,
  filters: Float32Array,
  padding: number,
  values: Values,
  inputs: readonly string[] = [],
  more: Readonly<Record<string, Attribute>> = {},
): Made {
  const [x, w] = node.inputs as [Tensor, Tensor];
  const widened = padding > 0 ? values.widened(x) : undefined;
  const names = [widened ?? values.blocked(x), values.model.floats(filters, w.shape), ...inputs];
  const after = widened === undefined ? padding : padding - 1;
  const pads = [padding, padding, after, after];
  return convolve(names, w.shape, { ...node.parameters, padding }, values, { pads, ...more });
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

/** The leaky relu of a value that nobody else needs, as an attribute of the convolution that makes the value. */
function activationOf(x: Tensor, values: Values): Readonly<Record<string, Attribute>> {
  const user = values.onlyUser(x);
  if (user?.kind !== 'leakyRelu') return {};
  values.doneByInput(user);
  const { slope } = (user as Tensor<'leakyRelu'>).parameters;
  return { activation: 'LeakyRelu', activation_params: { floats: [slope] } };
}

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

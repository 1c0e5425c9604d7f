// Convolutions in the channel-blocked layout, whose weights change, and what they compute by the way: a sum, a leaky relu.
import type { Shape, Tensor } from '../graph/operations.ts';
import { sameShape, sizeOf } from '../graph/operations.ts';
import type { Attribute } from './model.ts';
import { blockedDomain, type Made, type Values } from './values.ts';

/** Below so many results per weight the weights take longer to bring into the layout than to be used. */
const fewestPositions = 512;

export const blocked = (name: string): Made => ({ layout: 'blocked', name });

export type Convolution = Tensor<'convolution'> | Tensor<'transposedConvolution'>;

/** Weights that change, all channels in one group, both sides whole blocks, and enough work. */
export function isBlockable(node: Convolution, w: Tensor, { block }: Values): boolean {
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

export function convolution(
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
export function isDepthwise({ shape, inputs: [x, w], parameters: { groups } }: Convolution, values: Values): boolean {
  return w!.kind === 'constant' && values.isBlocked(x!) && groups === shape[1] && groups === x!.shape[1];
}

/** Constant filters [C, 1, k, k] as [C / b, k, k, b]; `flipped` reverses the taps. */
export function taps(w: Tensor, block: number, flipped = false): Float32Array {
  const { data } = (w as Tensor<'constant'>).parameters;
  const size = w.shape[2]! * w.shape[3]!;
  return Float32Array.from({ length: sizeOf(w.shape) }, (_, to) => {
    const channel = Math.floor(to / (size * block)) * block + (to % block);
    const tap = Math.floor(to / block) % size;
    return data[channel * size + (flipped ? size - 1 - tap : tap)]!;
  });
}

/** A filter of each channel. A widened value has its last row and column of padding already. */
export function depthwise(
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

export function convolve(
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
export function takesSum(node: Tensor<'convolution'>, user: Tensor, values: Values): boolean {
  const [a, b] = user.inputs as [Tensor, Tensor];
  if (user.kind !== 'add' || a === b || !isBlockedConvolution(node, values)) return false;
  const other = a === node ? b : a;
  // Its memory becomes that of the result.
  return sameShape(other.shape, node.shape) && values.onlyUser(other) === user && !values.isDeferred(other);
}
/** True for the transposed convolution of StyleGAN2's layers: a 3x3 kernel that takes [h, w] to [2 h + 1, 2 w + 1]. */
export function isDoubling({ inputs: [y, w], shape, parameters: { stride, padding } }: Convolution): boolean {
  const exact = [2, 3].every((axis) => w!.shape[axis] === 3 && shape[axis] === 2 * y!.shape[axis]! + 1);
  return exact && stride === 2 && padding === 0;
}

/**
 * A doubling without the provider's own transposed convolution, which is slow: pixels of even and odd rows and columns of
 * the result are four convolutions with the kernel's taps 2 and 0 (even) or tap 1 (odd), then laid into each other. The odd
 * ones have a last row or column of zeros, so the result is widened.
 */
export function doubled({ inputs, shape }: Tensor<'transposedConvolution'>, values: Values): Made {
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

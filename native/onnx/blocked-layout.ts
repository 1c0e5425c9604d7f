// The layout in which ONNX Runtime's CPU provider convolves fastest (NCHWc), for convolutions whose weights change.
import type { OpKind, Shape, Tensor } from '../graph/operations.ts';
import { sameShape, sizeOf } from '../graph/operations.ts';
import { lowerings } from './lowerings.ts';
import type { ModelBuilder } from './model.ts';

/*
 * ONNX Runtime brings convolutions of constant weights into this layout by itself; weights that are trained stay in
 * the plain one, at half the speed. So the nodes of the blocked layout are written into the model here. They belong to
 * ONNX Runtime's own domain, which every build for a processor with that layout has; `channelBlock` of
 * native/runtime asks the processor.
 *
 * A blocked value [N, C, H, W] lies in memory as [N, C / b, H, W, b], and its nominal shape stays. Ops that look at
 * one element at a time do not mind. What no row below understands is computed in the plain layout.
 */
export const blockedDomain = 'com.microsoft.nchwc';

/** Below so many results per weight the weights take longer to bring into the layout than to be used. */
const fewestPositions = 512;

/** The values of a graph under construction by the layouts in which they have been made so far. */
export class Values {
  readonly model: ModelBuilder;
  /** Channels in a block; 1 where there is no such layout. */
  readonly block: number;
  readonly #plain = new Map<Tensor, string>();
  readonly #blocked = new Map<Tensor, string>();
  readonly #weights = new Map<Tensor, { forward?: string; flipped?: string }>();

  constructor(model: ModelBuilder, block: number) {
    this.model = model;
    this.block = block;
  }

  setPlain(node: Tensor, name: string): void {
    this.#plain.set(node, name);
  }

  setBlocked(node: Tensor, name: string): void {
    this.#blocked.set(node, name);
  }

  isBlocked(node: Tensor): boolean {
    return this.#blocked.has(node);
  }

  /** The value's name in the plain layout; brought into it when it is there in blocks alone. */
  plain(node: Tensor): string {
    const known = this.#plain.get(node);
    if (known !== undefined) return known;
    const name = this.model.emit(
      'ReorderOutput',
      [this.#blocked.get(node)!],
      { channels: node.shape[1]! },
      blockedDomain,
    );
    this.#plain.set(node, name);
    return name;
  }

  /** The value's name in the blocked layout. Its channels must be a multiple of the block. */
  blocked(node: Tensor): string {
    const known = this.#blocked.get(node);
    if (known !== undefined) return known;
    const name = this.model.emit('ReorderInput', [this.#plain.get(node)!], {}, blockedDomain);
    this.#blocked.set(node, name);
    return name;
  }

  /**
   * Weights w [O, I, k, k] as the blocked convolution takes them, [O / b, I / b, k, k, b of I, b of O]; `flipped`: those
   * of its adjoint, which swap inputs and outputs and reverse the taps.
   */
  weights(w: Tensor, way: 'forward' | 'flipped'): string {
    const known = this.#weights.get(w) ?? {};
    known[way] ??= way === 'forward' ? this.#forward(w) : this.#flipped(w);
    this.#weights.set(w, known);
    return known[way];
  }

  // Both are a reordering that the provider does on all cores and a transposition that moves whole blocks.
  #forward(w: Tensor): string {
    const { model, block: b } = this;
    const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
    const taps = height * width;
    const rows = this.#reshape(this.plain(w), [1, outputs, inputs * taps, 1]);
    const blocked = model.emit('ReorderInput', [rows], {}, blockedDomain);
    const parts = this.#reshape(blocked, [outputs / b, inputs / b, b, taps, b]);
    const ordered = taps === 1 ? parts : model.emit('Transpose', [parts], { perm: [0, 1, 3, 2, 4] });
    return this.#reshape(ordered, w.shape);
  }

  #flipped(w: Tensor): string {
    const { model, block: b } = this;
    const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
    const taps = height * width;
    const blocked = model.emit(
      'ReorderInput',
      [this.#reshape(this.plain(w), [outputs, inputs, taps, 1])],
      {},
      blockedDomain,
    );
    const parts = this.#reshape(blocked, [outputs / b, b, inputs / b, taps, b]);
    const ordered = model.emit('Transpose', [parts], { perm: [2, 0, 3, 1, 4] });
    const turned =
      taps === 1
        ? ordered
        : model.emit('Slice', [ordered, ...[[-1], [-taps - 1], [2], [-1]].map((list) => model.integers(list))]);
    return this.#reshape(turned, [inputs, outputs, height, width]);
  }

  #reshape(x: string, shape: Shape): string {
    return this.model.emit('Reshape', [x, this.model.integers(shape)]);
  }
}

/** Emits a node in the blocked layout and returns its name, or undefined where the plain layout is to be used. */
type BlockedLowering<K extends OpKind> = (node: Tensor<K>, values: Values) => string | undefined;

/** An op that treats every element alone: it stays in the layout of its input. */
const elementwise = <K extends OpKind>(node: Tensor<K>, values: Values): string | undefined => {
  const images = node.inputs.filter((input) => input.shape.length > 0);
  const together = images.every((input) => values.isBlocked(input) && sameShape(input.shape, node.shape));
  if (!together || images.length === 0) return undefined;
  const names = node.inputs.map((input) => (input.shape.length > 0 ? values.blocked(input) : values.plain(input)));
  return (lowerings[node.kind] as (typeof lowerings)[K])(node, names, values.model);
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
  leakyRelu: elementwise,
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
    return convolve(names, w.shape, node.parameters, values);
  },
  transposedConvolution: (node, values) => {
    const { stride, padding } = node.parameters;
    const [y, w] = node.inputs as [Tensor, Tensor];
    const back = w.shape[2]! - 1 - padding;
    if (stride !== 1 || back < 0 || w.shape[2] !== w.shape[3]) return undefined;
    if (isDepthwise(node, values)) return depthwise(node, taps(w, values.block, true), back, values);
    if (!isBlockable(node, w, values)) return undefined;
    const names = [values.blocked(y), values.weights(w, 'flipped')];
    return convolve(names, w.shape, { stride, padding: back, groups: 1 }, values);
  },
  boxFilter: ({ inputs: [x], parameters: { size, before, after } }, values) =>
    values.isBlocked(x!) ? averagePool(x!, size, 1, [before, before, after, after], values) : undefined,
  sumBlocks: ({ inputs: [x], parameters: { factor } }, values) => {
    if (!values.isBlocked(x!)) return undefined;
    const mean = averagePool(x!, factor, factor, [0, 0, 0, 0], values);
    return values.model.emit('Mul', [mean, values.model.scalar(factor * factor)]);
  },
  repeatPixels: ({ inputs: [x], parameters: { factor } }, values) =>
    values.isBlocked(x!)
      ? values.model.emit('Upsample', [values.blocked(x!)], { scales: [1, 1, factor, factor] }, blockedDomain)
      : undefined,
};

/** The node in the blocked layout, when its channels fill blocks and the layout serves it; else undefined. */
export function lowerBlocked<K extends OpKind>(node: Tensor<K>, values: Values): string | undefined {
  const fits = values.block > 1 && node.shape.length === 4 && node.shape[1]! % values.block === 0;
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

function depthwise(node: Convolution, filters: Float32Array, padding: number, values: Values): string {
  const [x, w] = node.inputs as [Tensor, Tensor];
  const names = [values.blocked(x), values.model.floats(filters, w.shape)];
  return convolve(names, w.shape, { ...node.parameters, padding }, values);
}

function convolve(
  names: readonly string[],
  w: Shape,
  { stride, padding, groups }: { readonly stride: number; readonly padding: number; readonly groups: number },
  { model }: Values,
): string {
  const attributes = {
    kernel_shape: [w[2]!, w[3]!],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: groups,
  };
  return model.emit('Conv', names, attributes, blockedDomain);
}

function averagePool(x: Tensor, size: number, stride: number, pads: readonly number[], values: Values): string {
  const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads, count_include_pad: 1 };
  return values.model.emit('AveragePool', [values.blocked(x)], attributes, blockedDomain);
}

// Lowering table: one row per op, the ONNX nodes that compute it (operator set 18).
import type { ConvolutionGeometry, ElementType, OpKind, Placement, Shape, Tensor } from '../graph/operations.ts';
import { sizeOf } from '../graph/operations.ts';
import { lowerGridScatter } from './grid-scatter.ts';
import { elementTypes, type ModelBuilder } from './model.ts';
import { lowerWeightGradient } from './weight-gradient.ts';

/** Emits the nodes of one op and returns the name of its value; `inputs` are the names of its inputs' values. */
type Lowering<K extends OpKind> = (node: Tensor<K>, inputs: readonly string[], model: ModelBuilder) => string;

const operator =
  <K extends OpKind>(name: string): Lowering<K> =>
  (_, inputs, model) =>
    model.emit(name, inputs);

const leaf = (kind: string) => (): string => {
  throw new Error(`${kind} is not lowered: it is an input of the model`);
};

/** Slope that turns any number of normal size into more than 1. */
const steep = 1e30;

export const lowerings: { readonly [K in OpKind]: Lowering<K> } = {
  input: leaf('input'),
  variable: leaf('variable'),
  constant: ({ parameters: { data, shape } }, _, model) =>
    shape.length === 0 ? model.scalar(data[0]!) : model.floats(data, shape),
  negate: operator('Neg'),
  exp: operator('Exp'),
  log: operator('Log'),
  sqrt: operator('Sqrt'),
  reciprocal: operator('Reciprocal'),
  tanh: operator('Tanh'),
  sigmoid: operator('Sigmoid'),
  softplus: operator('Softplus'),
  sin: operator('Sin'),
  cos: operator('Cos'),
  erf: operator('Erf'),
  abs: operator('Abs'),
  gate: ({ parameters: { below }, type }, [x], model) => {
    if (type === 'float16') return choose(model, model.emit('Greater', [x!, model.scalar(0, type)]), [1, below], type);
    // Vectorised passes instead of a comparison and a selection: everything above 1e-30 becomes 1.
    if (below === 0) return model.emit('HardSigmoid', [x!], { alpha: { float: steep }, beta: { float: 0 } });
    const raised = model.emit('Mul', [x!, model.scalar(steep)]);
    return model.emit('Clip', [raised, model.scalar(below), model.scalar(1)]);
  },
  inside: ({ parameters: { limit }, type }, [x], model) => {
    const size = model.emit('Abs', [x!]);
    if (type === 'float16')
      return choose(model, model.emit('LessOrEqual', [size, model.scalar(limit, type)]), [1, 0], type);
    // The limit itself is inside: the edge lies one part in two million beyond it, or at 1e-30 for the limit 0.
    const slope = steep / Math.max(1, limit);
    const edge = Math.max(1, limit * (1 + 2 ** -21) * slope);
    return model.emit('HardSigmoid', [size], { alpha: { float: -slope }, beta: { float: edge } });
  },
  leakyRelu: ({ parameters: { slope } }, inputs, model) =>
    slope === 0 ? model.emit('Relu', inputs) : model.emit('LeakyRelu', inputs, { alpha: { float: slope } }),
  clamp: ({ parameters: { minimum, maximum }, type }, [x], model) =>
    model.emit('Clip', [x!, model.scalar(minimum, type), model.scalar(maximum, type)]),
  finite: ({ parameters: { largest }, type }, [x], model) => {
    const number = model.emit('Equal', [x!, x!]);
    const cut = model.emit('Clip', [x!, model.scalar(-largest, type), model.scalar(largest, type)]);
    return model.emit('Where', [number, cut, model.scalar(0, type)]);
  },
  stopGradient: (_, [x]) => x!,
  cast: ({ parameters: { type } }, inputs, model) => model.emit('Cast', inputs, { to: elementTypes[type] }),
  add: operator('Add'),
  subtract: operator('Sub'),
  multiply: operator('Mul'),
  divide: operator('Div'),
  maximum: operator('Max'),
  minimum: operator('Min'),
  sum: ({ parameters: { axes } }, [x], model) => model.emit('ReduceSum', [x!, model.integers(axes)], { keepdims: 1 }),
  max: ({ parameters: { axes } }, [x], model) => model.emit('ReduceMax', [x!, model.integers(axes)], { keepdims: 1 }),
  reshape: ({ shape }, [x], model) => reshape(model, x!, shape),
  expand: ({ shape }, [x], model) => model.emit('Expand', [x!, model.integers(shape)]),
  transpose: ({ parameters: { permutation } }, inputs, model) => model.emit('Transpose', inputs, { perm: permutation }),
  concat: ({ parameters: { axis } }, inputs, model) => model.emit('Concat', inputs, { axis }),
  reverse: ({ parameters: { axes } }, [x], model) => reverse(model, x!, axes),
  slice: ({ inputs, shape, parameters: { starts, steps } }, [x], model) =>
    slice(model, x!, inputs[0]!.shape, starts, steps, shape),
  embed: ({ inputs, shape, type, parameters: { starts, steps } }, [x], model) =>
    embed(model, x!, { part: inputs[0]!.shape, starts, steps, whole: shape, type }),
  matmul: operator('MatMul'),
  convolution: ({ inputs, parameters }, names, model) =>
    model.emit('Conv', names, convolutionAttributes(inputs[1]!.shape, parameters)),
  transposedConvolution: (node, inputs, model) => lowerTransposedConvolution(node, inputs, model),
  weightGradient: (node, [x, y], model) => lowerWeightGradient(node, x!, y!, model),
  boxFilter: ({ parameters: { size, before, after } }, inputs, model) =>
    model.emit('AveragePool', inputs, {
      kernel_shape: [size, size],
      strides: [1, 1],
      pads: [before, before, after, after],
      count_include_pad: 1,
    }),
  maxPool: ({ parameters: { size, stride, padding } }, inputs, model) =>
    model.emit('MaxPool', inputs, {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    }),
  repeatPixels: ({ parameters: { factor } }, [x], model) => {
    const scales = model.floats(Float32Array.of(1, 1, factor, factor), [4]);
    return model.emit('Resize', [x!, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },
  sumBlocks: ({ parameters: { factor }, type }, inputs, model) => {
    const mean = model.emit('AveragePool', inputs, { kernel_shape: [factor, factor], strides: [factor, factor] });
    return model.emit('Mul', [mean, model.scalar(factor * factor, type)]);
  },
  gridSample: (_, inputs, model) =>
    model.emit('GridSample', inputs, { mode: 'bilinear', padding_mode: 'zeros', align_corners: 0 }),
  gridScatter: (node, [y, places], model) => lowerGridScatter(node, y!, places!, model),
};

const reshape = (model: ModelBuilder, x: string, shape: Shape): string =>
  model.emit('Reshape', [x, model.integers(shape)]);

function reverse(model: ModelBuilder, x: string, axes: readonly number[]): string {
  const every = (value: number) => model.integers(axes.map(() => value));
  const beyondFirst = -(2 ** 31);
  return model.emit('Slice', [x, every(-1), every(beyondFirst), model.integers(axes), every(-1)]);
}

function slice(
  model: ModelBuilder,
  x: string,
  whole: Shape,
  starts: readonly number[],
  steps: readonly number[],
  part: Shape,
): string {
  const axes = whole.map((_, axis) => axis).filter((axis) => part[axis] !== whole[axis] || steps[axis] !== 1);
  if (axes.length === 0) return x;
  const ends = axes.map((axis) => starts[axis]! + (part[axis]! - 1) * steps[axis]! + 1);
  const pick = (values: readonly number[]) => model.integers(axes.map((axis) => values[axis]!));
  return model.emit('Slice', [x, pick(starts), model.integers(ends), model.integers(axes), pick(steps)]);
}

/** Zeros between the elements come from padding a new axis of size 1 to the step; the rest is ordinary padding. */
function embed(
  model: ModelBuilder,
  x: string,
  {
    part,
    starts,
    steps,
    whole,
    type,
  }: Omit<Placement, 'shape'> & { readonly part: Shape; readonly whole: Shape; readonly type: ElementType },
): string {
  const spread = steps.some((step) => step > 1);
  const split = part.flatMap((size) => [size, 1]);
  const widened = part.flatMap((_, axis) => [0, steps[axis]! - 1]);
  const zeros = split.map(() => 0);
  const extents = part.map((size, axis) => size * steps[axis]!);
  const value = spread
    ? reshape(model, pad(model, reshape(model, x, split), [...zeros, ...widened], type), extents)
    : x;
  // The last element drags steps - 1 zeros behind it, which may reach beyond the whole: cut, then pad.
  const kept = extents.map((extent, axis) => Math.min(extent, whole[axis]! - starts[axis]!));
  const unit = kept.map(() => 1);
  const cut = slice(model, value, extents, zeros.slice(0, kept.length), unit, kept);
  const after = kept.map((size, axis) => whole[axis]! - starts[axis]! - size);
  return [...starts, ...after].some((amount) => amount > 0) ? pad(model, cut, [...starts, ...after], type) : cut;
}

const pad = (model: ModelBuilder, x: string, amounts: readonly number[], type: ElementType): string =>
  model.emit('Pad', [x, model.integers(amounts), model.scalar(0, type)]);

/** Steep slopes overflow in float16: a comparison and a selection instead. */
function choose(
  model: ModelBuilder,
  condition: string,
  [yes, no]: readonly [number, number],
  type: ElementType,
): string {
  return model.emit('Where', [condition, model.scalar(yes, type), model.scalar(no, type)]);
}

function convolutionAttributes(w: Shape, { stride, padding, groups }: ConvolutionGeometry) {
  return {
    kernel_shape: [w[2]!, w[3]!],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: groups,
  };
}

/**
 * At stride 1 the adjoint is again a convolution, with flipped and transposed weights: constants are flipped here,
 * once, so that the provider can block them; weights that change are flipped by two small nodes.
 */
function lowerTransposedConvolution(
  { inputs, parameters }: Tensor<'transposedConvolution'>,
  [y, w]: readonly string[],
  model: ModelBuilder,
): string {
  const [yTensor, wTensor] = inputs as [Tensor, Tensor];
  const { stride, padding, groups, height, width } = parameters;
  const [outputs, channelsPerGroup, kernelHeight, kernelWidth] = wTensor.shape as [number, number, number, number];
  const back = kernelHeight - 1 - padding;
  if (stride === 1 && back >= 0 && kernelHeight === kernelWidth) {
    const flipped: Shape = [channelsPerGroup * groups, outputs / groups, kernelHeight, kernelWidth];
    const weights =
      wTensor.kind === 'constant'
        ? model.floats(flipConstant(wTensor as Tensor<'constant'>, groups), flipped)
        : flipWeights(model, w!, wTensor.shape, groups, flipped);
    return model.emit('Conv', [y!, weights], convolutionAttributes(flipped, { stride: 1, padding: back, groups }));
  }
  const missing = (length: number, kernel: number, steps: number) =>
    length - ((steps - 1) * stride + kernel - 2 * padding);
  return model.emit('ConvTranspose', [y!, w!], {
    ...convolutionAttributes(wTensor.shape, parameters),
    output_padding: [missing(height, kernelHeight, yTensor.shape[2]!), missing(width, kernelWidth, yTensor.shape[3]!)],
  });
}

function flipWeights(model: ModelBuilder, w: string, shape: Shape, groups: number, flipped: Shape): string {
  const [outputs, channels, height, width] = shape as [number, number, number, number];
  const turned = height * width === 1 ? w : reverse(model, w, [2, 3]);
  if (groups === 1) return model.emit('Transpose', [turned], { perm: [1, 0, 2, 3] });
  const grouped = reshape(model, turned, [groups, outputs / groups, channels, height, width]);
  return reshape(model, model.emit('Transpose', [grouped], { perm: [0, 2, 1, 3, 4] }), flipped);
}

/** [O, C/groups, k, k] -> [C, O/groups, k, k], both image axes reversed. */
function flipConstant({ parameters: { data, shape } }: Tensor<'constant'>, groups: number): Float32Array {
  const [outputs, channels, height, width] = shape as [number, number, number, number];
  const taps = height * width;
  const perGroup = outputs / groups;
  const result = new Float32Array(sizeOf(shape));
  for (let output = 0; output < outputs; output++) {
    const group = Math.floor(output / perGroup);
    for (let channel = 0; channel < channels; channel++) {
      const from = (output * channels + channel) * taps;
      const to = ((group * channels + channel) * perGroup + (output % perGroup)) * taps;
      for (let tap = 0; tap < taps; tap++) result[to + tap] = data[from + taps - 1 - tap]!;
    }
  }
  return result;
}

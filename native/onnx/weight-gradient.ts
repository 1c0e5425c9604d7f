// Lowering of the weight gradient of a convolution: matrix products of shifted copies, or one convolution with image-sized kernels.
import type { ElementType, Tensor } from '../graph/operations.ts';
import type { ModelBuilder } from './model.ts';
import type { Values } from './values.ts';

/** Below this many pixels the copies are cheap, and one-sided shifting needs fewer nodes. */
const smallImage = 256;

/**
 * dW[o, c, i, j] = sum over n, h, w of y[n, o, h, w] * x[n, c, h * stride + i - padding, w * stride + j - padding].
 *
 * A grouped convolution with one-hot kernels makes shifted copies on all cores, where Slice and Pad use one. At
 * stride 1 it is cheapest to shift x along rows (k copies) and y along columns (k copies): one product then holds all
 * k * k kernel positions. Otherwise x alone is shifted both ways, which is im2col.
 */
export function lowerWeightGradient(node: Tensor<'weightGradient'>, x: string, y: string, model: ModelBuilder): string {
  const { stride, groups, kernelHeight, kernelWidth } = node.parameters;
  const pixels = node.inputs[1]!.shape[2]! * node.inputs[1]!.shape[3]!;
  const twoSided = stride === 1 && groups === 1 && kernelHeight * kernelWidth > 1 && pixels > smallImage;
  return twoSided ? shiftBoth(node, x, y, model) : shiftOne(node, x, y, model);
}

/** True where `lowerDilatedWeightGradient` gives the gradient: enough pixels, and no row or column of x is left over. */
export function isDilatable({ inputs: [x, y], parameters }: Tensor<'weightGradient'>): boolean {
  const { stride, padding, groups, kernelHeight, kernelWidth } = parameters;
  const exact = [kernelHeight, kernelWidth].every(
    (kernel, i) => x!.shape[2 + i]! + 2 * padding - stride * (y!.shape[2 + i]! - 1) === kernel,
  );
  return exact && groups === 1 && kernelHeight * kernelWidth > 1 && y!.shape[2]! * y!.shape[3]! >= smallImage;
}

/**
 * The weight gradient where channels come in blocks, as one convolution: of x as images [H, W * C] with channels last, one group for
 * each sample, with y as kernels as large as an image that step over `stride` pixels (a dilation). Moving such a kernel by one pixel along
 * a row is a step of C, so one image row of the result holds every position and channel: [N * O, k, k * C]. No copy of a
 * value is made in memory.
 */
export function lowerDilatedWeightGradient(node: Tensor<'weightGradient'>, values: Values): string {
  const { stride, padding, kernelHeight, kernelWidth } = node.parameters;
  const { model } = values;
  const [x, y] = node.inputs as [Tensor, Tensor];
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const [, outputs, outHeight, outWidth] = y.shape as [number, number, number, number];
  const images = reshape(model, values.channelsLast(x), [1, n, height, width * channels]);
  const kernels = reshape(model, values.plain(y), [n * outputs, 1, outHeight, outWidth]);
  const products = model.emit('Conv', [images, kernels], {
    kernel_shape: [outHeight, outWidth],
    dilations: [stride, stride * channels],
    pads: [padding, padding * channels, padding, padding * channels],
    group: n,
  });
  const parts = reshape(model, products, [n, outputs, kernelHeight, kernelWidth, channels]);
  const total = model.emit('ReduceSum', [parts, model.integers([0])], { keepdims: 0 });
  return model.emit('Transpose', [total], { perm: [0, 3, 1, 2] });
}

function shiftOne(
  { inputs, shape, parameters, type }: Tensor<'weightGradient'>,
  x: string,
  y: string,
  model: ModelBuilder,
): string {
  const { stride, padding, groups, kernelHeight, kernelWidth } = parameters;
  const [n, channels] = inputs[0]!.shape as [number, number];
  const [, outputs, height, width] = inputs[1]!.shape as [number, number, number, number];
  const taps = kernelHeight * kernelWidth;
  const pads = [padding, padding, padding, padding];
  const identity = taps === 1 && stride === 1 && padding === 0;
  const columns = identity ? x : shifted(model, x, { channels, type }, [kernelHeight, kernelWidth], stride, pads);
  const perGroup = [outputs / groups, (channels / groups) * taps] as const;
  const product = productOver(model, reshape(model, y, [n, groups, perGroup[0], height * width]), {
    value: reshape(model, columns, [n, groups, perGroup[1], height * width]),
    permutation: [0, 1, 3, 2],
  });
  return reshape(model, product, shape);
}

function shiftBoth(
  { inputs, shape, parameters, type }: Tensor<'weightGradient'>,
  x: string,
  y: string,
  model: ModelBuilder,
): string {
  const { padding, kernelHeight, kernelWidth } = parameters;
  const [n, channels, height] = inputs[0]!.shape as [number, number, number];
  const [, outputs, , outWidth] = inputs[1]!.shape as [number, number, number, number];
  const length = (height + 2 * padding) * outWidth;
  // x keeps every padded row and is shifted along them; y is laid over the same rows once per kernel row.
  const across = shifted(model, x, { channels, type }, [1, kernelWidth], 1, [padding, padding, padding, padding]);
  const down = shifted(
    model,
    y,
    { channels: outputs, type },
    [kernelHeight, 1],
    1,
    [kernelHeight - 1, 0, kernelHeight - 1, 0],
    true,
  );
  const product = productOver(model, reshape(model, down, [n, outputs * kernelHeight, length]), {
    value: reshape(model, across, [n, channels * kernelWidth, length]),
    permutation: [0, 2, 1],
  });
  const parts = reshape(model, product, [outputs, kernelHeight, channels, kernelWidth]);
  return reshape(model, model.emit('Transpose', [parts], { perm: [0, 2, 1, 3] }), shape);
}

/** a times b transposed, summed over the batch. */
function productOver(
  model: ModelBuilder,
  a: string,
  b: { readonly value: string; readonly permutation: readonly number[] },
): string {
  const transposed = model.emit('Transpose', [b.value], { perm: b.permutation });
  const product = model.emit('MatMul', [a, transposed]);
  return model.emit('ReduceSum', [product, model.integers([0])], { keepdims: 0 });
}

/**
 * Each channel as k copies (channel-major), copy t shifted by kernel position t; `reversed` counts the positions
 * from the end. `pads` are top, left, bottom, right.
 */
function shifted(
  model: ModelBuilder,
  x: string,
  { channels, type }: { readonly channels: number; readonly type: ElementType },
  [kernelHeight, kernelWidth]: readonly [number, number],
  stride: number,
  pads: readonly number[],
  reversed = false,
): string {
  const taps = kernelHeight * kernelWidth;
  const kernels = new Float32Array(channels * taps * taps);
  for (let copy = 0; copy < channels * taps; copy++) {
    const tap = copy % taps;
    kernels[copy * taps + (reversed ? taps - 1 - tap : tap)] = 1;
  }
  return model.emit('Conv', [x, model.floats(kernels, [channels * taps, 1, kernelHeight, kernelWidth], type)], {
    kernel_shape: [kernelHeight, kernelWidth],
    strides: [stride, stride],
    pads,
    group: channels,
  });
}

const reshape = (model: ModelBuilder, x: string, shape: readonly number[]): string =>
  model.emit('Reshape', [x, model.integers(shape)]);

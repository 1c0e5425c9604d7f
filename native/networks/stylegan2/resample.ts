// Resampling of images and of convolutions with a low-pass filter (StyleGAN2's upfirdn2d and conv2d_resample).
import {
  boxFilter,
  constant,
  convolution,
  embed,
  multiply,
  padImage,
  repeatPixels,
  slice,
  sumBlocks,
  transposedConvolution,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { scaled, swapChannels } from '../constant-folding.ts';
import type { ResampleFilter } from './arguments.ts';

/** Rows of taps. */
type Kernel = readonly (readonly number[])[];

/** A filter: kernels applied one after the other (one, or a row and a column for long separable filters). */
export type Filter = readonly Kernel[];

/** Rows and columns of zeros, or cropped ones when negative. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];

/**
 * A filter from its published argument, normalised to sum 1: a row of taps stands for its outer product with
 * itself, kept separable from 8 taps on (published `setup_filter`).
 */
export function setupFilter(taps: ResampleFilter): Filter {
  if (taps === null || typeof taps === 'number') return [[[1]]];
  const rows = taps.filter((row) => typeof row !== 'number');
  if (rows.length > 0) return [normalised(rows)];
  const row = taps.filter((tap) => typeof tap === 'number');
  if (row.length >= 8) return [normalised([row]), normalised(row.map((tap) => [tap]))];
  return [normalised(row.map((a) => row.map((b) => a * b)))];
}

/** Size of a filter's footprint as [height, width]. */
export function filterSize(filter: Filter): readonly [number, number] {
  return [
    filter.reduce((size, kernel) => size + kernel.length - 1, 1),
    filter.reduce((size, kernel) => size + kernel[0]!.length - 1, 1),
  ];
}

interface ResampleOptions {
  readonly up?: number;
  readonly down?: number;
  /** Of the upsampled image. */
  readonly padding?: Padding;
  /** Correlation instead of convolution. */
  readonly flip?: boolean;
  readonly gain?: number;
}

/**
 * Inserts up - 1 zeros after each pixel, pads, filters and keeps every down-th pixel (published `upfirdn2d`).
 * x [N, C, H, W] -> [N, C, (H up + top + bottom - taps) / down + 1, ...].
 */
export function upfirdn2d(x: Tensor, filter: Filter, options: ResampleOptions = {}): Tensor {
  const { up = 1, down = 1, padding = [0, 0, 0, 0], flip = false, gain = 1 } = options;
  const boxes = boxCascade(x, filter, { up, down, padding, gain });
  if (boxes !== undefined) return boxes;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const spread = embed(x, [0, 0, 0, 0], [n, c, h * up, w * up], [1, 1, up, up]);
  const first = flip ? filter[0]! : turned(filter[0]!);
  const amplified = first.map((row) => row.map((tap) => tap * gain));
  const kernels = [amplified, ...filter.slice(1).map((kernel) => (flip ? kernel : turned(kernel)))];
  const filtered = kernels.reduce(
    (image, kernel, i) => correlate(image, kernel, i === 0 ? padding : [0, 0, 0, 0]),
    spread,
  );
  const [, , height, width] = filtered.shape as [number, number, number, number];
  return slice(filtered, [0, 0, 0, 0], [n, c, Math.ceil(height / down), Math.ceil(width / down)], [1, 1, down, down]);
}

/** Filters an image, its size kept; zeros beyond the border. */
export function filter2d(x: Tensor, filter: Filter, { flip = false, gain = 1 }: ResampleOptions = {}): Tensor {
  return upfirdn2d(x, filter, {
    padding: around(filter, (taps) => [Math.floor(taps / 2), (taps - 1) >> 1]),
    flip,
    gain,
  });
}

/** Upsamples an image by a whole factor: [N, C, H, W] -> [N, C, H up, W up]. */
export function upsample2d(x: Tensor, filter: Filter, up = 2): Tensor {
  return upfirdn2d(x, filter, { up, padding: upsamplePadding(filter, up), gain: up * up });
}

/** Downsamples an image by a whole factor: [N, C, H, W] -> [N, C, H / down, W / down]. */
export function downsample2d(x: Tensor, filter: Filter, down = 2): Tensor {
  return upfirdn2d(x, filter, { down, padding: downsamplePadding(filter, down) });
}

/**
 * Convolution with an odd kernel and optional resampling, "same" padding (published `conv2d_resample` as the layers
 * call it: correlation when the size stays or shrinks, true convolution after upsampling).
 * x [N, I, H, W], w [O, I, k, k] -> [N, O, H up / down, W up / down]; one of up and down is 1. A bias [O] is added to
 * the result where it costs nothing: without upsampling.
 */
export function conv2dResample(
  x: Tensor,
  w: Tensor,
  filter: Filter,
  { up = 1, down = 1 }: ResampleOptions = {},
  bias?: Tensor,
): Tensor {
  const kernel = w.shape[2]!;
  const border = Math.floor(kernel / 2);
  if (up > 1) {
    if (kernel === 1) return upsample2d(convolution(x, w), filter, up);
    const [height, width] = [(x.shape[2]! - 1) * up + kernel, (x.shape[3]! - 1) * up + kernel];
    const raised = transposedConvolution(x, swapChannels(scaled(w, up * up)), { stride: up, height, width });
    const [top, bottom, left, right] = upsamplePadding(filter, up);
    const before = border - (kernel - 1);
    const after = border - (kernel - up);
    return upfirdn2d(raised, filter, { padding: [top + before, bottom + after, left + before, right + after] });
  }
  if (down > 1) {
    if (kernel === 1) return convolution(downsample2d(x, filter, down), w, {}, bias);
    const [top, bottom, left, right] = downsamplePadding(filter, down);
    const padding: Padding = [top + border, bottom + border, left + border, right + border];
    return convolution(upfirdn2d(x, filter, { padding }), w, { stride: down }, bias);
  }
  return convolution(x, w, { padding: border }, bias);
}

function normalised(kernel: Kernel): Kernel {
  const total = kernel.flat().reduce((sum, tap) => sum + tap, 0);
  return kernel.map((row) => row.map((tap) => tap / total));
}

const turned = (kernel: Kernel): Kernel => kernel.map((row) => row.toReversed()).toReversed();

/** Cross-correlation of every channel with one kernel; equal padding all around costs no pass of its own. */
function correlate(x: Tensor, kernel: Kernel, padding: Padding): Tensor {
  const channels = x.shape[1]!;
  const taps = kernel.flat();
  const weights = Float32Array.from({ length: channels * taps.length }, (_, i) => taps[i % taps.length]!);
  const shape = [channels, 1, kernel.length, kernel[0]!.length];
  const [top] = padding;
  const even = top >= 0 && padding.every((side) => side === top);
  const image = even ? x : padImage(x, padding);
  return convolution(image, constant(weights, shape), { groups: channels, padding: even ? top : 0 });
}

function around(filter: Filter, sides: (taps: number) => readonly [number, number]): Padding {
  const [height, width] = filterSize(filter);
  return [...sides(height), ...sides(width)];
}

function upsamplePadding(filter: Filter, up: number): Padding {
  return around(filter, (taps) => [Math.floor((taps + up - 1) / 2), Math.floor((taps - up) / 2)]);
}

function downsamplePadding(filter: Filter, down: number): Padding {
  return around(filter, (taps) => [Math.floor((taps - down + 1) / 2), Math.floor((taps - down) / 2)]);
}

const binomial = setupFilter([1, 3, 3, 1]);

/**
 * The default filter, outer([1, 3, 3, 1]) / 64, is three 2x2 boxes in a row, which the CPU provider runs in its
 * blocked layout: after upsampling by 2 the first is a repetition of pixels, before downsampling by 2 the last is a
 * mean of blocks. Undefined when the case is another one.
 */
function boxCascade(x: Tensor, filter: Filter, options: Required<Omit<ResampleOptions, 'flip'>>): Tensor | undefined {
  const { up, down, gain } = options;
  const [before, after, left, right] = options.padding;
  if (up * down !== 2 || before !== left || after !== right || !isBinomial(filter)) return undefined;
  const boxes = 3 - (up - 1) - (down - 1);
  const ahead = before - (up - 1);
  const even = [2, 3].every((axis) => (x.shape[axis]! * up + before + after) % down === 0);
  if (!even || ahead < 0 || after < 0 || ahead > boxes || after > boxes) return undefined;
  let image = up === 2 ? repeatPixels(x, 2) : x;
  for (let box = 0; box < boxes; box++) image = boxFilter(image, 2, box < ahead ? 1 : 0, box < after ? 1 : 0);
  const sums = down === 2 ? sumBlocks(image, 2) : image;
  return multiply(sums, gain / (up * up * down * down));
}

function isBinomial(filter: Filter): boolean {
  return JSON.stringify(filter) === JSON.stringify(binomial);
}

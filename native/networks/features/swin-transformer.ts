// Swin transformer (Liu et al., 2021): attention in windows that are shifted in every other block.
import {
  add,
  concat,
  constant,
  convolution,
  matmul,
  mean,
  narrow,
  reshape,
  slice,
  transpose,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import { attention, layerNorm, linear, perceptron } from './transformer.ts';

export interface SwinSizes {
  /** Channels of the first stage; each further stage has twice as many. */
  readonly width: number;
  readonly depths: readonly number[];
  readonly heads: readonly number[];
}

/** `swin_base_patch4_window7_224`. */
export const swinBase: SwinSizes = { width: 128, depths: [2, 2, 18, 2], heads: [4, 8, 16, 32] };

const patch = 4;
const window = 7;
const epsilon = 1e-5;

/**
 * The normalised tokens of the last stage, averaged, of images [N, 3, 224, 224], normalised by ImageNet's mean and
 * deviation: [N, 8 width], 1,024 for `swinBase`. Parameters as in the authors' files: `patch_embed.proj.weight`,
 * `layers.0.blocks.0.attn.relative_position_bias_table`, `layers.0.downsample.reduction.weight`, ..., `norm.bias`.
 */
export function swinTransformer(source: ParameterSource, images: Tensor, sizes: SwinSizes): Tensor {
  const x = stagesOf(source, images, sizes).at(-1)!;
  const [n, , , last] = x.shape as [number, number, number, number];
  return reshape(mean(layerNorm(layerOf(source, 'norm'), x, epsilon), [1, 2]), [n, last]);
}

/** What each stage gives for the same images, as images [N, C, H, W] at strides 4, 8, 16 and 32: width, 2 width, ... channels. */
export function swinStages(source: ParameterSource, images: Tensor, sizes: SwinSizes): readonly Tensor[] {
  return stagesOf(source, images, sizes).map((x) => transpose(x, [0, 3, 1, 2]));
}

/** The tokens of each stage, [N, H, W, C]. */
function stagesOf(source: ParameterSource, images: Tensor, { width, depths, heads }: SwinSizes): readonly Tensor[] {
  const weight = source('patch_embed.proj.weight', [width, 3, patch, patch]);
  const embedded = convolution(images, weight, { stride: patch }, source('patch_embed.proj.bias', [width]));
  let x = layerNorm(layerOf(source, 'patch_embed.norm'), transpose(embedded, [0, 2, 3, 1]), epsilon);
  return depths.map((depth, stage) => {
    const own = layerOf(source, `layers.${stage}`);
    for (let block = 0; block < depth; block++) {
      const shift = block % 2 === 1 && x.shape[1]! > window ? Math.floor(window / 2) : 0;
      x = swinBlock(layerOf(own, `blocks.${block}`), x, heads[stage]!, shift);
    }
    const output = x;
    if (stage < depths.length - 1) x = merged(layerOf(own, 'downsample'), x);
    return output;
  });
}

/** x [N, H, W, C] -> the same shape; H and W are multiples of the window. */
function swinBlock(source: ParameterSource, x: Tensor, heads: number, shift: number): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [height / window, width / window];
  const length = window ** 2;
  const shifted = rolled(layerNorm(layerOf(source, 'norm1'), x, epsilon), -shift);
  const cut = transpose(reshape(shifted, [n, rows, window, columns, window, channels]), [0, 1, 3, 2, 4, 5]);
  const own = layerOf(source, 'attn');
  const near = relativeBias(own, heads);
  const bias = shift === 0 ? near : add(near, foreignWindows(height, width, shift));
  const seen = attention(own, reshape(cut, [n * rows * columns, length, channels]), heads, bias);
  const joined = transpose(reshape(seen, [n, rows, columns, window, window, channels]), [0, 1, 3, 2, 4, 5]);
  const y = add(x, rolled(reshape(joined, x.shape), shift));
  return add(y, perceptron(layerOf(source, 'mlp'), layerNorm(layerOf(source, 'norm2'), y, epsilon)));
}

/** What each head adds for the offset between two places of a window: [1, heads, 49, 49]. */
function relativeBias(source: ParameterSource, heads: number): Tensor {
  const length = window ** 2;
  const span = 2 * window - 1;
  const chosen = new Float32Array(length ** 2 * span ** 2);
  for (let from = 0; from < length; from++) {
    for (let to = 0; to < length; to++) {
      const down = Math.floor(from / window) - Math.floor(to / window) + window - 1;
      const across = (from % window) - (to % window) + window - 1;
      chosen[(from * length + to) * span ** 2 + down * span + across] = 1;
    }
  }
  const table = source('relative_position_bias_table', [span ** 2, heads]);
  const biases = matmul(constant(chosen, [length ** 2, span ** 2]), table);
  return reshape(transpose(biases, [1, 0]), [1, heads, length, length]);
}

/** -100 between places of a shifted window that were not neighbours before the shift, else 0: [windows, 1, 49, 49]. */
function foreignWindows(height: number, width: number, shift: number): Tensor {
  const region = (at: number, size: number) => Number(at >= size - window) + Number(at >= size - shift);
  const [rows, columns, length] = [height / window, width / window, window ** 2];
  const regions = Array.from({ length: rows * columns }, (_, index) =>
    Array.from({ length }, (_, place) => {
      const y = Math.floor(index / columns) * window + Math.floor(place / window);
      const x = (index % columns) * window + (place % window);
      return 3 * region(y, height) + region(x, width);
    }),
  );
  const apart = regions.flatMap((window) => window.flatMap((a) => window.map((b) => (a === b ? 0 : -100))));
  return constant(Float32Array.from(apart), [rows * columns, 1, length, length]);
}

/** Rows and columns of [N, H, W, C] moved on by `distance`, those at the end to the front (torch.roll). */
function rolled(x: Tensor, distance: number): Tensor {
  if (distance === 0) return x;
  return [1, 2].reduce((y, axis) => {
    const size = y.shape[axis]!;
    const cut = (size - distance) % size;
    return concat([narrow(y, axis, cut, size - cut), narrow(y, axis, 0, cut)], axis);
  }, x);
}

/** Four neighbours become one place of twice as many channels: [N, H, W, C] -> [N, H / 2, W / 2, 2 C]. */
function merged(source: ParameterSource, x: Tensor): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const;
  const parts = corners.map(([row, column]) =>
    slice(x, [0, row, column, 0], [n, height / 2, width / 2, channels], [1, 2, 2, 1]),
  );
  const normalised = layerNorm(layerOf(source, 'norm'), concat(parts, 3), epsilon);
  return linear(layerOf(source, 'reduction'), normalised, 2 * channels, false);
}

// MobileNetV2 (Sandler et al., 2018) up to its features of stride 16: small, and quick on a processor.
import { add, clamp, concat, convolution, fill, sum } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import type { ParameterSource } from '../parameter-source.ts';

/** Channels and stride of each block after the first one; inside, a block has six times as many channels as enter it. */
const blocks = [
  { channels: 24, stride: 2 },
  { channels: 24, stride: 1 },
  { channels: 32, stride: 2 },
  { channels: 32, stride: 1 },
  { channels: 32, stride: 1 },
  { channels: 64, stride: 2 },
  { channels: 64, stride: 1 },
  { channels: 64, stride: 1 },
  { channels: 64, stride: 1 },
  { channels: 96, stride: 1 },
  { channels: 96, stride: 1 },
  { channels: 96, stride: 1 },
] as const;

/** Blocks whose expanded features are given; the first and the second of them lie inside `blocks`, the third follows it. */
const seen: readonly number[] = [3, 6, 13];
const [first, narrowest, expansion] = [32, 16, 6];

/**
 * The expanded features (after ReLU6) of images [N, C, H, W] in 0..1, H and W multiples of 16, before the steps to stride 8,
 * 16 and 32: [N, 144, H/4, W/4], [N, 192, H/8, W/8], [N, 576, H/16, W/16]. C is 3, or 1: three equal colours. Width
 * multiplier 1. Keras pads for convolutions of stride 2 below and to the right only: a row and a column of zeros before the
 * kernel do the same, with padding on all sides, and stay in the layout that the processor computes in.
 *
 * Parameters, batch normalisation folded: `Conv1.weight`, `Conv1.bias`, `expanded_conv_depthwise.weight`, ...,
 * `block_13_expand.bias`.
 */
export function mobileNetV2(source: ParameterSource, images: Tensor): readonly Tensor[] {
  const convolve = (x: Tensor, name: string, outputs: number, kernel: 1 | 3, stride: 1 | 2 = 1, groups = 1): Tensor => {
    const colours = x === images ? 3 : x.shape[1]!;
    const weight = source(`${name}.weight`, [outputs, colours / groups, kernel, kernel]);
    const bias = source(`${name}.bias`, [outputs]);
    const fitting = colours === x.shape[1] ? weight : sum(weight, [1]);
    const padding = (kernel - 1) / 2;
    return convolution(x, stride === 2 ? bordered(fitting) : fitting, { stride, padding, groups }, bias);
  };
  const relu6 = (x: Tensor) => clamp(x, 0, 6);
  const depthwise = (x: Tensor, name: string, stride: 1 | 2) =>
    relu6(convolve(x, name, x.shape[1]!, 3, stride, x.shape[1]));
  let x = relu6(convolve(images, 'Conv1', first, 3, 2));
  x = convolve(depthwise(x, 'expanded_conv_depthwise', 1), 'expanded_conv_project', narrowest, 1);
  const features: Tensor[] = [];
  const expanded = (number: number) => {
    const wide = relu6(convolve(x, `block_${number}_expand`, expansion * x.shape[1]!, 1));
    if (seen.includes(number)) features.push(wide);
    return wide;
  };
  for (const [at, { channels, stride }] of blocks.entries()) {
    const wide = depthwise(expanded(at + 1), `block_${at + 1}_depthwise`, stride);
    const narrow = convolve(wide, `block_${at + 1}_project`, channels, 1);
    x = stride === 1 && channels === x.shape[1] ? add(x, narrow) : narrow;
  }
  expanded(blocks.length + 1);
  return features;
}

/** A row of zeros above and a column to the left of each kernel. Not by `padImage`: ONNX Runtime would pad the image instead. */
function bordered(weight: Tensor): Tensor {
  const [outputs, inputs, height, width] = weight.shape as [number, number, number, number];
  const lower = concat([fill([outputs, inputs, 1, width], 0), weight], 2);
  return concat([fill([outputs, inputs, height + 1, 1], 0), lower], 3);
}

// The localiser: a U-Net without normalisation of activations that says of every pixel whether it belongs to an anomaly.
import {
  add,
  convolution,
  leakyRelu,
  mean,
  multiply,
  reciprocal,
  repeatPixels,
  reshape,
  sqrt,
  square,
  subtract,
  sumBlocks,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import { type ConvolutionShape, convolutionsOf, type LocaliserArguments } from './arguments.ts';

export interface Localisation {
  /** [N, 1, R, R] before the sigmoid; positive: rather anomalous than not. */
  readonly logits: Tensor;
  /** Activations at the end of every stage on the way down, highest resolution first: [N, C, R / 2^i, R / 2^i]. */
  readonly features: readonly Tensor[];
}

const slope = 0.1;
/** Keeps the variance of activations through a leaky relu (He et al. 2015). */
const activationGain = Math.sqrt(2 / (1 + slope ** 2));

/**
 * Looks at images [N, C, R, R] in -1..1. A U-Net (Ronneberger et al. 2015) whose skips are added rather than appended, whose
 * weights are standardised (Qiao et al. 2019; Brock et al. 2021) instead of its activations normalised: half the
 * multiplications, and a third of the memory traffic, of the usual one.
 */
export function localiser(source: ParameterSource, arguments_: LocaliserArguments, images: Tensor): Localisation {
  const shapes = new Map(convolutionsOf(arguments_).map((shape) => [shape.name, shape]));
  const layer = (name: string, x: Tensor) => leakyRelu(convolve(layerOf(source, name), shapes.get(name)!, x), slope);
  const features: Tensor[] = [];
  let x = images;
  for (let stage = 0; stage < arguments_.stages; stage++) {
    if (stage > 0) x = multiply(sumBlocks(x, 2), 1 / 4);
    x = layer(`down${stage}.conv1`, layer(`down${stage}.conv0`, x));
    features.push(x);
  }
  for (let stage = arguments_.stages - 2; stage >= 0; stage--) {
    const lift = `up${stage}.lift`;
    const lifted = repeatPixels(convolve(layerOf(source, lift), shapes.get(lift)!, x), 2);
    const joined = add(lifted, features[stage]!);
    x = layer(`up${stage}.conv1`, layer(`up${stage}.conv0`, joined));
  }
  return { logits: convolve(layerOf(source, 'out'), shapes.get('out')!, x), features };
}

function convolve(
  source: ParameterSource,
  { inputs, outputs, kernel, standardised }: ConvolutionShape,
  x: Tensor,
): Tensor {
  const shape = [outputs, inputs, kernel, kernel];
  const bias = source('bias', [outputs]);
  const raw = source('weight', shape);
  const weight = standardised ? standardise(raw, source('gain', [outputs])) : raw;
  return convolution(x, weight, { padding: (kernel - 1) / 2 }, bias);
}

/** Each output's weights with mean 0 and sum of squares gain^2 (times what the activation takes away). */
function standardise(weight: Tensor, gain: Tensor): Tensor {
  const [outputs, inputs, kernel] = weight.shape as [number, number, number];
  const taps = inputs * kernel * kernel;
  const rows = reshape(weight, [outputs, taps]);
  const centred = taps > 1 ? subtract(rows, mean(rows, [1])) : rows;
  const deviation = sqrt(add(mean(square(centred), [1]), 1e-4 / taps));
  const scale = multiply(reshape(gain, [outputs, 1]), activationGain / Math.sqrt(taps));
  return reshape(multiply(centred, multiply(scale, reciprocal(deviation))), weight.shape);
}

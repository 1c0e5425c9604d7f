// Layers that StyleGAN2's networks share: activations with their gains, fully connected and plain convolution layers.
import {
  add,
  cast,
  clamp,
  divide,
  exp,
  leakyRelu,
  matmul,
  mean,
  minimum,
  multiply,
  relu,
  reshape,
  sigmoid,
  softplus,
  sqrt,
  square,
  subtract,
  tanh,
  transpose,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { scaled } from '../constant-folding.ts';
import type { ParameterSource } from '../parameter-source.ts';
import type { Activation } from './arguments.ts';
import { conv2dResample, type Filter } from './resample.ts';

interface ActivationRow {
  /** Scale of the result that keeps the variance of activations (published `def_gain`). */
  readonly gain: number;
  /** True when f(a x) = a f(x) for a > 0: scales then move through the activation. */
  readonly homogeneous: boolean;
  readonly apply: (x: Tensor) => Tensor;
}

const elu = (x: Tensor): Tensor => add(relu(x), subtract(exp(minimum(x, 0)), 1));
/** Constants of self-normalising networks (Klambauer et al., 2017). */
const [seluAlpha, seluScale] = [1.6732632423543772, 1.0507009873554805];

export const activations: { readonly [A in Activation]: ActivationRow } = {
  linear: { gain: 1, homogeneous: true, apply: (x) => x },
  relu: { gain: Math.SQRT2, homogeneous: true, apply: relu },
  lrelu: { gain: Math.SQRT2, homogeneous: true, apply: (x) => leakyRelu(x, 0.2) },
  tanh: { gain: 1, homogeneous: false, apply: tanh },
  sigmoid: { gain: 1, homogeneous: false, apply: sigmoid },
  elu: { gain: 1, homogeneous: false, apply: elu },
  selu: {
    gain: 1,
    homogeneous: false,
    apply: (x) => {
      const below = multiply(subtract(exp(minimum(x, 0)), 1), seluAlpha);
      return multiply(add(relu(x), below), seluScale);
    },
  },
  softplus: { gain: 1, homogeneous: false, apply: softplus },
  swish: { gain: Math.SQRT2, homogeneous: false, apply: (x) => multiply(x, sigmoid(x)) },
};

/**
 * Fully connected layer with equalised learning rate: x [N, I] -> activation(x W lr / sqrt(I) + b lr) * gain, [N, O].
 */
export function fullyConnected(
  source: ParameterSource,
  x: Tensor,
  outputs: number,
  { activation = 'linear', rate = 1 }: { readonly activation?: Activation; readonly rate?: number } = {},
): Tensor {
  const inputs = x.shape[1]!;
  const { gain, homogeneous, apply } = activations[activation];
  const inner = homogeneous ? rate * gain : rate;
  const product = matmul(x, transpose(source('weight', [outputs, inputs]), [1, 0]));
  const bias = scaled(source('bias', [outputs]), inner);
  const result = apply(add(multiply(product, inner / Math.sqrt(inputs)), bias));
  return homogeneous ? result : multiply(result, gain);
}

interface ConvolutionLayer {
  readonly channels: number;
  readonly kernel: 1 | 3;
  readonly activation?: Activation;
  readonly bias?: boolean;
  readonly up?: number;
  readonly down?: number;
  readonly filter: Filter;
  /** The result is kept within +-clamp * gain. */
  readonly limit?: number | null;
  readonly gain?: number;
}

/**
 * Convolution, bias, activation, clamp (published `Conv2dLayer`), in the type of x. x [N, I, H, W] -> [N, channels, H', W'].
 */
export function convolutionLayer(source: ParameterSource, x: Tensor, layer: ConvolutionLayer): Tensor {
  const {
    channels,
    kernel,
    activation = 'linear',
    bias = true,
    up = 1,
    down = 1,
    filter,
    limit = null,
    gain = 1,
  } = layer;
  const inputs = x.shape[1]!;
  const row = activations[activation];
  const outer = row.gain * gain;
  const inner = row.homogeneous ? outer : 1;
  const taps = source('weight', [channels, inputs, kernel, kernel]);
  const weight = cast(scaled(taps, inner / Math.sqrt(inputs * kernel * kernel)), x.type);
  const offset = bias ? cast(scaled(source('bias', [channels]), inner), x.type) : undefined;
  const early = up === 1 ? offset : undefined;
  const raw = conv2dResample(x, weight, filter, { up, down }, early);
  const biased = offset === undefined || early !== undefined ? raw : add(raw, perChannel(offset));
  const active = multiply(row.apply(biased), outer / inner);
  return limit === null ? active : clamp(active, -limit * gain, limit * gain);
}

/** [C] or [N, C] as [., C, 1, 1], to broadcast over images. */
export function perChannel(x: Tensor): Tensor {
  return reshape(x, [...(x.shape.length === 1 ? [1] : [x.shape[0]!]), x.shape.at(-1)!, 1, 1]);
}

/** Each row divided by its root mean square (published `normalize_2nd_moment`). x [N, F]. */
export function normalizeSecondMoment(x: Tensor): Tensor {
  return divide(x, sqrt(add(mean(square(x), [1]), 1e-8)));
}

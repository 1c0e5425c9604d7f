// Parts that feature networks share: convolution with batch normalisation in evaluation mode, global mean, classifier.
import {
  add,
  convolution,
  divide,
  matmul,
  mean,
  multiply,
  padImage,
  reshape,
  sqrt,
  subtract,
  transpose,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import type { ParameterSource } from '../parameter-source.ts';

interface ConvolutionUnit {
  readonly channels: number;
  /** Height and width. */
  readonly kernel: readonly [number, number];
  readonly stride?: number;
  /** Rows above and below, columns left and right. */
  readonly padding?: readonly [number, number];
  /** Names of the weight and of the normalisation's tensors. */
  readonly names: { readonly weight: string; readonly normalisation: string };
  readonly epsilon: number;
}

/**
 * Convolution and batch normalisation by its running mean and variance, as one convolution with a bias. With constant
 * parameters the provider folds the products once. x [N, I, H, W] -> [N, channels, H', W'].
 */
export function convolutionUnit(source: ParameterSource, x: Tensor, unit: ConvolutionUnit): Tensor {
  const { channels, kernel, stride = 1, padding = [0, 0], names, epsilon } = unit;
  const statistic = (name: string) => source(`${names.normalisation}.${name}`, [channels]);
  const scale = divide(statistic('weight'), sqrt(add(statistic('running_var'), epsilon)));
  const bias = subtract(statistic('bias'), multiply(statistic('running_mean'), scale));
  const weight = multiply(
    source(names.weight, [channels, x.shape[1]!, ...kernel]),
    reshape(scale, [channels, 1, 1, 1]),
  );
  const [rows, columns] = padding;
  const equal = rows === columns;
  const padded = equal ? x : padImage(x, [rows, rows, columns, columns]);
  const product = convolution(padded, weight, { stride, padding: equal ? rows : 0 });
  return add(product, reshape(bias, [1, channels, 1, 1]));
}

/** Mean over all pixels: [N, C, H, W] -> [N, C]. */
export const globalMean = (x: Tensor): Tensor => reshape(mean(x, [2, 3]), x.shape.slice(0, 2));

/** Logits of features [N, F] by the layer `fc`: [N, classes]. The published Inception score leaves the bias out. */
export function classify(source: ParameterSource, features: Tensor, classes: number, bias = true): Tensor {
  const weight = source('fc.weight', [classes, features.shape[1]!]);
  const product = matmul(features, transpose(weight, [1, 0]));
  return bias ? add(product, source('fc.bias', [classes])) : product;
}

// Parts that vision transformers share: linear layers, layer normalisation, attention, the two-layer perceptron.
import {
  add,
  divide,
  erf,
  exp,
  matmul,
  max,
  mean,
  multiply,
  narrow,
  reshape,
  sqrt,
  square,
  subtract,
  sum,
  transpose,
} from '../../graph/build.ts';
import { sizeOf, type Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';

/** x W^T + b over the last axis: [..., I] -> [..., outputs]; parameters `weight` [outputs, I] and `bias`. */
export function linear(source: ParameterSource, x: Tensor, outputs: number, bias = true): Tensor {
  const inputs = x.shape.at(-1)!;
  const rows = reshape(x, [sizeOf(x.shape) / inputs, inputs]);
  const product = matmul(rows, transpose(source('weight', [outputs, inputs]), [1, 0]));
  const shifted = bias ? add(product, source('bias', [outputs])) : product;
  return reshape(shifted, [...x.shape.slice(0, -1), outputs]);
}

/** Mean 0 and variance 1 over the last axis, then `weight` and `bias`. */
export function layerNorm(source: ParameterSource, x: Tensor, epsilon: number): Tensor {
  const last = [x.shape.length - 1];
  const centred = subtract(x, mean(x, last));
  const scaled = divide(centred, sqrt(add(mean(square(centred), last), epsilon)));
  const width = x.shape.at(-1)!;
  return add(multiply(scaled, source('weight', [width])), source('bias', [width]));
}

/**
 * Self-attention of tokens x [N, L, C]; parameters `qkv` and `proj`. `bias` [B, heads, L, L] is added to the scores of
 * every B sequences in turn; N is a multiple of B.
 */
export function attention(source: ParameterSource, x: Tensor, heads: number, bias?: Tensor): Tensor {
  const [n, length, width] = x.shape as [number, number, number];
  const depth = width / heads;
  const joint = reshape(linear(layerOf(source, 'qkv'), x, 3 * width), [n, length, 3, heads, depth]);
  const parts = transpose(joint, [2, 0, 3, 1, 4]);
  const part = (index: number) => reshape(narrow(parts, 0, index, 1), [n, heads, length, depth]);
  const scores = matmul(multiply(part(0), depth ** -0.5), transpose(part(1), [0, 1, 3, 2]));
  const weights = softmax(bias === undefined ? scores : addInTurn(scores, bias));
  const seen = transpose(matmul(weights, part(2)), [0, 2, 1, 3]);
  return linear(layerOf(source, 'proj'), reshape(seen, [n, length, width]), width);
}

function addInTurn(scores: Tensor, bias: Tensor): Tensor {
  const turns = scores.shape[0]! / bias.shape[0]!;
  return reshape(add(reshape(scores, [turns, ...bias.shape]), bias), scores.shape);
}

/** Two linear layers, the first four times as wide, with GELU between: parameters `fc1` and `fc2`. */
export function perceptron(source: ParameterSource, x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  return linear(layerOf(source, 'fc2'), gelu(linear(layerOf(source, 'fc1'), x, 4 * width)), width);
}

/** Softmax over the last axis. */
export function softmax(x: Tensor): Tensor {
  const last = [x.shape.length - 1];
  const powers = exp(subtract(x, max(x, last)));
  return divide(powers, sum(powers, last));
}

/** x Phi(x), Phi the normal distribution function: the exact form (Hendrycks and Gimpel, 2016). */
function gelu(x: Tensor): Tensor {
  return multiply(multiply(x, 0.5), add(erf(multiply(x, Math.SQRT1_2)), 1));
}

// StyleGAN2's mapping network: latent codes and labels to the intermediate latent space W, truncation, style mixing.

import type { Operand } from '../../graph/build.ts';
import { add, concat, expand, mean, multiply, narrow, reshape, stopGradient, subtract } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import type { GeneratorArguments, MappingArguments } from './arguments.ts';
import { fullyConnected, normalizeSecondMoment } from './layers.ts';

/**
 * Sizes of the mapping network's layers: of the label's embedding (0 without labels) and [input, ..., output] features.
 */
export function mappingFeatures(
  { num_layers, embed_features, layer_features }: MappingArguments,
  dimensions: { readonly z: number; readonly c: number; readonly w: number },
): { readonly embedding: number; readonly features: readonly number[] } {
  const { z, c, w } = dimensions;
  const embedding = c === 0 ? 0 : (embed_features ?? w);
  const hidden = Array.from({ length: num_layers - 1 }, () => layer_features ?? w);
  return { embedding, features: [z + embedding, ...hidden, w] };
}

/** Latent codes z [N, z_dim] and labels c [N, c_dim] (either may be absent) -> w [N, w_dim]. */
export function mapping(
  source: ParameterSource,
  kwargs: MappingArguments,
  width: number,
  { z, c }: { readonly z?: Tensor; readonly c?: Tensor },
): Tensor {
  const { embedding, features } = mappingFeatures(kwargs, { z: z?.shape[1] ?? 0, c: c?.shape[1] ?? 0, w: width });
  const parts = [
    ...(z === undefined ? [] : [normalizeSecondMoment(z)]),
    ...(c === undefined ? [] : [normalizeSecondMoment(fullyConnected(layerOf(source, 'embed'), c, embedding))]),
  ];
  const { activation, lr_multiplier: rate } = kwargs;
  return features
    .slice(1)
    .reduce(
      (x, outputs, layer) => fullyConnected(layerOf(source, `fc${layer}`), x, outputs, { activation, rate }),
      concat(parts, 1),
    );
}

/** The generator's mapping: z [N, z_dim], labels c [N, c_dim] for a conditional network -> w [N, w_dim]. */
export function generatorMapping(
  source: ParameterSource,
  arguments_: GeneratorArguments,
  z: Tensor,
  c?: Tensor,
): Tensor {
  const { c_dim, w_dim, mapping_kwargs } = arguments_;
  if (c_dim > 0 && c === undefined) throw new Error('a conditional generator needs labels');
  const inputs = c_dim > 0 && c !== undefined ? { z, c } : { z };
  return mapping(layerOf(source, 'mapping'), mapping_kwargs, w_dim, inputs);
}

/** One w for every layer: [N, w_dim] -> [N, count, w_dim]. */
export function broadcastLatent(w: Tensor, count: number): Tensor {
  const [n, width] = w.shape as [number, number];
  return expand(reshape(w, [n, 1, width]), [n, count, width]);
}

/**
 * Truncation: the first `cutoff` layers of ws [N, L, w_dim] (all when omitted) move towards the mean `average`
 * [w_dim]: average + psi (ws - average).
 */
export function truncate(ws: Tensor, average: Tensor, psi: Operand, cutoff = ws.shape[1]!): Tensor {
  const layers = ws.shape[1]!;
  const near = add(average, multiply(subtract(narrow(ws, 1, 0, cutoff), average), psi));
  return cutoff === layers ? near : concat([near, narrow(ws, 1, cutoff, layers - cutoff)], 1);
}

/** Style mixing: layers where `second` [L] is 1 come from the other latents, where it is 0 from ws. Both [N, L, w_dim]. */
export function mixStyles(ws: Tensor, others: Tensor, second: Tensor): Tensor {
  const choice = reshape(second, [1, second.shape[0]!, 1]);
  return add(multiply(ws, subtract(1, choice)), multiply(others, choice));
}

/** The moving average of w after a batch: w [N, w_dim], average [w_dim] (published `w_avg`). No gradient. */
export function updatedAverage(average: Tensor, w: Tensor, beta: number): Tensor {
  const batch = reshape(mean(stopGradient(w), [0]), average.shape);
  return add(batch, multiply(subtract(average, batch), beta));
}

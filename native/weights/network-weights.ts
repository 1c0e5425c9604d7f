// The networks of a StyleGAN2-ADA file, whatever its format: class, constructor arguments, float32 tensors by their published names.
import { Problem } from '../../src-main/platform/errors.ts';
import type { FloatTensor } from './tensor.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * The networks of a file. StyleGAN2-ADA's names: generator, discriminator, moving average of the generator. Ours: encoder
 * (image to w), localiser (image to anomaly map).
 */
export const networkNames = ['G', 'D', 'G_ema', 'E', 'localiser'] as const;
export type NetworkName = (typeof networkNames)[number];

/** One network. Tensor names are those of the published code (`synthesis.b4.conv1.weight`), buffers included. */
export interface NetworkWeights {
  /** `Generator` or `Discriminator` in published files. */
  readonly className: string;
  /** Arguments of the published constructor by name (`z_dim`, `synthesis_kwargs`, …); what is absent has its default. */
  readonly constructorArguments: JsonObject;
  readonly tensors: ReadonlyMap<string, FloatTensor>;
}

export type Networks = { readonly [N in NetworkName]?: NetworkWeights };

/** The generator that images are made with: the moving average where the file has one. Error `missing` names the file. */
export function generatorOf(networks: Networks, file: string): NetworkWeights {
  const network = networks.G_ema ?? networks.G;
  if (network === undefined) throw new Problem('missing', { what: 'generator (G_ema or G)', name: file });
  return network;
}

/** The positional parameters of the published constructors, in order (`training/networks.py` of StyleGAN2-ADA). */
const signatures: Readonly<Record<string, readonly string[]>> = {
  Generator: ['z_dim', 'c_dim', 'w_dim', 'img_resolution', 'img_channels', 'mapping_kwargs', 'synthesis_kwargs'],
  Discriminator: ['c_dim', 'img_resolution', 'img_channels', 'architecture', 'channel_base', 'channel_max'],
};

/**
 * Positional and named arguments as one object by name. Error `content` when the class is unknown and has positional
 * arguments, or has more of them than are known.
 */
export function nameArguments(
  className: string,
  positional: readonly Json[],
  named: JsonObject,
  file: string,
): JsonObject {
  const names = signatures[className] ?? [];
  if (positional.length > names.length) {
    throw new Problem('content', { file, reason: `arguments of ${className} that have no known name` });
  }
  return { ...Object.fromEntries(positional.map((value, index) => [names[index]!, value])), ...named };
}

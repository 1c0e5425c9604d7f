// The tiny golden networks: their arguments, what the published implementation gave for them, and how to run them.
import { constant } from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { parseDiscriminatorArguments, parseGeneratorArguments } from '../../native/networks/stylegan2/arguments.ts';
import { compile } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { Variables } from '../../native/runtime/variables.ts';
import { golden } from './golden.ts';

export const { tensors, metadata } = golden('stylegan2/tiny-networks.safetensors');
export const weights = golden('stylegan2/tiny-weights.safetensors').tensors;

const number = (name: string) => Number(metadata[name]);
const image = { img_resolution: number('img_resolution'), img_channels: number('img_channels') };
const channels = { channel_base: number('channel_base'), channel_max: number('channel_max') };

/** Arguments of the generator; `more` changes those of its synthesis network. */
export const tinyGenerator = (more: Readonly<Record<string, unknown>> = {}) =>
  parseGeneratorArguments(
    {
      z_dim: number('z_dim'),
      w_dim: number('w_dim'),
      ...image,
      mapping_kwargs: { num_layers: number('mapping_layers') },
      synthesis_kwargs: { ...channels, ...more },
    },
    'golden',
  );

/** Arguments of the discriminator, changed by `more`. */
export const tinyDiscriminator = (more: Readonly<Record<string, unknown>> = {}) =>
  parseDiscriminatorArguments(
    { ...image, ...channels, epilogue_kwargs: { mbstd_group_size: number('mbstd_group_size') }, ...more },
    'golden',
  );

/** A stored tensor as a constant of the graph. */
export const tensor = (name: string): Tensor => constant(tensors.get(name)!.data, tensors.get(name)!.shape);

/** Values of tensors that depend on the stored weights as variables. */
export async function run(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, Float32Array>> = {},
): Promise<Record<string, Float32Array>> {
  const program = await compile(cpu, { outputs });
  const results = await program.run(feeds, new Variables(cpu, weights));
  await program.release();
  return results;
}

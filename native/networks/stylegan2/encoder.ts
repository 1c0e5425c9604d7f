// The feed-forward inverse of a StyleGAN2 generator: images to W+, with the discriminator's trunk and a linear head.
import { add, multiply, reshape } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import type { HostTensor } from '../../runtime/variables.ts';
import { demandTensor, layerOf, type ParameterSource } from '../parameter-source.ts';
import type { DiscriminatorArguments, EncoderArguments, GeneratorArguments } from './arguments.ts';
import { discriminatorTrunk, hiddenLayer } from './discriminator.ts';
import { fullyConnected } from './layers.ts';
import { discriminatorParameters, type Parameter } from './parameters.ts';
import { latentCount } from './synthesis.ts';

/** Names of the buffers with the mean of W [w_dim] and the root mean square deviation of one of its coordinates []. */
const [meanName, scaleName] = ['latent.mean', 'latent.scale'] as const;

/**
 * The encoder of a generator that begins with a discriminator's trunk. Minibatch statistics and labels are left out: an
 * image's latents depend on the image alone. Every layer is trained.
 */
export function encoderArguments(
  { w_dim, ...generator }: GeneratorArguments,
  discriminator: DiscriminatorArguments,
): EncoderArguments {
  const { block_kwargs, epilogue_kwargs } = discriminator;
  return {
    num_ws: latentCount({ w_dim, ...generator }),
    w_dim,
    discriminator_kwargs: {
      ...discriminator,
      c_dim: 0,
      block_kwargs: { ...block_kwargs, freeze_layers: 0 },
      epilogue_kwargs: { ...epilogue_kwargs, mbstd_num_channels: 0 },
    },
  };
}

/**
 * Latents [N, num_ws, w_dim] of images [N, C, R, R] (-1..1): the mean of W plus the head's answer in units of W's deviation.
 */
export function encoder(source: ParameterSource, arguments_: EncoderArguments, images: Tensor): Tensor {
  const { num_ws, w_dim, discriminator_kwargs } = arguments_;
  const hidden = hiddenLayer(source, discriminator_kwargs, discriminatorTrunk(source, discriminator_kwargs, images));
  const offsets = fullyConnected(layerOf(source, 'head'), hidden, num_ws * w_dim);
  const scaled = multiply(reshape(offsets, [images.shape[0]!, num_ws, w_dim]), source(scaleName, []));
  return add(scaled, source(meanName, [w_dim]));
}

/** The tensors of an encoder. The head starts at zero: the mean of W for every image. */
export function encoderParameters({ num_ws, w_dim, discriminator_kwargs }: EncoderArguments): readonly Parameter[] {
  const trunk = discriminatorParameters(discriminator_kwargs).filter(({ name }) => !name.startsWith('b4.out.'));
  const inputs = trunk.find(({ name }) => name === 'b4.fc.bias')!.shape[0]!;
  const outputs = num_ws * w_dim;
  const zero = { value: 0 };
  return [
    ...trunk,
    { name: 'head.weight', shape: [outputs, inputs], trained: true, initial: zero },
    { name: 'head.bias', shape: [outputs], trained: true, initial: zero },
    { name: meanName, shape: [w_dim], trained: false, initial: zero },
    { name: scaleName, shape: [], trained: false, initial: { value: 1 } },
  ];
}

/**
 * The tensors that an encoder begins with: the discriminator's trunk, a head of zeros, and the statistics of W: its mean [w_dim]
 * and the root of the mean squared distance to it. Throws `missing` or `mismatch` for tensors that do not fit.
 */
export function encoderStart(
  arguments_: EncoderArguments,
  discriminator: ReadonlyMap<string, HostTensor>,
  latents: { readonly mean: Float32Array; readonly deviation: number },
): Map<string, HostTensor> {
  const scale = latents.deviation / Math.sqrt(arguments_.w_dim);
  return new Map(
    encoderParameters(arguments_).map(({ name, shape }): [string, HostTensor] => {
      if (name === meanName) return [name, { data: latents.mean, shape }];
      if (name === scaleName) return [name, { data: Float32Array.of(scale), shape }];
      if (name.startsWith('head.')) {
        return [name, { data: new Float32Array(shape.reduce((all, size) => all * size, 1)), shape }];
      }
      if (name === 'b4.conv.weight') return [name, withoutStatistics(discriminator, name, shape)];
      return [name, demandTensor(discriminator, name, shape)];
    }),
  );
}

/**
 * The weights [O, I, 3, 3] of the last convolution without those of the minibatch statistics, which are its last inputs. The
 * layer divides by the root of its inputs, fewer now: the weights make up for it.
 */
function withoutStatistics(
  tensors: ReadonlyMap<string, HostTensor>,
  name: string,
  shape: readonly number[],
): HostTensor {
  const inputs = shape[1]!;
  const found = tensors.get(name)?.shape[1] ?? inputs;
  const { data } = demandTensor(tensors, name, [shape[0]!, Math.max(found, inputs), shape[2]!, shape[3]!]);
  const [row, wanted] = [found * 9, inputs * 9];
  const factor = Math.sqrt(inputs / found);
  const kept = Float32Array.from(
    { length: shape[0]! * wanted },
    (_, i) => data[Math.floor(i / wanted) * row + (i % wanted)]! * factor,
  );
  return { data: kept, shape };
}

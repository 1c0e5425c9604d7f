// The smallest encoder that has every part: an 8x8 generator of random weights, batches of eight, one thread.

import { parseDiscriminatorArguments, parseGeneratorArguments } from '../../../native/networks/stylegan2/arguments.ts';
import { encoderStart } from '../../../native/networks/stylegan2/encoder.ts';
import {
  discriminatorParameters,
  generatorParameters,
  initialise,
} from '../../../native/networks/stylegan2/parameters.ts';
import { sampleImages } from '../../../src-main/engine/sample-images.ts';
import { randomFrom } from '../../../src-main/platform/random/random.ts';
import { latentStatistics } from '../../../src-main/projection/latent-statistics.ts';
import {
  type EncoderConfiguration,
  resolveEncoderConfiguration,
} from '../../../src-main/training/encoder/configuration.ts';
import type { EncoderMaterial } from '../../../src-main/training/encoder/encoder-trainer.ts';
import { imagesInMemory } from '../../../src-main/training/training-images.ts';
import { oneThread } from '../tiny-training.ts';

const side = 8;
export const tinyGenerator = parseGeneratorArguments(
  {
    ...{ z_dim: 8, c_dim: 0, w_dim: 8, img_resolution: side, img_channels: 1, mapping_kwargs: { num_layers: 2 } },
    synthesis_kwargs: { channel_base: 64, channel_max: 8 },
  },
  'tiny',
);
export const tinyDiscriminator = parseDiscriminatorArguments(
  { c_dim: 0, img_resolution: side, img_channels: 1, channel_base: 128, channel_max: 16 },
  'tiny',
);

/** A network of random weights whose "normals" are images that it draws: each has latents that redraw it. */
export async function tinyMaterial(changes: Partial<EncoderConfiguration> = {}): Promise<EncoderMaterial> {
  const random = randomFrom('tiny encoder');
  const tensors = initialise(generatorParameters(tinyGenerator), random.gaussian);
  // Random weights draw beyond -1..1, where no image is.
  for (const [name, { data, shape }] of tensors) {
    if (name.endsWith('torgb.weight')) tensors.set(name, { data: data.map((x) => x / 4), shape });
  }
  const generator = { arguments_: tinyGenerator, tensors };
  const discriminator = initialise(discriminatorParameters(tinyDiscriminator), random.gaussian);
  const drawn = await sampleImages(oneThread, generator, 40, random.fork('normals'));
  const levels = drawn.flatMap((image) =>
    Array.from(image, (x) => Math.round((Math.max(-1, Math.min(1, x)) + 1) * 127.5)),
  );
  const images = imagesInMemory(Uint8Array.from(levels), { resolution: side, channels: 1 });
  const latents = await latentStatistics(oneThread, generator, random.gaussians(500 * 8));
  const dataset = { images: images.count, resolution: side, channels: 1, sha256: 'tiny' } as const;
  const options = { seed: 1, mirror: false, kimg: 0.8, batch: 8 };
  const network = { sha256: 'tiny', generator: tinyGenerator, discriminator: tinyDiscriminator };
  const configuration = { ...resolveEncoderConfiguration(options, network, dataset), kimgPerTick: 0.4, ...changes };
  return {
    ...{ device: oneThread, configuration, images, generator, latents },
    start: encoderStart(configuration.encoder, discriminator, latents),
    features: (x) => [x],
  };
}

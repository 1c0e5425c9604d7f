// How strong a discriminator's features are on normal images: what the discriminator loss divides by.
import { z } from 'zod';
import { input, mean, square } from '../../native/graph/build.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { discriminatorTrunk } from '../../native/networks/stylegan2/discriminator.ts';
import { compile } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { DiscriminatorNetwork, LoadedNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import type { FeaturePowers } from '../projection/reconstruction-loss.ts';

/** Of the normals: enough for a stable mean square. */
export const normalsUsed = 256;

const storedSchema = z.object({ pixels: z.number().positive(), blocks: z.array(z.number().positive()) });

/**
 * The powers that a training has written into the provenance of its network; null when it has not. Throws `content` when
 * they do not fit the discriminator.
 */
export function storedFeaturePowers({ provenance, discriminator }: LoadedNetwork, file: string): FeaturePowers | null {
  if (provenance.featurePowers === undefined || discriminator === null) return null;
  const stored = storedSchema.safeParse(provenance.featurePowers);
  const blocks = Math.log2(discriminator.arguments_.img_resolution) - 2;
  if (stored.success && stored.data.blocks.length === blocks) return stored.data;
  throw new Problem('content', { file, reason: 'its feature powers do not fit its discriminator' });
}

/** Mean squares over images [C, R, R] (at least one): of the pixels, and of the features after every block. */
export async function featurePowers(
  device: Device,
  { arguments_, tensors }: DiscriminatorNetwork,
  images: readonly Float32Array[],
): Promise<FeaturePowers> {
  const { img_channels: channels, img_resolution: size } = arguments_;
  const image = input('image', [1, channels, size, size]);
  const { features } = discriminatorTrunk(constantParameters(tensors), arguments_, image);
  const outputs = Object.fromEntries([image, ...features].map((x, i) => [`${i}`, mean(square(x))] as const));
  const program = await compile(device, { outputs });
  const sums = new Float64Array(features.length + 1);
  try {
    for (const image of images) {
      const powers = await program.run({ image });
      for (let i = 0; i < sums.length; i++) sums[i]! += powers[`${i}`]![0]!;
    }
  } finally {
    await program.release();
  }
  const [pixels, ...blocks] = Array.from(sums, (sum) => sum / images.length);
  return { pixels: pixels!, blocks };
}

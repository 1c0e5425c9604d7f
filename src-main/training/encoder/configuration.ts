// Every number that a training of an encoder needs, from the options and the network.
import type { AdamOptions } from '../../../native/graph/adam.ts';
import type {
  DiscriminatorArguments,
  EncoderArguments,
  GeneratorArguments,
} from '../../../native/networks/stylegan2/arguments.ts';
import { encoderArguments } from '../../../native/networks/stylegan2/encoder.ts';
import { Problem } from '../../platform/errors.ts';
import { dividedBy } from '../held-out.ts';

/** What a person chooses; what is absent follows from the network. */
export interface EncoderOptions {
  readonly seed: number;
  readonly mirror: boolean;
  /** Thousands of images shown at most, half of them generated. */
  readonly kimg: number;
  readonly batch: number | null;
}

/** A training of an encoder. JSON: two starts with equal configurations are one training. */
export interface EncoderConfiguration {
  readonly networkSha256: string;
  readonly dataset: {
    readonly images: number;
    readonly resolution: number;
    readonly channels: 1 | 3;
    readonly sha256: string;
  };
  /** It ends after so many thousand images, or when the held-out normals have not been reconstructed better for `patience` ticks. */
  readonly totalKimg: number;
  readonly kimgPerTick: number;
  readonly patience: number;
  /** Images per step, and how many of them are generated: their latents are known. */
  readonly batch: number;
  readonly generated: number;
  readonly seed: number;
  readonly mirror: boolean;
  /** Normals that are not trained with: they tell the best encoder. */
  readonly heldOut: number;
  readonly optimizer: AdamOptions;
  /** Half-life of the moving average in thousand images, and its limit as a share of the images shown. */
  readonly emaKimg: number;
  readonly emaRampup: number;
  /** Weights beside the discriminator's features. */
  readonly pixelWeight: number;
  readonly latentWeight: number;
  readonly encoder: EncoderArguments;
}

/** The share of normals that is held out, and the most that is looked at. */
const [heldOutShare, mostHeldOut] = [0.1, 256];

/** Throws `usage` for too few images. */
export function resolveEncoderConfiguration(
  { seed, mirror, kimg, batch: asked }: EncoderOptions,
  network: {
    readonly sha256: string;
    readonly generator: GeneratorArguments;
    readonly discriminator: DiscriminatorArguments;
  },
  dataset: EncoderConfiguration['dataset'],
): EncoderConfiguration {
  if (dataset.images < 2) {
    throw new Problem('usage', { message: 'an encoder needs at least two normal images: one is held out' });
  }
  const batch = asked ?? usualBatch(dataset.resolution);
  return {
    networkSha256: network.sha256,
    dataset,
    totalKimg: kimg,
    kimgPerTick: Math.min(1, kimg),
    patience: 10,
    batch,
    generated: Math.floor(batch / 2),
    seed,
    mirror,
    heldOut: Math.max(1, Math.min(mostHeldOut, Math.round(dataset.images * heldOutShare))),
    optimizer: { learningRate: 0.002, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
    emaKimg: 1,
    emaRampup: 0.05,
    pixelWeight: 4,
    latentWeight: 2e-3,
    encoder: encoderArguments(network.generator, network.discriminator),
  };
}

/**
 * Numbers of the normals that are held out, and of those that are trained with, in random orders of the seed. A localiser's
 * training with the same seed holds out the same ones, so that both can be calibrated together.
 */
export function divideNormals({ seed, heldOut, dataset }: EncoderConfiguration): {
  readonly heldOut: Uint32Array;
  readonly learned: Uint32Array;
} {
  return dividedBy(seed, dataset.images, heldOut);
}

/** As many images as keep a processor busy without taking gigabytes. */
export const usualBatch = (resolution: number): number => Math.max(2, Math.min(16, Math.floor(1024 / resolution)));

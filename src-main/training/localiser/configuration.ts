// Everything that decides what a localiser becomes: the network, how long and how fast it learns, and on what.
import { z } from 'zod';
import { dividedBy } from '../held-out.ts';

export const localiserConfigurationSchema = z.strictObject({
  network: z.strictObject({
    resolution: z.int(),
    channels: z.union([z.literal(1), z.literal(3)]),
    width: z.int(),
    stages: z.int(),
  }),
  /** Images to learn from in all; each is another anomaly in another normal. */
  totalImages: z.int().positive(),
  batch: z.int().positive(),
  /** Highest learning rate: after a warm-up of 100 steps it falls to 0 along a cosine. */
  learningRate: z.number().positive(),
  seed: z.int(),
  /** Normals that are not learned from: they choose the best network and calibrate its score. */
  validationImages: z.int().min(2),
  /** Images between two validations, states and sheets. */
  imagesPerTick: z.int().positive(),
  dataset: z.strictObject({ images: z.int(), sha256: z.string() }),
});
export type LocaliserConfiguration = Readonly<z.infer<typeof localiserConfigurationSchema>>;

/** Enough to judge a network by, and never more than a tenth of the normals. */
const mostValidation = 1024;
/** Fewer normals cannot be divided into those that are learned and those that judge. */
export const fewestNormals = 8;

/** Stages that a resolution is looked at in: the smallest has 8 x 8 places, and there are at most six. */
export const stagesFor = (resolution: number): number => Math.min(6, Math.max(2, Math.log2(resolution) - 2));

export const validationShare = (images: number): number =>
  Math.max(2, Math.min(mostValidation, Math.floor(images / 10)));

/** Numbers of the normals that are held out, and of those that are learned from, ascending: by seed and count alone. */
export function divideNormals({ seed, validationImages, dataset }: LocaliserConfiguration): {
  readonly learned: Uint32Array;
  readonly heldOut: Uint32Array;
} {
  const { heldOut, learned } = dividedBy(seed, dataset.images, validationImages);
  return { heldOut: heldOut.sort(), learned: learned.sort() };
}

/** Learning rate of a step, counted from 0. */
export function learningRateAt({ learningRate, totalImages, batch }: LocaliserConfiguration, step: number): number {
  const warm = Math.min(1, (step + 1) / 100);
  return learningRate * warm * (0.5 + 0.5 * Math.cos(Math.PI * Math.min(1, (step * batch) / totalImages)));
}

// Detectors: what turns images into feature vectors, and into class probabilities where there is a classifier.
import { concat, fill, input } from '../../../native/graph/build.ts';
import type { Tensor } from '../../../native/graph/operations.ts';
import { classify, globalMean } from '../../../native/networks/features/convolution-unit.ts';
import { softmax } from '../../../native/networks/features/transformer.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { discriminator } from '../../../native/networks/stylegan2/discriminator.ts';
import { compile } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { WeightsName } from '../../../native/weights/published-weights.ts';
import { readPublishedWeights } from '../../../native/weights/weights-folder.ts';
import type { Levels } from '../../archive/recipe.ts';
import type { Filter } from '../../archive/resample.ts';
import { type FeatureNetwork, featureNetworks } from '../../networks/feature-networks.ts';
import type { DiscriminatorNetwork } from '../../networks/load-network.ts';
import { Problem } from '../../platform/errors.ts';
import { prepareImage, type Resizer } from './resizers.ts';

/** What a detector sees in some images, row after row. */
export interface Seen {
  /** [n, width] */
  readonly features: Float32Array;
  /** [n, classes]; null without a classifier. */
  readonly probabilities: Float32Array | null;
}

export interface Detector {
  /** Length of a feature vector. */
  readonly width: number;
  readonly classes: number;
  /** Images that are best shown at once. */
  readonly batch: number;
  /** At most `batch` images of 8-bit levels. */
  readonly see: (images: readonly Levels[]) => Promise<Seen>;
  readonly release: () => Promise<void>;
}

export interface PublishedDetector {
  readonly weights: WeightsName;
  readonly resizer: Resizer;
  /** Pillow's filter for the resizer `friendly`. */
  readonly friendly: Filter;
  /** Other than the network's own: the training metrics take (level - 128) / 128. */
  readonly normalisation?: Pick<FeatureNetwork, 'mean' | 'deviation'>;
  /** Whether class probabilities are wanted, and with the classifier's bias (the training metric leaves it out). */
  readonly classifier: 'none' | 'with bias' | 'without bias';
}

/** Opens a published network. Throws `missing`, naming the file of its weights, and what reading them throws. */
export async function openPublishedDetector(
  device: Device,
  { weights, resizer, friendly, normalisation, classifier }: PublishedDetector,
  weightsFolder: string,
  batch: number,
): Promise<Detector> {
  const { classes, features: build, ...shape } = featureNetworks[weights];
  const { side } = shape;
  const source = constantParameters(await readPublishedWeights(weightsFolder, weights, `weights of ${weights}`));
  const images = input('images', [batch, 3, side, side]);
  const features = build(source, images);
  const probabilities =
    classifier === 'none' ? null : softmax(classify(source, features, classes, classifier === 'with bias'));
  const target = { ...shape, ...normalisation };
  const prepare = (image: Levels, place: Float32Array) => prepareImage(image, target, resizer, friendly, place);
  return compiled(device, { features, probabilities }, 3 * side ** 2, batch, prepare);
}

/**
 * Opens an own discriminator: the features after every block, each channel averaged over the image. An image stands
 * alone and a conditional network gets the label of zeros. Images of another size are refused with `mismatch`.
 */
export async function openOwnDetector(
  device: Device,
  { arguments_, tensors }: DiscriminatorNetwork,
  batch: number,
): Promise<Detector> {
  const { img_channels: channels, img_resolution: size, c_dim } = arguments_;
  const alone = { ...arguments_, epilogue_kwargs: { ...arguments_.epilogue_kwargs, mbstd_group_size: 1 } };
  const images = input('images', [batch, channels, size, size]);
  const labels = c_dim > 0 ? fill([batch, c_dim], 0) : undefined;
  const { features: blocks } = discriminator(constantParameters(tensors), alone, images, labels);
  const features = concat(blocks.map(globalMean), 1);
  return compiled(device, { features, probabilities: null }, channels * size ** 2, batch, (image, place) => {
    const { width, height, channels: found, data } = image;
    if (width !== size || height !== size || found !== channels) {
      const [expected, given] = [`${size} x ${size} x ${channels}`, `${width} x ${height} x ${found}`];
      throw new Problem('mismatch', { what: 'size of an image for the own discriminator', expected, found: given });
    }
    for (let i = 0; i < data.length; i++)
      place[(i % channels) * size ** 2 + Math.floor(i / channels)] = data[i]! / 127.5 - 1;
  });
}

interface Outputs {
  readonly features: Tensor;
  readonly probabilities: Tensor | null;
}

/** A detector whose program takes `batch` images of `size` values, which `prepare` writes; what is over is zeros. */
async function compiled(
  device: Device,
  { features, probabilities }: Outputs,
  size: number,
  batch: number,
  prepare: (image: Levels, place: Float32Array) => void,
): Promise<Detector> {
  const program = await compile(device, {
    outputs: { features, ...(probabilities === null ? {} : { probabilities }) },
  });
  const [width, classes] = [features.shape[1]!, probabilities?.shape[1] ?? 0];
  return {
    width,
    classes,
    batch,
    see: async (shown) => {
      const images = new Float32Array(batch * size);
      for (const [i, image] of shown.entries()) prepare(image, images.subarray(i * size, (i + 1) * size));
      const seen = await program.run({ images });
      return {
        features: seen.features!.subarray(0, shown.length * width),
        probabilities: seen.probabilities?.subarray(0, shown.length * classes) ?? null,
      };
    },
    release: () => program.release(),
  };
}

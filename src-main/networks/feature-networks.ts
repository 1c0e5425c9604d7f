// The published networks whose features images are compared by: how each is built, what it takes, which weights it needs.
import { input, variable } from '../../native/graph/build.ts';
import type { Shape, Tensor } from '../../native/graph/operations.ts';
import { classify } from '../../native/networks/features/convolution-unit.ts';
import { inceptionV3, inceptionV3Stages } from '../../native/networks/features/inception-v3.ts';
import { resnet50, resnet50Stages } from '../../native/networks/features/resnet50.ts';
import { swinBase, swinStages, swinTransformer } from '../../native/networks/features/swin-transformer.ts';
import {
  dinoSmall8,
  visionTransformer,
  visionTransformerStages,
} from '../../native/networks/features/vision-transformer.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import { vgg16Features, vgg16Lpips, vgg16Stages } from '../../native/networks/perceptual/vgg16-lpips.ts';
import type { WeightsName } from '../../native/weights/published-weights.ts';

export interface FeatureNetwork {
  /** Side of the square images that it takes. */
  readonly side: number;
  /** Levels 0..255 become (level - mean) / deviation, per colour. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  readonly features: (source: ParameterSource, images: Tensor) => Tensor;
  /** Features of several sizes [N, C, H, W], for comparisons place by place. */
  readonly stages: (source: ParameterSource, images: Tensor) => readonly Tensor[];
  /** Classes of the classifier `fc` on the features; 0 without. */
  readonly classes: number;
}

const imageNet = {
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  deviation: [0.229 * 255, 0.224 * 255, 0.225 * 255],
} as const;
/** -1..1, also what torchvision's `transform_input` makes of ImageNet's normalisation. */
const symmetric = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] } as const;

/** PaDiM and PatchCore compare the first three stages, or two of them. */
const residual: FeatureNetwork = {
  side: 224,
  ...imageNet,
  features: resnet50,
  stages: (source, images) => resnet50Stages(source, images).slice(0, 3),
  classes: 1000,
};

export const featureNetworks: { readonly [N in WeightsName]: FeatureNetwork } = {
  'inception-v3-tf': {
    side: 299,
    ...symmetric,
    features: (source, images) => inceptionV3(source, 'tf', images),
    stages: (source, images) => inceptionV3Stages(source, 'tf', images),
    classes: 1008,
  },
  'inception-v3': {
    side: 299,
    ...symmetric,
    features: (source, images) => inceptionV3(source, 'torchvision', images),
    stages: (source, images) => inceptionV3Stages(source, 'torchvision', images),
    classes: 1000,
  },
  resnet50: residual,
  'swav-resnet50': residual,
  'dino-vit-s8': {
    side: 224,
    ...imageNet,
    features: (source, images) => visionTransformer(source, images, dinoSmall8),
    stages: (source, images) => visionTransformerStages(source, images, dinoSmall8),
    classes: 1000,
  },
  'swin-b': {
    side: 224,
    ...imageNet,
    features: (source, images) => swinTransformer(source, images, swinBase),
    stages: (source, images) => swinStages(source, images, swinBase).slice(0, 3),
    classes: 1000,
  },
  // Takes levels and normalises them itself.
  vgg16: {
    side: 224,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    features: (s, images) => vgg16Features(s, images),
    stages: (s, images) => vgg16Stages(s, images).slice(2),
    classes: 0,
  },
};

/** Names and shapes of every parameter that a network's features, classifier and (VGG16) LPIPS are made of. */
export function requiredParameters(name: WeightsName): ReadonlyMap<string, Shape> {
  const { side, features, classes } = featureNetworks[name];
  const shapes = new Map<string, Shape>();
  const source: ParameterSource = (key, shape) => {
    shapes.set(key, shape);
    return variable(key, shape);
  };
  const images = input('images', [1, 3, side, side]);
  const seen = features(source, images);
  if (classes > 0) classify(source, seen, classes);
  if (name === 'vgg16') vgg16Lpips(source, images);
  return shapes;
}

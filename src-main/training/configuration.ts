// Resolves the options of `train` into every number a training needs, by the rules of StyleGAN2-ADA's train.py.
import type { AdamOptions } from '../../native/graph/adam.ts';
import { Problem } from '../platform/errors.ts';
import { type AugmentationTransforms, augmentationPipelines, type PipelineName } from './augmentation-pipelines.ts';
import type { MetricName } from './training-metrics.ts';

/** Base configurations of the published `train.py`, by the name that `--cfg` takes. */
export type BaseConfiguration = 'auto' | 'stylegan2' | 'paper256' | 'paper512' | 'paper1024' | 'cifar';

interface BaseSpecification {
  readonly kimg: number;
  readonly batch: number;
  readonly referenceGpus: number;
  readonly minibatchStandardDeviationGroup: number;
  readonly featureMaps: number;
  readonly learningRate: number;
  readonly gamma: number;
  readonly emaKimg: number;
  readonly emaRampup: number | null;
  readonly mappingLayers: number;
}

/** The table of train.py; `auto` depends on resolution and device count. */
const baseSpecifications: {
  readonly [B in BaseConfiguration]: (resolution: number, gpus: number) => BaseSpecification;
} = {
  auto: (resolution, gpus) => {
    const batch = Math.max(Math.min(gpus * Math.min(Math.floor(4096 / resolution), 32), 64), gpus);
    return {
      kimg: 25_000,
      batch,
      referenceGpus: gpus,
      minibatchStandardDeviationGroup: Math.min(Math.floor(batch / gpus), 4),
      featureMaps: resolution >= 512 ? 1 : 0.5,
      learningRate: resolution >= 1024 ? 0.002 : 0.0025,
      gamma: (0.0002 * resolution ** 2) / batch,
      emaKimg: (batch * 10) / 32,
      emaRampup: 0.05,
      mappingLayers: 2,
    };
  },
  stylegan2: () => published(8, 25_000, 32, 4, 1, 0.002, 10, 10, null, 8),
  paper256: () => published(8, 25_000, 64, 8, 0.5, 0.0025, 1, 20, null, 8),
  paper512: () => published(8, 25_000, 64, 8, 1, 0.0025, 0.5, 20, null, 8),
  paper1024: () => published(8, 25_000, 32, 4, 1, 0.002, 2, 10, null, 8),
  cifar: () => published(2, 100_000, 64, 32, 1, 0.0025, 0.01, 500, 0.05, 2),
};

function published(
  referenceGpus: number,
  kimg: number,
  batch: number,
  minibatchStandardDeviationGroup: number,
  featureMaps: number,
  learningRate: number,
  gamma: number,
  emaKimg: number,
  emaRampup: number | null,
  mappingLayers: number,
): BaseSpecification {
  return {
    kimg,
    batch,
    referenceGpus,
    minibatchStandardDeviationGroup,
    featureMaps,
    learningRate,
    gamma,
    emaKimg,
    emaRampup,
    mappingLayers,
  };
}

/** How images are augmented before the discriminator sees them: never, as often as given, or as ADA finds right. */
export type AugmentationMode =
  | { readonly mode: 'none' }
  | { readonly mode: 'fixed'; readonly pipeline: PipelineName; readonly probability: number }
  | { readonly mode: 'adaptive'; readonly pipeline: PipelineName; readonly target: number };

/** What the caller chose; what is absent comes from the base configuration. */
export interface TrainingOptions {
  readonly configuration: BaseConfiguration;
  readonly seed: number;
  readonly mirror: boolean;
  readonly conditional: boolean;
  readonly augmentation: AugmentationMode;
  readonly gamma?: number | undefined;
  readonly kimg?: number | undefined;
  readonly batch?: number | undefined;
  /** Images per device run; the batch is made of whole micro-batches. */
  readonly microBatch?: number | undefined;
  /** First momentum of Adam (`--beta0` of the fork). */
  readonly beta0?: number | undefined;
  /** Ticks between snapshots. */
  readonly snapshotTicks: number;
  /** Layers of the discriminator, from the image on, that keep their first values (`--freezed`). */
  readonly freezeLayers?: number | undefined;
  /** Own sizes instead of the base configuration's: for small networks on small machines. */
  readonly channelBase?: number | undefined;
  readonly channelMax?: number | undefined;
  readonly mappingLayers?: number | undefined;
  /** Size of z and w, 512 in every base configuration. */
  readonly latentSize?: number | undefined;
  /** False leaves path length regularisation out, which a third of the time is spent on. */
  readonly pathLength: boolean;
  /** True leaves out 16-bit arithmetic, and the limit on activations that it needs (`--fp32`). */
  readonly fullPrecision: boolean;
  /** Measured of every snapshot; none when absent. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** The network file whose discriminator's features the metric `fd10k_own` compares. */
  readonly metricsNetwork?: string | null | undefined;
  /** The network file that the training starts from: ADA is then quicker, and the moving average has no ramp-up. */
  readonly start: string | null;
}

/** What is known of the training images before the first one is read. */
export interface DatasetShape {
  readonly resolution: number;
  readonly channels: 1 | 3;
  readonly labelSize: number;
  readonly images: number;
  /** Of the content, when it is known: another set of images cannot go on with a training. */
  readonly sha256?: string;
}

/** Augmentation as a training carries it out. */
export interface AugmentationConfiguration {
  readonly transforms: AugmentationTransforms;
  /** Of each transform; where ADA steers it, at the start. */
  readonly probability: number;
  /** ADA: every `interval` iterations the probability is moved so far that it would go from 0 to 1 within `kimg`. */
  readonly adaptive: { readonly target: number; readonly interval: number; readonly kimg: number } | null;
}

/** Every number of a training. JSON: it is stored in snapshots and printed by `--dry-run`. */
export interface TrainingConfiguration {
  readonly dataset: DatasetShape;
  readonly mirror: boolean;
  readonly seed: number;
  readonly start: string | null;
  readonly totalKimg: number;
  readonly kimgPerTick: number;
  readonly snapshotTicks: number;
  readonly batch: number;
  readonly microBatch: number;
  /** Constructor arguments, named as in the published code. */
  readonly generator: Readonly<Record<string, unknown>>;
  readonly discriminator: Readonly<Record<string, unknown>>;
  readonly generatorOptimizer: AdamOptions;
  readonly discriminatorOptimizer: AdamOptions;
  readonly r1Gamma: number;
  readonly pathLengthWeight: number;
  readonly pathLengthDecay: number;
  readonly pathLengthBatchShrink: number;
  readonly styleMixingProbability: number;
  readonly generatorRegularisationInterval: number;
  readonly discriminatorRegularisationInterval: number;
  readonly emaKimg: number;
  readonly emaRampup: number | null;
  readonly augmentation: AugmentationConfiguration | null;
  readonly metrics: readonly MetricName[];
  readonly metricsNetwork: string | null;
}

/**
 * The full configuration of a training on one device. Throws `usage` for a batch that is not made of whole micro-batches,
 * or micro-batches that are not made of whole groups of the minibatch standard deviation.
 */
export function resolveConfiguration(options: TrainingOptions, dataset: DatasetShape): TrainingConfiguration {
  const base = baseSpecifications[options.configuration](dataset.resolution, 1);
  const batch = options.batch ?? base.batch;
  const ownBatch = options.batch === undefined ? Math.max(1, batch / base.referenceGpus) : batch;
  const microBatch = Math.min(batch, options.microBatch ?? ownBatch);
  demandWhole(batch, microBatch, base.minibatchStandardDeviationGroup);
  const cifar = options.configuration === 'cifar';
  const channels = {
    channel_base: options.channelBase ?? Math.floor(base.featureMaps * 32_768),
    channel_max: options.channelMax ?? 512,
    num_fp16_res: options.fullPrecision ? 0 : 4,
    conv_clamp: options.fullPrecision ? null : 256,
  };
  const optimizer: AdamOptions = {
    learningRate: base.learningRate,
    beta1: options.beta0 ?? 0,
    beta2: 0.99,
    epsilon: 1e-8,
  };
  const common = {
    c_dim: options.conditional ? dataset.labelSize : 0,
    img_resolution: dataset.resolution,
    img_channels: dataset.channels,
  };
  return {
    dataset,
    mirror: options.mirror,
    seed: options.seed,
    start: options.start,
    totalKimg: options.kimg ?? base.kimg,
    kimgPerTick: 4,
    snapshotTicks: options.snapshotTicks,
    batch,
    microBatch,
    generator: {
      ...common,
      z_dim: options.latentSize ?? 512,
      w_dim: options.latentSize ?? 512,
      mapping_kwargs: { num_layers: options.mappingLayers ?? base.mappingLayers },
      synthesis_kwargs: channels,
    },
    discriminator: {
      ...common,
      ...channels,
      ...(cifar ? { architecture: 'orig' } : {}),
      ...(options.freezeLayers === undefined ? {} : { block_kwargs: { freeze_layers: options.freezeLayers } }),
      epilogue_kwargs: { mbstd_group_size: base.minibatchStandardDeviationGroup },
    },
    generatorOptimizer: optimizer,
    discriminatorOptimizer: optimizer,
    r1Gamma: options.gamma ?? base.gamma,
    pathLengthWeight: cifar || !options.pathLength ? 0 : 2,
    pathLengthDecay: 0.01,
    pathLengthBatchShrink: 2,
    styleMixingProbability: cifar ? 0 : 0.9,
    generatorRegularisationInterval: 4,
    discriminatorRegularisationInterval: 16,
    emaKimg: base.emaKimg,
    emaRampup: options.start === null ? base.emaRampup : null,
    augmentation: augmentationOf(options),
    metrics: options.metrics ?? [],
    metricsNetwork: options.metricsNetwork ?? null,
  };
}

function augmentationOf({ augmentation, start }: TrainingOptions): AugmentationConfiguration | null {
  if (augmentation.mode === 'none') return null;
  const transforms = augmentationPipelines[augmentation.pipeline];
  if (augmentation.mode === 'fixed') return { transforms, probability: augmentation.probability, adaptive: null };
  const adaptive = { target: augmentation.target, interval: 4, kimg: start === null ? 500 : 100 };
  return { transforms, probability: 0, adaptive };
}

function demandWhole(batch: number, microBatch: number, group: number): void {
  const size = Math.min(group, microBatch);
  if (batch % microBatch !== 0) {
    throw new Problem('usage', {
      message: `a batch of ${batch} images is not made of whole micro-batches of ${microBatch}`,
    });
  }
  if (microBatch % size !== 0) {
    const message = `${microBatch} images at once are not made of whole groups of ${size} (minibatch standard deviation)`;
    throw new Problem('usage', { message });
  }
}

/**
 * Adam for a network whose regulariser runs every `interval` iterations: one optimizer serves both phases, so its rate
 * and memory are shortened by interval / (interval + 1) (StyleGAN2 paper, appendix B).
 */
export function lazyAdam(options: AdamOptions, interval: number): AdamOptions {
  const ratio = interval / (interval + 1);
  return {
    ...options,
    learningRate: options.learningRate * ratio,
    beta1: options.beta1 ** ratio,
    beta2: options.beta2 ** ratio,
  };
}

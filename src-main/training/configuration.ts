// Resolves the options of `train` into every number a training needs, by the rules of StyleGAN2-ADA's train.py.
import type { AdamOptions } from '../../native/graph/adam.ts';

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

/** What the caller chose; what is absent comes from the base configuration. */
export interface TrainingOptions {
  readonly configuration: BaseConfiguration;
  readonly seed: number;
  readonly mirror: boolean;
  readonly conditional: boolean;
  readonly subset?: number;
  readonly gamma?: number;
  readonly kimg?: number;
  readonly batch?: number;
  /** Images per device run; the batch is made of whole micro-batches. */
  readonly microBatch?: number;
  /** First momentum of Adam (`--beta0` of the fork). */
  readonly beta0?: number;
  /** Ticks between snapshots. */
  readonly snapshotTicks: number;
  /** Own sizes instead of the base configuration's: for small networks on small machines. */
  readonly channelBase?: number;
  readonly channelMax?: number;
  readonly mappingLayers?: number;
  /** Size of z and w, 512 in every base configuration. */
  readonly latentSize?: number;
  /** Limit of activations that 16-bit arithmetic needs; null with `--fp32`. */
  readonly clampLimit?: number | null;
  /** True when the training starts from given networks: the moving average then has no ramp-up. */
  readonly resumed: boolean;
}

/** What is known of the training images before the first one is read. */
export interface DatasetShape {
  readonly resolution: number;
  readonly channels: 1 | 3;
  readonly labelSize: number;
  readonly images: number;
}

/** Every number of a training. JSON: it is stored in snapshots and printed by `--dry-run`. */
export interface TrainingConfiguration {
  readonly dataset: DatasetShape;
  readonly mirror: boolean;
  readonly seed: number;
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
}

/** The full configuration of a training. */
export function resolveConfiguration(options: TrainingOptions, dataset: DatasetShape): TrainingConfiguration {
  const base = baseSpecifications[options.configuration](dataset.resolution, 1);
  const batch = options.batch ?? base.batch;
  const cifar = options.configuration === 'cifar';
  const channels = {
    channel_base: options.channelBase ?? Math.floor(base.featureMaps * 32_768),
    channel_max: options.channelMax ?? 512,
    num_fp16_res: 4,
    conv_clamp: options.clampLimit === undefined ? 256 : options.clampLimit,
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
    dataset: { ...dataset, images: Math.min(dataset.images, options.subset ?? dataset.images) },
    mirror: options.mirror,
    seed: options.seed,
    totalKimg: options.kimg ?? base.kimg,
    kimgPerTick: 4,
    snapshotTicks: options.snapshotTicks,
    batch,
    microBatch: options.microBatch ?? (options.batch === undefined ? Math.max(1, batch / base.referenceGpus) : batch),
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
      epilogue_kwargs: { mbstd_group_size: base.minibatchStandardDeviationGroup },
    },
    generatorOptimizer: optimizer,
    discriminatorOptimizer: optimizer,
    r1Gamma: options.gamma ?? base.gamma,
    pathLengthWeight: cifar ? 0 : 2,
    pathLengthDecay: 0.01,
    pathLengthBatchShrink: 2,
    styleMixingProbability: cifar ? 0 : 0.9,
    generatorRegularisationInterval: 4,
    discriminatorRegularisationInterval: 16,
    emaKimg: base.emaKimg,
    emaRampup: options.resumed ? null : base.emaRampup,
  };
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

// A training as a face asks for it: checked before any image is read, resolved into numbers, carried out by an engine.

import { type TrainingWindow, windowByModality } from '../../src-preload/parameters/training.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import type { TrainParameters, TrainSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { version } from '../platform/version.ts';
import { resolveConfiguration, type TrainingConfiguration } from '../training/configuration.ts';
import { labelVectors } from '../training/labels.ts';
import {
  computableMetrics,
  demandOwnDiscriminator,
  demandStart,
  startingNetwork,
} from '../training/published-files.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import type { TrainingResult } from '../training/train.ts';
import { type TrainOptions, trainingOptions } from '../training/train-options.ts';
import type { MetricResult } from '../training/training-metrics.ts';
import type { RecipeChoice } from '../training/training-recipe.ts';
import { openTrainingSet, type TrainingFile, type TrainingSet } from '../training/training-set.ts';
import { imagesOf } from './held-out-training.ts';

/** What is to be trained, on images that are given beside it. */
export interface TrainingRequest {
  readonly options: TrainOptions;
  readonly recipe: Omit<RecipeChoice, 'usualWindow'>;
  /** Bytes of images that may be kept in memory. */
  readonly memory: number;
  readonly weightsFolder: string;
}

/** A training that can begin. */
export interface TrainingPlan {
  readonly weightsFolder: string;
  readonly set: TrainingSet;
  readonly configuration: TrainingConfiguration;
  /** What a person should know before it begins, such as a metric that is left out. */
  readonly notes: readonly string[];
}

/**
 * Checks everything that can be checked before hours are spent: options, starting network, weights of metrics, every
 * image, labels. Throws `usage`, `missing`, `file`, `mismatch`, `content`; images that are left out are told to `onSkipped`.
 */
export async function planTraining(
  request: TrainingRequest,
  listFiles: () => Promise<readonly TrainingFile[]>,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<TrainingPlan> {
  const { options, weightsFolder } = request;
  const start = await startingNetwork(options.resume, weightsFolder);
  const { metrics, skipped } = await computableMetrics(options, weightsFolder);
  const training = { ...trainingOptions(options, start), metrics };
  const { subset, seed, workers } = options;
  const set = await openTrainingSet(
    await listFiles(),
    {
      ...request,
      recipe: { ...request.recipe, usualWindow: windowByModality.CT },
      subset: subset === undefined ? null : { count: subset, seed },
      workers,
    },
    control,
    (name, error) => onSkipped({ name, error }),
  );
  if (options.cond && set.labels === null) {
    throw new Problem('usage', { message: '--cond=True requires labels specified in dataset.json' });
  }
  const { size: labelSize } = labelVectors(options.cond ? set.labels! : [], set.nameOf);
  const { resolution, channels } = set.recipe;
  if (options.metricsNetwork !== undefined) await demandOwnDiscriminator(options.metricsNetwork, set.recipe);
  const shape = { resolution, channels, labelSize, images: set.count, sha256: set.sha256 };
  const configuration = resolveConfiguration(training, shape);
  if (start !== null) await demandStart(configuration, start);
  return { weightsFolder, set, configuration, notes: [...skipped, ...set.notes] };
}

/** Where and how a planned training is carried out. */
export interface TrainingPlace extends Pick<TrainParameters, 'folder' | 'device' | 'threads'> {
  readonly launch: Launcher;
  readonly onTick: (tick: TickStatistics) => void;
  readonly onMetric: (result: MetricResult) => void;
}

/** Carries a plan out in an engine process, which asks back for images. Throws `cancelled` with the state written. */
export function carryOutTraining(
  { set, configuration, weightsFolder }: TrainingPlan,
  { launch, onTick, onMetric, ...place }: TrainingPlace,
  control: JobControl,
): Promise<TrainingResult> {
  const { recipe, count, labels } = set;
  const { resolution, channels } = recipe;
  const conditional = configuration.dataset.labelSize > 0;
  const parameters: TrainParameters = {
    ...place,
    configuration,
    networkFile: configuration.start,
    weightsFolder,
    allImages: set.total,
    images: { count, resolution, channels, labels: conditional ? labels : null },
    recipe,
    provenance: { program: `Residua ${version}`, dataset: { ...configuration.dataset } },
  };
  return withEngine<TrainSupplier, TrainingResult>(
    launch,
    {
      'train.images': imagesOf(set),
      'train.tick': (tick) => {
        onTick(tick);
        return null;
      },
      'train.metric': (result) => {
        onMetric(result);
        return null;
      },
    },
    (engine) => engine.call('train', parameters, control),
  );
}

/** The intensities of a recipe by the window that was chosen: one for all images, or left to them. */
export const intensityOf = (window: TrainingWindow): RecipeChoice['intensity'] =>
  typeof window === 'object' && window !== null ? { type: 'window', ...window } : window;

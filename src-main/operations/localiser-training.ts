// A localiser's training as a face asks for it: checked before hours are spent, carried out by an engine.

import type { localiserTraining } from '../../src-preload/parameters/localiser.ts';
import type { ValuesOf } from '../../src-preload/parameters/parameter.ts';
import { windowByModality } from '../../src-preload/parameters/training.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import type { TrainLocaliserParameters, TrainLocaliserSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import {
  divideNormals,
  fewestNormals,
  type LocaliserConfiguration,
  stagesFor,
  validationShare,
} from '../training/localiser/configuration.ts';
import type { LocaliserResult, LocaliserTick } from '../training/localiser/train-localiser.ts';
import type { RecipeChoice } from '../training/training-recipe.ts';
import { openTrainingSet, type TrainingFile, type TrainingSet } from '../training/training-set.ts';
import { heldOutOrder, imagesOf } from './held-out-training.ts';

type Options = Pick<ValuesOf<typeof localiserTraining>, 'kiloImages' | 'batch' | 'width' | 'learningRate' | 'seed'>;

export interface LocaliserRequest {
  readonly options: Options;
  readonly recipe: Omit<RecipeChoice, 'usualWindow'>;
  /** Bytes of images that may be kept in memory. */
  readonly memory: number;
  /** Processes that decode images. */
  readonly workers: number;
}

export interface LocaliserPlan {
  readonly set: TrainingSet;
  readonly configuration: LocaliserConfiguration;
  /** What a person should know before the training begins. */
  readonly notes: readonly string[];
}

/** Images between two validations. */
const imagesPerTick = 4000;

/** Reads and checks every image. Throws `usage` for too few, `mismatch`, `missing`. */
export async function planLocaliser(
  { options, recipe, memory, workers }: LocaliserRequest,
  files: readonly TrainingFile[],
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<LocaliserPlan> {
  const choice = { recipe: { ...recipe, usualWindow: windowByModality.CT }, subset: null, memory, workers };
  const set = await openTrainingSet(files, choice, control, (name, error) => onSkipped({ name, error }));
  if (set.count < fewestNormals) {
    throw new Problem('usage', {
      message: `a localiser needs at least ${fewestNormals} normal images; there are ${set.count}`,
    });
  }
  const { resolution, channels } = set.recipe;
  const { kiloImages, batch, width, learningRate, seed } = options;
  return {
    set,
    notes: set.notes,
    configuration: {
      network: { resolution, channels, width, stages: stagesFor(resolution) },
      totalImages: Math.max(1, Math.round(kiloImages * 1000)),
      batch,
      learningRate,
      seed,
      validationImages: validationShare(set.count),
      imagesPerTick,
      dataset: { images: set.count, sha256: set.sha256 },
    },
  };
}

export interface LocaliserPlace extends Pick<TrainLocaliserParameters, 'folder' | 'device' | 'threads'> {
  readonly launch: Launcher;
  readonly onTick: (tick: LocaliserTick) => void;
}

/** Carries a plan out in an engine process. Throws `cancelled` with the state written. */
export function carryOutLocaliser(
  { set, configuration }: LocaliserPlan,
  { launch, onTick, ...place }: LocaliserPlace,
  control: JobControl,
): Promise<LocaliserResult> {
  const order = heldOutOrder(set, configuration, divideNormals(configuration).heldOut);
  const parameters: TrainLocaliserParameters = { ...place, ...order };
  return withEngine<TrainLocaliserSupplier, LocaliserResult>(
    launch,
    {
      'train.images': imagesOf(set),
      'train.localiserTick': (tick) => {
        onTick(tick);
        return null;
      },
    },
    (engine) => engine.call('train.localiser', parameters, control),
  );
}

// An encoder's training as a face asks for it: checked before hours are spent, carried out by an engine.

import type { encoderTraining } from '../../src-preload/parameters/encoder.ts';
import type { ValuesOf } from '../../src-preload/parameters/parameter.ts';
import { windowByModality } from '../../src-preload/parameters/training.ts';
import { publishedRecipe, type Recipe } from '../archive/recipe.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import type { EncoderResult, TrainEncoderParameters, TrainEncoderSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import {
  divideNormals,
  type EncoderConfiguration,
  resolveEncoderConfiguration,
} from '../training/encoder/configuration.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import { openTrainingSet, type TrainingFile, type TrainingSet } from '../training/training-set.ts';
import { heldOutOrder, imagesOf } from './held-out-training.ts';

export interface EncoderRequest {
  /** A network with a discriminator. */
  readonly networkFile: string;
  readonly options: Pick<ValuesOf<typeof encoderTraining>, 'kiloImages' | 'batch' | 'mirror' | 'seed'>;
  /** Null: the network's own, or that of a published network. */
  readonly recipe: Recipe | null;
  readonly unknownRescale: 'refuse' | 'as-stored';
  /** Bytes of images that may be kept in memory. */
  readonly memory: number;
  /** Processes that decode images. */
  readonly workers: number;
}

export interface EncoderPlan {
  readonly networkFile: string;
  readonly set: TrainingSet;
  readonly configuration: EncoderConfiguration;
}

/** Reads and checks network and images. Throws `missing` for a network without discriminator, `usage` for too few images, `mismatch`. */
export async function planEncoder(
  { networkFile, options, recipe, unknownRescale, memory, workers }: EncoderRequest,
  listFiles: () => Promise<readonly TrainingFile[]>,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<EncoderPlan> {
  const network = await loadNetwork(networkFile);
  const { discriminator, generator, sha256 } = network;
  if (discriminator === null) {
    throw new Problem('missing', { what: 'discriminator, which the encoder begins with', name: networkFile });
  }
  const { img_resolution, img_channels } = generator.arguments_;
  const choice = recipe ?? network.recipe ?? publishedRecipe(img_resolution, img_channels);
  const set = await openTrainingSet(
    await listFiles(),
    { recipe: { ...choice, unknownRescale, usualWindow: windowByModality.CT }, subset: null, memory, workers },
    control,
    (name, error) => onSkipped({ name, error }),
  );
  const { resolution, channels } = set.recipe;
  const dataset = { images: set.count, resolution, channels, sha256: set.sha256 };
  const { kiloImages: kimg, ...rest } = options;
  const parts = { sha256, generator: generator.arguments_, discriminator: discriminator.arguments_ };
  return { networkFile, set, configuration: resolveEncoderConfiguration({ ...rest, kimg }, parts, dataset) };
}

export interface EncoderPlace extends Pick<TrainEncoderParameters, 'folder' | 'device' | 'threads'> {
  readonly launch: Launcher;
  readonly onTick: (tick: TickStatistics) => void;
}

/** Carries a plan out in an engine process. Throws `cancelled` with the state written. */
export function carryOutEncoder(
  { networkFile, set, configuration }: EncoderPlan,
  { launch, onTick, ...place }: EncoderPlace,
  control: JobControl,
): Promise<EncoderResult> {
  const order = heldOutOrder(set, configuration, divideNormals(configuration).heldOut);
  const parameters: TrainEncoderParameters = { ...place, ...order, networkFile };
  return withEngine<TrainEncoderSupplier, EncoderResult>(
    launch,
    {
      'train.images': imagesOf(set),
      'train.tick': (tick) => {
        onTick(tick);
        return null;
      },
    },
    (engine) => engine.call('train.encoder', parameters, control),
  );
}

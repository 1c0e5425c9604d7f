// A training as a face asks for it: checked before any image is read, resolved into numbers, carried out by an engine.
import { access, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TrainParameters, TrainSupplier } from '../engine/protocol.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { resolveConfiguration, type TrainingConfiguration } from '../training/configuration.ts';
import { labelVectors } from '../training/labels.ts';
import type { TickStatistics, TrainingResult } from '../training/train.ts';
import { metricWeights, type TrainOptions, trainingOptions } from '../training/train-options.ts';
import type { RecipeChoice } from '../training/training-recipe.ts';
import { openTrainingSet, type TrainingFile, type TrainingSet } from '../training/training-set.ts';
import { withEngine } from './engine.ts';
import type { Skipped } from './folder-images.ts';
import { version } from './version.ts';

/** What is to be trained, on images that are given beside it. */
export interface TrainingRequest {
  readonly options: TrainOptions;
  readonly recipe: RecipeChoice;
  /** Bytes of images that may be kept in memory. */
  readonly memory: number;
  readonly weightsFolder: string;
}

/** A training that can begin. */
export interface TrainingPlan {
  readonly set: TrainingSet;
  readonly configuration: TrainingConfiguration;
}

/** Networks that the published trainer knows by name, and their files. */
const startingNetworks: Readonly<Record<string, string>> = {
  ffhq256: 'ffhq-res256-mirror-paper256-noaug.pkl',
  ffhq512: 'ffhq-res512-mirror-stylegan2-noaug.pkl',
  ffhq1024: 'ffhq-res1024-mirror-stylegan2-noaug.pkl',
  celebahq256: 'celebahq-res256-mirror-paper256-kimg100000-ada-target0.5.pkl',
  lsundog256: 'lsundog-res256-paper256-kimg100000-noaug.pkl',
};

/** What a run's folder is called for a `--resume`: as published. */
export function resumeName(resume: string | undefined): string | undefined {
  if (resume === undefined) return undefined;
  if (resume === 'noresume') return 'noresume';
  return startingNetworks[resume] === undefined ? 'resumecustom' : `resume${resume}`;
}

/**
 * The file that `--resume` means, or null: a known name, looked for in the weights folder, or a path. Throws `missing` or
 * `file`, naming it.
 */
async function startingNetwork(resume: string | undefined, weightsFolder: string): Promise<string | null> {
  if (resume === undefined || resume === 'noresume') return null;
  const known = startingNetworks[resume];
  const file = known === undefined ? resolve(resume) : join(weightsFolder, known);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return file;
  if (known !== undefined) throw new Problem('missing', { what: `starting network ${resume}`, name: file });
  throw new Problem('file', { file, reason: 'no such file to start the training from' });
}

/** Throws `missing` for a metric whose weights are not there, naming the file. */
async function demandMetricWeights({ metrics }: TrainOptions, weightsFolder: string): Promise<void> {
  for (const metric of metrics) {
    const file = join(weightsFolder, metricWeights[metric]);
    await access(file).catch(() => {
      throw new Problem('missing', {
        what: `weights of the metric ${metric} (or train with --metrics none)`,
        name: file,
      });
    });
  }
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
  const training = trainingOptions(options, start);
  await demandMetricWeights(options, weightsFolder);
  const { subset, seed, workers } = options;
  const set = await openTrainingSet(
    await listFiles(),
    { ...request, subset: subset === undefined ? null : { count: subset, seed }, workers },
    control,
    (name, error) => onSkipped({ name, error }),
  );
  if (options.cond && set.labels === null) {
    throw new Problem('usage', { message: '--cond=True requires labels specified in dataset.json' });
  }
  const { size: labelSize } = labelVectors(options.cond ? set.labels! : [], set.nameOf);
  const { resolution, channels } = set.recipe;
  const shape = { resolution, channels, labelSize, images: set.count, sha256: set.sha256 };
  return { set, configuration: resolveConfiguration(training, shape) };
}

/** Where and how a planned training is carried out. */
export interface TrainingPlace extends Pick<TrainParameters, 'folder' | 'device' | 'threads'> {
  readonly launch: Launcher;
  readonly onTick: (tick: TickStatistics) => void;
}

/** Carries a plan out in an engine process, which asks back for images. Throws `cancelled` with the state written. */
export function carryOutTraining(
  { set, configuration }: TrainingPlan,
  { launch, onTick, ...place }: TrainingPlace,
  control: JobControl,
): Promise<TrainingResult> {
  const { recipe, count, labels } = set;
  const { resolution, channels } = recipe;
  const conditional = configuration.dataset.labelSize > 0;
  const parameters: TrainParameters = {
    ...place,
    configuration,
    networkFile: configuration.start,
    images: { count, resolution, channels, labels: conditional ? labels : null },
    recipe,
    provenance: { program: `Residua ${version}`, dataset: { ...configuration.dataset } },
  };
  return withEngine<TrainSupplier, TrainingResult>(
    launch,
    {
      'train.images': (numbers) => Promise.all(numbers.map(set.image)),
      'train.tick': (tick) => {
        onTick(tick);
        return null;
      },
    },
    (engine) => engine.call('train', parameters, control),
  );
}

// Trains on a plain folder or zip of images, as the published train.py does, into numbered folders of runs.
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Recipe } from '../archive/recipe.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import { carryOutTraining, planTraining, type TrainingPlace, type TrainingRequest } from '../operations/training.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { TrainingConfiguration } from '../training/configuration.ts';
import { resumeName } from '../training/published-files.ts';
import { differingField, isFinished } from '../training/run-folder.ts';
import type { TrainingResult } from '../training/train.ts';
import { runDescription } from '../training/train-options.ts';
import { runFolder } from './run-folder.ts';
import { folderTrainingFiles } from './training-files.ts';

export interface FolderTraining extends TrainingRequest {
  /** A folder or zip of images. */
  readonly data: string;
  readonly outdir: string;
}

/** What a face wants to hear of a training on a folder. */
export interface TrainingObserver extends Omit<TrainingPlace, 'folder'> {
  readonly onSkipped: (skipped: Skipped) => void;
  /** Told before `onPlan`: what of the request is left out, and why. */
  readonly onNote: (note: string) => void;
  /** Asked once when all is checked: whether to train. `resumed`: the folder holds a training that will go on. */
  readonly onPlan: (plan: {
    readonly configuration: TrainingConfiguration;
    readonly recipe: Recipe;
    readonly folder: string;
    readonly resumed: boolean;
  }) => boolean;
}

/**
 * Trains into `outdir/00000-NAME`, numbered and named as published. A training with the same options and images that was
 * stopped in `outdir`, or the one whose folder is the option `resume`, goes on where it was. Null when `onPlan` declines.
 */
export async function trainOnFolder(
  { data, outdir, ...request }: FolderTraining,
  observer: TrainingObserver,
  control: JobControl,
): Promise<TrainingResult | null> {
  const { launch, onSkipped, onNote, onPlan, ...place } = observer;
  const { resume } = request.options;
  const own = resume !== undefined && (await isFolder(resume)) ? resolve(resume) : undefined;
  const options = own === undefined ? request.options : { ...request.options, resume: await startOf(own) };
  const decoder = openDecoderPool({ launch, processes: options.workers });
  try {
    const listFiles = async () => {
      const { files, refused } = await folderTrainingFiles(data, decoder, control);
      for (const skipped of refused) onSkipped(skipped);
      return files;
    };
    const plan = await planTraining({ ...request, options }, listFiles, control, onSkipped);
    for (const note of plan.notes) onNote(note);
    const name = basename(resolve(data), extname(data));
    const description = runDescription(name, options, resumeName(options.resume));
    const { configuration } = plan;
    const { recipe } = plan.set;
    const stopped = (folder: string) => isStopped(folder, configuration, recipe);
    const { folder, resumed } =
      own === undefined ? await runFolder(outdir, description, stopped) : { folder: own, resumed: true };
    if (!onPlan({ configuration, recipe, folder, resumed })) return null;
    makeFolder(folder);
    return await carryOutTraining(plan, { ...place, launch, folder }, control);
  } finally {
    await decoder.close();
  }
}

/** Whether the folder holds this training, started but not finished. */
async function isStopped(folder: string, configuration: TrainingConfiguration, recipe: Recipe): Promise<boolean> {
  const stored = await readConfiguration(folder).catch(() => undefined);
  if (stored === undefined) return false;
  // Runs of earlier versions do not say their recipe here; their states do, and are compared when they are read.
  const now = stored.recipe === undefined ? configuration : { ...configuration, recipe };
  if (differingField(stored, now) !== undefined) return false;
  const metrics = z.array(z.string()).catch([]).parse(stored.metrics);
  return !(await isFinished(folder, configuration.totalKimg, metrics));
}

/** What `train` wrote when the training in the folder began. Throws `content`. */
async function readConfiguration(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const file = join(folder, 'training_options.json');
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Problem('content', { file, reason: 'does not say how a training began' }, { cause: error });
  }
}

/** The network file that the training in a folder started from, as the option `resume`. */
async function startOf(folder: string): Promise<string | undefined> {
  const { start } = await readConfiguration(folder);
  return typeof start === 'string' ? start : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

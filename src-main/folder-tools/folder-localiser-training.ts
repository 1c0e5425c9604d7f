// Trains a localiser on a plain folder or zip of normal images, into numbered folders of runs.
import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import {
  carryOutLocaliser,
  type LocaliserPlace,
  type LocaliserRequest,
  planLocaliser,
} from '../operations/localiser-training.ts';
import type { JobControl } from '../platform/job.ts';
import type { LocaliserConfiguration } from '../training/localiser/configuration.ts';
import { isFinishedLocaliser, type LocaliserResult } from '../training/localiser/train-localiser.ts';
import { differingField } from '../training/run-folder.ts';
import { runFolder } from './run-folder.ts';
import { folderTrainingFiles } from './training-files.ts';

export interface FolderLocaliserTraining extends LocaliserRequest {
  /** A folder or zip of normal images. */
  readonly data: string;
  readonly outdir: string;
}

export interface LocaliserObserver extends Omit<LocaliserPlace, 'folder'> {
  readonly onSkipped: (skipped: Skipped) => void;
  /** Told before `onPlan`. */
  readonly onNote: (note: string) => void;
  /** Asked once when all is checked: whether to train. `resumed`: the folder holds a training that resumes. */
  readonly onPlan: (configuration: LocaliserConfiguration, folder: string, resumed: boolean) => boolean;
}

/** Trains into `outdir/00000-NAME-localiserR`. The same call resumes one that was stopped. Null when `onPlan` declines. */
export async function trainLocaliserOnFolder(
  { data, outdir, ...request }: FolderLocaliserTraining,
  { onSkipped, onNote, onPlan, ...place }: LocaliserObserver,
  control: JobControl,
): Promise<LocaliserResult | null> {
  const decoder = openDecoderPool({ launch: place.launch, processes: request.workers });
  try {
    const { files, refused } = await folderTrainingFiles(data, decoder, control);
    for (const skipped of refused) onSkipped(skipped);
    const plan = await planLocaliser(request, files, control, onSkipped);
    for (const note of plan.notes) onNote(note);
    const name = basename(resolve(data), extname(data));
    const description = `${name}-localiser${plan.configuration.network.resolution}`;
    const { folder, resumed } = await runFolder(outdir, description, (folder) => isStopped(folder, plan.configuration));
    if (!onPlan(plan.configuration, folder, resumed)) return null;
    return await carryOutLocaliser(plan, { ...place, folder }, control);
  } finally {
    await decoder.close();
  }
}

/** Whether the folder holds this training, started but not finished. */
async function isStopped(folder: string, configuration: LocaliserConfiguration): Promise<boolean> {
  const text = await readFile(join(folder, 'localiser_options.json'), 'utf8').catch(() => 'null');
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null || differingField(stored, configuration) !== undefined)
    return false;
  return !(await isFinishedLocaliser(folder, configuration));
}

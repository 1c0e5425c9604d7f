// Trains an encoder on a plain folder or zip of normal images, into numbered folders of runs.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { Skipped } from '../decoder/folder-images.ts';
import type { EncoderResult } from '../engine/protocol.ts';
import {
  carryOutEncoder,
  type EncoderPlace,
  type EncoderRequest,
  planEncoder,
} from '../operations/encoder-training.ts';
import type { JobControl } from '../platform/job.ts';
import type { EncoderConfiguration } from '../training/encoder/configuration.ts';
import { encoderFile, encoderOptions } from '../training/encoder/train-encoder.ts';
import { differingField } from '../training/run-folder.ts';
import { runFolder } from './run-folder.ts';
import { folderTrainingFiles } from './training-files.ts';

export interface FolderEncoderTraining extends EncoderRequest {
  /** A folder or zip of normal images. */
  readonly data: string;
  readonly outdir: string;
}

export interface EncoderObserver extends Omit<EncoderPlace, 'folder'> {
  readonly onSkipped: (skipped: Skipped) => void;
  /** Asked once when all is checked: whether to train. `resumed`: the folder holds a training that resumes. */
  readonly onPlan: (configuration: EncoderConfiguration, folder: string, resumed: boolean) => boolean;
}

/** Trains into `outdir/00000-NAME-encoder`. The same call resumes one that was stopped. Null when `onPlan` declines. */
export async function trainEncoderOnFolder(
  { data, outdir, ...request }: FolderEncoderTraining,
  { onSkipped, onPlan, ...place }: EncoderObserver,
  control: JobControl,
): Promise<EncoderResult | null> {
  const decoder = openDecoderPool({ launch: place.launch, processes: request.workers });
  try {
    const listFiles = async () => {
      const { files, refused } = await folderTrainingFiles(data, decoder, control);
      for (const skipped of refused) onSkipped(skipped);
      return files;
    };
    const plan = await planEncoder(request, listFiles, control, onSkipped);
    const name = `${basename(resolve(data), extname(data))}-encoder`;
    const { folder, resumed } = await runFolder(outdir, name, (folder) => isStopped(folder, plan.configuration));
    if (!onPlan(plan.configuration, folder, resumed)) return null;
    return await carryOutEncoder(plan, { ...place, folder }, control);
  } finally {
    await decoder.close();
  }
}

/** Whether the folder holds this training, started but not finished. */
async function isStopped(folder: string, configuration: EncoderConfiguration): Promise<boolean> {
  const text = await readFile(join(folder, encoderOptions), 'utf8').catch(() => 'null');
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null || differingField(stored, configuration) !== undefined)
    return false;
  return !existsSync(join(folder, encoderFile));
}

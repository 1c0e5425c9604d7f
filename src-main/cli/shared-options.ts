// Options that several commands share word for word.
import { z } from 'zod';
import { clusterChoice } from '../../src-preload/parameters/cluster.ts';
import { deviceParameter } from '../../src-preload/parameters/device.ts';
import { type TrainingWindow, trainingWindow } from '../../src-preload/parameters/training.ts';
import { Problem } from '../platform/errors.ts';
import { number, option, text } from './command.ts';
import { optionOf, optionsOf } from './parameter-options.ts';

export const deviceOption = optionOf(deviceParameter);

/** Where a command's work is done; lists of words become `name=value` settings of the cluster. */
export const clusterOptions = {
  ...optionsOf(clusterChoice),
  clusterSet: option(
    '--cluster-set <name=value>',
    'a setting of cluster.json for this run, such as partition=gpu (repeatable)',
    z.array(text).default([]),
  ),
  sbatch: option(
    '--sbatch <option>',
    'a further option of sbatch, such as "--qos=low" (repeatable)',
    z.array(text).default([]),
  ),
} as const;

/** The values of these options as a run keeps them. */
export const clusterOf = ({
  cluster,
  clusterSet,
  sbatch,
}: {
  readonly cluster: 'slurm' | 'local' | null;
  readonly clusterSet: readonly string[];
  readonly sbatch: readonly string[];
}) => {
  if (cluster === null && clusterSet.length + sbatch.length > 0) {
    throw new Problem('usage', { message: '--cluster-set and --sbatch need --cluster slurm' });
  }
  return { cluster, clusterSettings: [...clusterSet, ...sbatch.map((word) => `sbatch=${word}`)] };
};

export const weightsOption = option(
  '--weights <folder>',
  'where published weights are looked for (default: $RESIDUA_WEIGHTS, or a folder of this user)',
  text.optional(),
);

/** `auto`, `each` or `CENTER,WIDTH`; undefined where the option is not given. */
const windowText = z
  .string()
  .transform((word) => {
    if (word === 'auto') return word;
    if (word === 'each') return null;
    const [center, width] = word.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    return word.split(',').length === 2 ? { center, width } : word;
  })
  .pipe(
    z.custom<TrainingWindow>(
      (value) => trainingWindow.schema.safeParse(value).success,
      'expected auto, each or CENTER,WIDTH',
    ),
  )
  .optional();

/** How training images become grey levels. */
export const windowOptions = {
  window: option('--window <window>', trainingWindow.help, windowText),
  windowLevel: option('--window-level <value>', 'center of the window, instead of --window', number.optional()),
  windowWidth: option(
    '--window-width <value>',
    'width of the window, instead of --window',
    number.positive().optional(),
  ),
} as const;

/** The window of the three options. Throws `usage` for some that do not belong together. */
export function windowOf(
  given: TrainingWindow | undefined,
  center: number | undefined,
  width: number | undefined,
): TrainingWindow {
  if (center === undefined && width === undefined) return given === undefined ? 'auto' : given;
  if (given !== undefined) {
    throw new Problem('usage', {
      message: '--window stands for --window-level and --window-width: give one or the other',
    });
  }
  if (center === undefined || width === undefined) {
    throw new Problem('usage', { message: '--window-level and --window-width belong together' });
  }
  return { center, width };
}

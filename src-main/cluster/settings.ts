// How tasks of this site run: cluster.json beside the catalog, with single values overridden.
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { schedulerName } from '../../src-preload/schemas/cluster.ts';
import { Problem, systemCode } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import { invisible, inWords } from '../platform/words.ts';

export type SchedulerName = z.infer<typeof schedulerName>;

/** A word that is passed on as it is: it may hold spaces, quotes and dollars, but nothing that a terminal does not show. */
const word = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !invisible.test(text), 'expected text without line breaks and control characters');

/** Options that Residua sets itself: with others in their place it would not find its tasks again. */
const ownOptions =
  'array wrap parsable output error job-name dependency signal requeue no-requeue wait test-only chdir'.split(' ');
/** sbatch takes any beginning of an option's name for the option. */
const isOwn = (option: string): boolean => {
  const name = /^--([a-z0-9-]+)/.exec(option)?.[1] ?? '';
  return ownOptions.some((own) => own.startsWith(name));
};
const sbatchOption = word
  .refine((text) => /^--[a-z][a-z0-9-]*(=.*)?$/.test(text), 'expected one option as in --qos=low')
  .refine((text) => !isOwn(text), 'this option is set by Residua');

export const clusterSettingsSchema = z.strictObject({
  /** Folder that this machine and every node see under the same path. Null: `exchange` in the catalog's folder. */
  exchange: word
    .refine((path) => isAbsolute(path), 'expected a whole path, as in /shared/residua')
    .nullable()
    .default(null),
  partition: word.nullable().default(null),
  account: word.nullable().default(null),
  /** Of each task. */
  gpus: z.int().min(0).max(16).default(0),
  cpus: z.int().min(1).max(1024).default(1),
  memory: z
    .string()
    .regex(/^[1-9]\d*[KMGT]?$/, 'expected a size as in 8G')
    .nullable()
    .default(null),
  time: z
    .string()
    .regex(/^(\d+-)?\d+(:\d{2}){0,2}$/, 'expected a time as in 2:00:00')
    .default('2:00:00'),
  /** Image of Apptainer that the program runs in. */
  container: word.nullable().default(null),
  /** Further folders that the container sees: images, weights. The exchange folder is one anyway. */
  binds: z.array(word).max(50).default([]),
  /** Lines of shell that a task runs first, such as `module load apptainer`. They are run as they are written. */
  before: z.array(z.string().max(4096)).max(50).default([]),
  /** How Residua is started on a node. Null: as here, or `residua` in a container. */
  program: z.array(word).min(1).max(20).nullable().default(null),
  /** Null: as many as there are processors for. */
  tasksAtOnce: z.int().min(1).max(100_000).nullable().default(null),
  /** How often a task may fail before the run gives up. */
  attempts: z.int().min(1).max(20).default(3),
  /** Results are written at least so often. */
  shardSeconds: z.number().min(1).max(3600).default(600),
  pollSeconds: z.number().min(0.2).max(600).default(5),
  /** Further options of sbatch, as they are: they win over the settings above. */
  sbatch: z.array(sbatchOption).max(50).default([]),
});
export type ClusterSettings = z.infer<typeof clusterSettingsSchema>;

/**
 * The settings in `file`, or those without one, with `overrides` of the form `partition=gpu` and `sbatch=--qos=low`; lists grow by
 * what is given. Throws `content`, naming the setting, for what is not understood, and `usage` for an override that is not.
 */
export async function readClusterSettings(file: string, overrides: readonly string[] = []): Promise<ClusterSettings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '{}';
    throw new Problem('file', { file, reason: inWords(error) }, { cause: error });
  });
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new Problem('content', { file, reason: 'is not JSON' }, { cause });
  }
  const parsed = clusterSettingsSchema.safeParse(stored, spoken);
  if (!parsed.success) throw new Problem('content', { file, reason: firstFault(parsed.error) });
  const given: Record<string, unknown> = { ...parsed.data };
  for (const override of overrides) {
    const [, name, value] = /^([a-zA-Z]+)=(.*)$/s.exec(override) ?? [];
    if (name === undefined || !Object.hasOwn(clusterSettingsSchema.shape, name)) {
      const names = Object.keys(clusterSettingsSchema.shape).join(', ');
      throw new Problem('usage', { message: `${override}: expected NAME=VALUE with one of ${names}` });
    }
    const before = given[name];
    given[name] = Array.isArray(before) ? [...before, value] : settingOf(name, value!);
  }
  const whole = clusterSettingsSchema.safeParse(given, spoken);
  if (!whole.success) throw new Problem('usage', { message: firstFault(whole.error) });
  return whole.data;
}

const numbers: ReadonlySet<string> = new Set([
  'gpus',
  'cpus',
  'tasksAtOnce',
  'attempts',
  'shardSeconds',
  'pollSeconds',
]);

function settingOf(name: string, value: string): unknown {
  if (name === 'program') return value.split(' ');
  if (numbers.has(name)) return value.trim() === '' ? Number.NaN : Number(value);
  return value;
}

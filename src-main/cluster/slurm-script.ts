// The script that Slurm runs for each task, and the options of its array: nothing of a user's names is ever read as shell.
import { dirname, join } from 'node:path';
import { Problem } from '../platform/errors.ts';
import { programFolder } from '../platform/program-folder.ts';
import { exchangePaths } from './exchange.ts';
import type { ArrayRequest } from './scheduler.ts';
import type { ClusterSettings } from './settings.ts';

/** A text as one word of a shell, whatever it holds. Throws `usage` for a NUL, which no shell can say. */
export function shellWord(text: string): string {
  if (text.includes('\0')) throw new Problem('usage', { message: 'a name with a NUL character cannot be used' });
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** How Residua is started on a node: as the settings say, in a container, or as here. */
export function programWords(
  { program, container, gpus }: ClusterSettings,
  binds: readonly string[],
): readonly string[] {
  if (container !== null) {
    const inside = program ?? ['residua'];
    const bound = binds.flatMap((folder) => ['--bind', folder]);
    return ['apptainer', 'exec', ...(gpus > 0 ? ['--nv'] : []), ...bound, container, ...inside];
  }
  return program ?? [process.execPath, join(programFolder(), 'src-main', 'cli', 'main.ts')];
}

/** Seconds before the time limit at which a task is told to stop. */
export const noticeSeconds = 60;

/** A script that runs `words`, and passes the signals of Slurm on to them. */
export function taskScript(settings: ClusterSettings, words: readonly string[]): string {
  return `#!/bin/bash
# Written by Residua for one array of tasks.
${settings.before.join('\n')}
export RESIDUA_THREADS=${settings.cpus}
stop() { [ -n "$task" ] && kill -TERM "$task" 2>/dev/null; }
task=
trap stop TERM USR1 INT
${words.map((word) => (word === indexWord ? '"$SLURM_ARRAY_TASK_ID"' : shellWord(word))).join(' ')} &
task=$!
wait "$task"
code=$?
# A signal ends the waiting, not the task.
while kill -0 "$task" 2>/dev/null; do wait "$task"; code=$?; done
exit "$code"
`;
}

/** Stands for the index of the task in the words of a script. */
export const indexWord = '\0index';

/** The options of sbatch for an array, before the script. Slurm replaces % in names of logs. */
export function sbatchWords(settings: ClusterSettings, request: ArrayRequest): readonly string[] {
  const { partition, account, gpus, cpus, memory, time, tasksAtOnce, sbatch } = settings;
  const logs = exchangePaths(request.exchange).logs.replaceAll('%', '%%');
  const atOnce = tasksAtOnce === null ? '' : `%${tasksAtOnce}`;
  return [
    '--parsable',
    `--job-name=${request.name}`,
    `--array=0-${request.count - 1}${atOnce}`,
    `--output=${join(logs, '%A_%a.log')}`,
    `--chdir=${dirname(exchangePaths(request.exchange).order)}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:TERM@${noticeSeconds}`,
    `--cpus-per-task=${cpus}`,
    `--time=${time}`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(account === null ? [] : [`--account=${account}`]),
    ...(memory === null ? [] : [`--mem=${memory}`]),
    ...(gpus === 0 ? [] : [`--gpus-per-task=${gpus}`, '--ntasks=1']),
    ...(request.exclude.length === 0 ? [] : [`--exclude=${request.exclude.join(',')}`]),
    ...sbatch,
  ];
}

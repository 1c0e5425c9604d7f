// The script that Slurm runs for each task, and the options of its array: nothing of a user's names is ever read as shell.
import { dirname, join } from 'node:path';
import { commandLineWords } from '../platform/command-line.ts';
import { Problem } from '../platform/errors.ts';
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
  { program, container, gpus, binds: further }: ClusterSettings,
  binds: readonly string[],
): readonly string[] {
  if (container !== null) {
    const inside = program ?? ['residua'];
    const bound = [...binds, ...further].flatMap((folder) => ['--bind', folder]);
    return ['apptainer', 'exec', ...(gpus > 0 ? ['--nv'] : []), ...bound, container, ...inside];
  }
  return program ?? commandLineWords();
}

/** How the first line of a task's log begins: the node follows. */
export const nodeLine = 'node ';

/** How many seconds before its time limit a task gets the signal to stop. */
export const noticeSeconds = 60;

/**
 * A script that runs `words`, and passes the signals of Slurm on to them. With `exitFile` it queues itself again when its time limit comes near,
 * and notes the exit code once the work has ended by itself.
 */
export function taskScript(settings: ClusterSettings, words: readonly string[], exitFile?: string): string {
  const ending =
    exitFile === undefined
      ? ''
      : `if [ -n "$again" ] && [ "$code" -ne 0 ]; then scontrol requeue "$SLURM_JOB_ID"; exit 0; fi
[ -n "$stopped" ] || echo "$code" > ${shellWord(exitFile)}
`;
  return `#!/bin/bash
# Written by Residua.
echo "${nodeLine}$SLURMD_NODENAME"
${settings.before.join('\n')}
export RESIDUA_THREADS=${settings.cpus}
task= stopped= again=
stop() { stopped=1; [ -n "$task" ] && kill -TERM "$task" 2>/dev/null; }
trap stop TERM INT
trap 'again=1; stop' USR1
${words.map((word) => (word === indexWord ? '"$SLURM_ARRAY_TASK_ID"' : shellWord(word))).join(' ')} &
task=$!
wait "$task"
code=$?
# A signal ends the waiting, not the task.
while kill -0 "$task" 2>/dev/null; do wait "$task"; code=$?; done
${ending}exit "$code"
`;
}

/** Stands for the index of the task in the words of a script. */
export const indexWord = '\0index';

/** What an array and a job have in common. Slurm replaces % in names of logs. */
function commonWords(settings: ClusterSettings, name: string, log: string): readonly string[] {
  if (log.includes('\\')) {
    throw new Problem('usage', { message: `Slurm writes no logs below a folder with a backslash in its name: ${log}` });
  }
  const { partition, account, gpus, cpus, memory, time } = settings;
  return [
    '--parsable',
    `--job-name=${name}`,
    `--output=${log}`,
    '--open-mode=append',
    '--requeue',
    `--cpus-per-task=${cpus}`,
    `--time=${time}`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(account === null ? [] : [`--account=${account}`]),
    ...(memory === null ? [] : [`--mem=${memory}`]),
    ...(gpus === 0 ? [] : [`--gpus-per-task=${gpus}`, '--ntasks=1']),
  ];
}

/** The options of sbatch for an array, before the script. */
export function sbatchWords(settings: ClusterSettings, request: ArrayRequest): readonly string[] {
  const { tasksAtOnce, sbatch } = settings;
  const { logs, order } = exchangePaths(request.exchange);
  const atOnce = tasksAtOnce === null ? '' : `%${tasksAtOnce}`;
  return [
    ...commonWords(settings, request.name, join(logs.replaceAll('%', '%%'), '%A_%a.log')),
    `--array=0-${request.count - 1}${atOnce}`,
    `--chdir=${dirname(order)}`,
    `--signal=B:TERM@${noticeSeconds}`,
    ...(request.exclude.length === 0 ? [] : [`--exclude=${request.exclude.join(',')}`]),
    ...sbatch,
  ];
}

/** The same for one job that queues itself again. `after`: the jobs that must have ended well before it starts. */
export function jobWords(
  settings: ClusterSettings,
  { name, log, after }: { readonly name: string; readonly log: string; readonly after: readonly string[] },
): readonly string[] {
  return [
    ...commonWords(settings, name, log.replaceAll('%', '%%')),
    `--signal=B:USR1@${noticeSeconds}`,
    ...(after.length === 0 ? [] : [`--dependency=afterok:${after.join(':')}`]),
    ...settings.sbatch,
  ];
}

// A command of Residua as one job of Slurm: it runs there as it would here, and queues itself again before its time limit.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { inWords, oneLine } from '../platform/words.ts';
import type { ClusterSettings } from './settings.ts';
import { slurmCommand } from './slurm.ts';
import { jobWords, nodeLine, programWords, taskScript } from './slurm-script.ts';
import { readLog, readNewLines } from './task-log.ts';

export interface CommandRequest {
  /** Name of the command, and the words after it. */
  readonly name: string;
  readonly words: readonly string[];
  /** Where the command is run. */
  readonly workingFolder: string;
  /** Where its script, log and exit code go; nodes must see it. */
  readonly folder: string;
  readonly settings: ClusterSettings;
  /** Numbers of jobs that must have ended well before. */
  readonly after: readonly string[];
}

export interface CommandJob {
  readonly job: string;
  readonly log: string;
  readonly exit: string;
}

/** Queues the command. Throws `process` with what sbatch says. */
export async function submitCommand(request: CommandRequest): Promise<CommandJob> {
  const { name, words, workingFolder, settings, after } = request;
  // Slurm takes a job that it does not know for one that has ended well.
  for (const job of after) await slurmCommand('scontrol', ['show', 'job', job]);
  const folder = join(request.folder, `${name}-${randomBytes(4).toString('hex')}`);
  makeFolder(folder);
  const [script, log, exit] = ['script.sh', 'log.txt', 'exit.txt'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  const program = programWords(settings, [workingFolder, folder]);
  await writeFileAtomic(script, taskScript(settings, [...program, name, ...words], exit));
  const options = jobWords(settings, { name: `residua-${name}`, log, after });
  const answer = await slurmCommand('sbatch', [...options, `--chdir=${workingFolder}`, script]);
  const [, job] = /^(\d+)/.exec(answer.trim()) ?? [];
  if (job === undefined) throw new Problem('process', { process: 'sbatch', reason: `answered ${oneLine(answer)}` });
  return { job, log, exit };
}

/**
 * Tells every line that the job prints until it has ended. Throws `run` when it failed or can never start because what it waits
 * for failed, and `missing` when Slurm has lost it. When it is stopped (`control.signal`) the job is cancelled, unless the reason is
 * `interrupted`.
 */
export async function followCommand(
  { job, log, exit }: CommandJob,
  settings: ClusterSettings,
  onLine: (line: string) => void,
  control: JobControl,
): Promise<void> {
  let next = 0;
  const tell = async () => {
    const found = await readNewLines(log, next);
    next = found.next;
    for (const line of found.lines) onLine(line);
  };
  for (let silent = 0; ; ) {
    if (control.signal.aborted) {
      // Closing the program leaves the job alone; whoever stops it ends it.
      if (control.signal.reason !== 'interrupted') await slurmCommand('scancel', ['--quiet', job]);
      throw new Problem('cancelled', { job: `job ${job}` });
    }
    await tell();
    const code = await exitCode(exit);
    if (code === 0) return;
    if (code !== undefined)
      throw failure(
        job,
        (await readLog(log)).findLast((line) => !line.startsWith(nodeLine))?.replace(/^residua: /, '') ??
          `exit code ${code}`,
      );
    const state = await stateOf(job);
    if (state === null) {
      // Slurm may forget a job before shared storage shows its exit code.
      if (++silent > patience)
        throw new Problem('missing', { what: 'job (cancelled, or its node was lost)', name: job });
    } else {
      silent = 0;
      if (state.reason === 'DependencyNeverSatisfied') {
        await slurmCommand('scancel', ['--quiet', job]);
        throw failure(job, 'what it waits for has failed');
      }
      control.report({ stage: `job ${job}: ${state.words}`, done: 0, total: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, settings.pollSeconds * 1000));
  }
}

/** Looks at a job that is gone, until its exit code is given up. */
const patience = 5;

const failure = (job: string, reason: string): Problem => new Problem('run', { run: `job ${job}`, reason });

async function exitCode(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}

/** Null for a job that Slurm does not have any more. */
async function stateOf(job: string): Promise<{ readonly words: string; readonly reason: string } | null> {
  const text = await slurmCommand('squeue', ['-h', '-o', '%T|%r', `--jobs=${job}`]).catch((error: unknown) => {
    if (/Invalid job id/i.test(inWords(error))) return '';
    // It does not answer: that says nothing about the job.
    return 'UNKNOWN|the scheduler does not answer';
  });
  const [state, reason] = text.trim().split('|');
  if (!state || /^(COMPLETED|CANCELLED|FAILED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY)/.test(state)) return null;
  const waits = state === 'RUNNING' || reason === undefined || reason === 'None' ? '' : ` (${reason})`;
  return { words: `${state.toLowerCase()}${waits}`, reason: reason ?? '' };
}

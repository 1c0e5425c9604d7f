// A command of Residua as one job of Slurm: it runs there as it would here, and queues itself again before its time limit.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { ClusterSettings } from './settings.ts';
import { jobState, slurmCommand, submitJob } from './slurm.ts';
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
  const job = await submitJob([...options, `--chdir=${workingFolder}`, script]);
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
    const current = await jobState(job);
    if (current === null) {
      // Slurm may forget a job before shared storage shows its exit code.
      if (++silent > patience)
        throw new Problem('missing', { what: 'job (cancelled, or its node was lost)', name: job });
    } else {
      silent = 0;
      const { state, reason } = current;
      if (reason === 'DependencyNeverSatisfied') {
        await slurmCommand('scancel', ['--quiet', job]);
        throw failure(job, 'what it waits for has failed');
      }
      const waits = state === 'RUNNING' || reason === '' || reason === 'None' ? '' : ` (${reason})`;
      control.report({ stage: `job ${job}: ${state.toLowerCase()}${waits}`, done: 0, total: 1 });
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

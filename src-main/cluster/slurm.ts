// Slurm by its commands: sbatch, squeue, scancel, sinfo, scontrol. No shell, no accounting database.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { isProblem, Problem, systemCode } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { oneLine } from '../platform/words.ts';
import { exchangePaths } from './exchange.ts';
import type { LiveTask, OpenScheduler } from './scheduler.ts';
import type { ClusterSettings } from './settings.ts';
import { indexWord, programWords, sbatchWords, taskScript } from './slurm-script.ts';

/** Seconds that a command of Slurm may take. */
const patience = 60;

/** What a command of Slurm prints. Throws `missing` when it is not installed and `process` with what it complains about. */
export function slurmCommand(name: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      name,
      words,
      { timeout: patience * 1000, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (systemCode(error) === 'ENOENT')
          return reject(new Problem('missing', { what: 'command of Slurm', name }, { cause: error }));
        const line = stderr.split('\n').find((each) => each.trim() !== '');
        const reason = error.killed ? `no answer within ${patience} seconds` : oneLine(line ?? error.message);
        return reject(new Problem('process', { process: name, reason }, { cause: error }));
      },
    );
    // It reads nothing, and may have ended by now.
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}

/** Words of squeue's state for a task that is over or about to be. */
const over = /^(COMPLETED|CANCELLED|FAILED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|BOOT_FAIL|DEADLINE|REVOKED)/;

/** Gives sbatch these words. The number of the new job; throws `process` with what sbatch says. */
export async function submitJob(words: readonly string[]): Promise<string> {
  const answer = await slurmCommand('sbatch', words);
  // With several clusters the name of one follows.
  const [, job] = /^(\d+)(;.*)?$/.exec(answer.trim()) ?? [];
  if (job === undefined) throw new Problem('process', { process: 'sbatch', reason: `answered ${oneLine(answer)}` });
  return job;
}

/** What squeue prints of some jobs; nothing once it has forgotten them all. */
async function queueOf(jobs: readonly string[], format: string): Promise<string> {
  return slurmCommand('squeue', ['-h', '-r', '-o', format, `--jobs=${jobs.join(',')}`]).catch((error: unknown) => {
    if (isProblem(error, 'process') && /Invalid job id/i.test(String(error.values.reason))) return '';
    throw error;
  });
}

/** State and reason of a job, as squeue writes them; null once it is over. */
export async function jobState(job: string): Promise<{ readonly state: string; readonly reason: string } | null> {
  const text = await queueOf([job], '%T|%r').catch(() => 'UNKNOWN|the scheduler does not answer');
  const [state = '', reason = ''] = text.trim().split('|');
  return state === '' || over.test(state) ? null : { state, reason };
}

/** The lines of `squeue -h -r -o %i|%T|%r|%N`; other lines are no tasks. */
export function parseQueue(text: string): readonly LiveTask[] {
  return text.split('\n').flatMap((line): LiveTask[] => {
    const [, job, index, state, reason, node] = /^(\d+)_(\d+)\|(\w+)\|([^|]*)\|(.*)$/.exec(line) ?? [];
    if (job === undefined || over.test(state!)) return [];
    const running = state === 'RUNNING' || state === 'COMPLETING';
    return [
      {
        job,
        index: Number(index),
        state: running ? 'running' : 'waiting',
        reason: running || reason === 'None' ? null : oneLine(reason!),
        node: node === '' ? null : node!,
      },
    ];
  });
}

/** A setting as `scontrol show config` prints it. */
export async function slurmSetting(name: string): Promise<string | undefined> {
  const text = await slurmCommand('scontrol', ['show', 'config']);
  return new RegExp(`^${name}\\s*=\\s*(.*)$`, 'm').exec(text)?.[1]?.trim();
}

/** Nodes and processors that a partition, or all of them, may give. */
async function capacity({
  partition,
}: ClusterSettings): Promise<{ readonly nodes: number; readonly processors: number }> {
  const words = ['-h', '-N', '-o', '%N %c %t', ...(partition === null ? [] : [`--partition=${partition}`])];
  // A line for each node, again in each of its partitions.
  const nodes = new Map<string, number>();
  for (const line of (await slurmCommand('sinfo', words)).split('\n')) {
    // Those that are down, drained or do not answer compute nothing.
    const [, name, processors] = /^(\S+) (\d+) (?:idle|mix|alloc|comp|resv|plnd)\b(?!\*)/.exec(line) ?? [];
    if (name !== undefined) nodes.set(name, Number(processors));
  }
  return { nodes: nodes.size, processors: [...nodes.values()].reduce((sum, each) => sum + each, 0) };
}

const queueFormat = '%i|%T|%r|%N';

/** Throws `missing` where Slurm is not, and `process` where it does not answer. */
export const openSlurm: OpenScheduler = async (settings) => {
  const most = Number((await slurmSetting('MaxArraySize')) ?? 1001);
  const { nodes, processors } = await capacity(settings);
  return {
    name: 'slurm',
    // The largest index is one less than the setting.
    mostTasks: Math.max(1, most - 1),
    nodes,
    slots: settings.tasksAtOnce ?? Math.max(1, Math.floor(processors / settings.cpus)),
    submit: async (request) => {
      const paths = exchangePaths(request.exchange);
      makeFolder(paths.logs);
      const words = [
        'cluster',
        'task',
        request.exchange,
        '--submission',
        String(request.submission),
        '--index',
        indexWord,
      ];
      const seconds = ['--shard-seconds', String(settings.shardSeconds)];
      const script = taskScript(settings, [
        ...programWords(settings, [dirname(request.exchange)]),
        ...words,
        ...seconds,
      ]);
      await writeFileAtomic(paths.script(request.submission), script);
      return submitJob([...sbatchWords(settings, request), paths.script(request.submission)]);
    },
    find: async (name) => {
      const text = await slurmCommand('squeue', ['-h', '-r', '-o', queueFormat, `--name=${name}`, '--me']);
      return [...new Set(parseQueue(text).map(({ job }) => job))];
    },
    tasks: async (jobs) => (jobs.length === 0 ? [] : parseQueue(await queueOf(jobs, queueFormat))),
    cancel: async (jobs) => {
      // Tasks get SIGTERM, and the cluster's KillWait (30 seconds unless set) to make a shard of what they have.
      if (jobs.length > 0) await slurmCommand('scancel', ['--quiet', ...jobs]);
    },
  };
};

// The tasks of a run that a cluster computes: where they are, what they have printed, and their end.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { clusterParameters } from '../../src-preload/parameters/cluster.ts';
import { shapeOf } from '../../src-preload/parameters/parameter.ts';
import { type ClusterStatus, type ClusterTask, clusterStatus } from '../../src-preload/schemas/cluster.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Run } from '../catalog/tables/runs.ts';
import type { CommandJob } from '../cluster/command-job.ts';
import {
  exchangePaths,
  readExchangeFile,
  type Submission,
  submissionSchema,
  taskStateSchema,
} from '../cluster/exchange.ts';
import { openScheduler } from '../cluster/schedulers.ts';
import { readClusterSettings } from '../cluster/settings.ts';
import { nodeLine } from '../cluster/slurm-script.ts';
import { readLog } from '../cluster/task-log.ts';
import { clusterFile, exchangeFoldersOf } from '../holdings/exchange-folders.ts';

const jobSchema = z.object({ clusterJob: z.object({ job: z.string(), log: z.string(), exit: z.string() }) });

/** The job of a run that is a training on a cluster; undefined before it was queued. */
export const clusterJobOf = ({ provenance }: Pick<Run, 'provenance'>): CommandJob | undefined =>
  jobSchema.safeParse(provenance).data?.clusterJob;

/** What is known of a run's tasks; of the part of its work that came last. Null where it has none, or none yet. */
export async function statusOf(run: Run): Promise<ClusterStatus | null> {
  const folder = Object.values(exchangeFoldersOf(run)).at(-1);
  if (folder === undefined) return null;
  return readExchangeFile(exchangePaths(folder).status, clusterStatus).catch(() => null);
}

/** The tasks of a run as they were last seen, in the order of their shares. */
export async function tasksOf(run: Run, lines: number): Promise<readonly ClusterTask[]> {
  const tasks: ClusterTask[] = [];
  for (const folder of Object.values(exchangeFoldersOf(run))) {
    const paths = exchangePaths(folder);
    const submissions = await submissionsIn(folder);
    const started = new Set<string>();
    for (const name of (await readdir(paths.tasks).catch(() => [])).toSorted()) {
      const state = await readExchangeFile(join(paths.tasks, name), taskStateSchema).catch(() => undefined);
      if (state === undefined) continue;
      started.add(state.share);
      const submission = submissions.find(({ number }) => number === state.submission);
      const index = submission?.shares.findIndex((share) => share.name === state.share) ?? -1;
      const log = await readLog(join(paths.logs, `${submission?.job}_${index}.log`));
      const { share, reason, node, done, total } = state;
      tasks.push({ share, state: state.state, reason, node, done, total, lines: log.slice(-lines) });
    }
    // Those whose program did not start have left a log at most.
    for (const { job, shares } of submissions) {
      for (const [index, share] of shares.entries()) {
        const log = started.has(share.name) ? [] : await readLog(join(paths.logs, `${job}_${index}.log`));
        const node = log.find((line) => line.startsWith(nodeLine))?.slice(nodeLine.length) ?? '';
        const reason = log.findLast((line) => !line.startsWith(nodeLine)) ?? null;
        const task = { share: share.name, state: 'failed', reason, node, done: 0, total: share.count } as const;
        if (log.length > 0) tasks.push({ ...task, lines: log.slice(-lines) });
      }
    }
  }
  return tasks;
}

/** Ends what a scheduler still runs of a run. Nothing happens for a run without tasks. */
export async function endTasksOf(catalog: Catalog, run: Run): Promise<void> {
  const { data } = z.object(shapeOf(clusterParameters)).safeParse(run.parameters);
  // Tasks of this machine have ended with whoever followed them.
  if (data?.cluster !== 'slurm') return;
  const jobs: string[] = [];
  for (const folder of Object.values(exchangeFoldersOf(run))) {
    for (const { job } of await submissionsIn(folder)) if (job !== null) jobs.push(job);
  }
  const training = clusterJobOf(run);
  if (training !== undefined) jobs.push(training.job);
  if (jobs.length === 0) return;
  const scheduler = await openScheduler.slurm(await readClusterSettings(clusterFile(catalog), data.clusterSettings));
  await scheduler.cancel(jobs);
}

/** What was submitted from an exchange folder. */
export async function submissionsIn(folder: string): Promise<readonly Submission[]> {
  const paths = exchangePaths(folder);
  const names = await readdir(paths.submissions).catch(() => []);
  const files = names.filter((name) => /^\d+\.json$/.test(name));
  return Promise.all(files.map((name) => readExchangeFile(join(paths.submissions, name), submissionSchema)));
}

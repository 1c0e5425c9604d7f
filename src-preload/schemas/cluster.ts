// What faces and workbench say about runs that tasks of a cluster, or of this machine, compute.
import { z } from 'zod';
import type { Output } from './read-only.ts';

export const schedulerName = z.enum(['slurm', 'local']);

export const clusterStatus = z.strictObject({
  scheduler: schedulerName,
  /** The scheduler's numbers of the arrays. */
  jobs: z.array(z.string()),
  /** Whether every image is in a task by now: nobody needs to watch until they are done. */
  submitted: z.boolean(),
  waiting: z.int(),
  running: z.int(),
  done: z.int(),
  /** Tasks that have failed at least once and are not done. */
  failing: z.int(),
  /** Images that running tasks have computed and the catalog does not have yet. */
  computing: z.int(),
  /** Images that the catalog has no result of, of how many. */
  left: z.int(),
  total: z.int(),
  /** Over all running tasks; null before the first is at work. */
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Why tasks wait, in the scheduler's words. */
  reasons: z.array(z.string()),
  /** Why tasks failed. */
  failures: z.array(z.string()),
  nodes: z.array(z.string()),
  /** All of it as one line. */
  summary: z.string(),
});
export type ClusterStatus = Output<typeof clusterStatus>;

/** A task as it was last seen, and the last lines that it has printed. */
export const clusterTask = z.strictObject({
  share: z.string(),
  state: z.enum(['running', 'done', 'stopped', 'failed']),
  reason: z.string().nullable(),
  node: z.string(),
  done: z.int(),
  total: z.int(),
  lines: z.array(z.string()),
});
export type ClusterTask = Output<typeof clusterTask>;

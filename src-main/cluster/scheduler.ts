// What a scheduler does for a run: takes arrays of tasks, says where they are, ends them.
import type { ClusterSettings, SchedulerName } from './settings.ts';

/** An array of tasks to be queued. */
export interface ArrayRequest {
  /** Unique: by it an array is found again whose number was not noted. */
  readonly name: string;
  /** The exchange folder, and the submission in it that the tasks are of. */
  readonly exchange: string;
  readonly submission: number;
  readonly count: number;
  readonly exclude: readonly string[];
}

/** A task that waits or runs. One that is not told any more is over. */
export interface LiveTask {
  readonly job: string;
  readonly index: number;
  readonly state: 'waiting' | 'running';
  /** Why it waits, in the scheduler's word. */
  readonly reason: string | null;
  readonly node: string | null;
}

export interface Scheduler {
  readonly name: SchedulerName;
  /** Tasks of one array, at most. */
  readonly mostTasks: number;
  /** Machines that tasks may run on. */
  readonly nodes: number;
  /** How many tasks run at once, as far as one can know before. */
  readonly slots: number;
  /** The array's number. Throws `process` with what the scheduler says. */
  readonly submit: (request: ArrayRequest) => Promise<string>;
  /** Numbers of the arrays of this name that wait or run. */
  readonly find: (name: string) => Promise<readonly string[]>;
  /** The tasks of these arrays that wait or run. Throws `process` when the scheduler does not answer. */
  readonly tasks: (jobs: readonly string[]) => Promise<readonly LiveTask[]>;
  /** Ends the arrays: tasks are asked to stop and then ended. */
  readonly cancel: (jobs: readonly string[]) => Promise<void>;
}

export type OpenScheduler = (settings: ClusterSettings) => Promise<Scheduler>;

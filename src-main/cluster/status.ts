// What is known of a run on the cluster, for the command line and the window: tasks by state, speed, time left, reasons.
import type { ClusterStatus } from '../../src-preload/schemas/cluster.ts';
import type { TaskState } from './exchange.ts';
import type { LiveTask } from './scheduler.ts';

interface Known {
  readonly scheduler: ClusterStatus['scheduler'];
  readonly jobs: readonly string[];
  readonly shares: readonly {
    readonly name: string;
    /** Images without a result in the catalog. */
    readonly left: number;
    readonly failures: number;
    readonly reason: string;
  }[];
  /** By share. */
  readonly tasks: ReadonlyMap<string, LiveTask>;
  readonly states: ReadonlyMap<string, TaskState>;
  readonly submitted: boolean;
  readonly left: number;
  readonly total: number;
}

export function clusterStatus({
  scheduler,
  jobs,
  shares,
  tasks,
  states,
  submitted,
  left,
  total,
}: Known): ClusterStatus {
  const live = [...tasks.values()];
  const waiting = live.filter(({ state }) => state === 'waiting').length;
  const running = live.filter(({ state }) => state === 'running');
  const atWork = shares.flatMap(({ name, left: own }) => {
    const state = states.get(name);
    return tasks.get(name)?.state === 'running' && state?.state === 'running' ? [{ ...state, own }] : [];
  });
  const rates = atWork.flatMap(({ done, workSeconds }) => (workSeconds > 0 && done > 0 ? [done / workSeconds] : []));
  const imagesPerSecond = rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
  const computing = atWork.reduce((sum, { done, total: all, own }) => sum + Math.max(0, done - (all - own)), 0);
  const failing = shares.filter((share) => share.left > 0 && share.failures > 0);
  const done = shares.filter((share) => share.left === 0).length;
  const reasons = [...new Set(live.flatMap(({ state, reason }) => (state === 'waiting' ? (reason ?? []) : [])))];
  const parts = [
    ...(running.length > 0 ? [`${running.length} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`] : []),
    `${done} done`,
    ...(failing.length > 0 ? [`${failing.length} failing`] : []),
    ...(imagesPerSecond === null ? [] : [`${imagesPerSecond.toPrecision(3)} images/s`]),
  ];
  return {
    scheduler,
    jobs: [...jobs],
    submitted,
    waiting,
    running: running.length,
    done,
    failing: failing.length,
    computing,
    left,
    total,
    imagesPerSecond,
    secondsLeft: imagesPerSecond === null ? null : (left - computing) / imagesPerSecond,
    reasons,
    failures: [...new Set(failing.map(({ reason }) => reason))],
    nodes: [...new Set(running.flatMap(({ node }) => node ?? []))],
    summary: `tasks: ${parts.join(', ')}`,
  };
}

// The tasks of a run that a cluster computes: how many wait, run and are done, where, how fast; with the last lines of each on request.
import { Tag } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import type { ClusterStatus, ClusterTask } from '../../src-preload/schemas/cluster.ts';
import { methodQuery, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import text from '../styles/text.module.css';
import styles from './cluster-tasks.module.css';
import { durationWords } from './pace.ts';

/** Milliseconds between two looks at a run that goes on. */
const lookEvery = 2000;
/** Lines of each task's log. */
const lines = 5;

/** Null while a run has no tasks. */
export function useClusterStatus(run: number, mayHaveTasks: boolean, isActive: boolean): ClusterStatus | null {
  const query = methodQuery(useHost(), 'runs.cluster', { id: run });
  return (
    useQuery({ ...query, enabled: mayHaveTasks, refetchInterval: isActive ? lookEvery : false }).data?.status ?? null
  );
}

export function ClusterSummary({ status }: { readonly status: ClusterStatus }) {
  const { running, waiting, done, failing, nodes, reasons, failures, imagesPerSecond, secondsLeft, jobs } = status;
  const where = nodes.length === 0 ? '' : ` on ${nodes.slice(0, 4).join(', ')}${nodes.length > 4 ? ' …' : ''}`;
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  return (
    <div className={styles.summary} role="status" aria-label="tasks">
      {running > 0 ? (
        <Tag minimal intent="primary">
          {`${running.toLocaleString('en')} running${where}`}
        </Tag>
      ) : null}
      {waiting > 0 ? <Tag minimal>{`${waiting.toLocaleString('en')} waiting${why}`}</Tag> : null}
      <Tag minimal intent="success">
        {`${done.toLocaleString('en')} done`}
      </Tag>
      {failing > 0 ? (
        <Tag minimal intent="danger" title={failures.join('\n')}>
          {`${failing.toLocaleString('en')} failing`}
        </Tag>
      ) : null}
      <span className={text.quiet}>
        {[
          ...(imagesPerSecond === null ? [] : [`${imagesPerSecond.toPrecision(2)} images per second over all`]),
          ...(secondsLeft === null || secondsLeft <= 0 ? [] : [`${durationWords(secondsLeft)} left`]),
          `${status.scheduler} ${jobs.length === 1 ? 'array' : 'arrays'} ${jobs.slice(-3).join(', ')}`,
        ].join(', ')}
      </span>
    </div>
  );
}

/** A row for each task that has started. */
export function ClusterTaskTable({ run, isActive }: { readonly run: number; readonly isActive: boolean }) {
  const query = methodQuery(useHost(), 'runs.tasks', { id: run, lines });
  const { data, error } = useQuery({ ...query, refetchInterval: isActive ? lookEvery : false });
  if (error !== null) return <ProblemNote error={error} />;
  if (data === undefined) return null;
  const { tasks } = data;
  if (tasks.length === 0) return <p className={text.quiet}>No task has started.</p>;
  return (
    <table className={styles.tasks}>
      <thead>
        <tr>
          <th>Task</th>
          <th>State</th>
          <th>Node</th>
          <th>Images</th>
          <th>Last words</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <TaskRow key={`${task.share} ${task.total}`} task={task} />
        ))}
      </tbody>
    </table>
  );
}

function TaskRow({ task: { share, state, node, done, total, reason, lines } }: { readonly task: ClusterTask }) {
  return (
    <tr>
      <td>{Number(share)}</td>
      <td className={styles[state]}>{state}</td>
      <td>{node}</td>
      <td>{`${done.toLocaleString('en')} of ${total.toLocaleString('en')}`}</td>
      <td title={lines.join('\n')}>{reason ?? lines.at(-1) ?? ''}</td>
    </tr>
  );
}

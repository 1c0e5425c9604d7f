// One run: its state, progress, rate and time left; pause, cancel, resume; its log and training curves one click away.
import { Button, Card, ProgressBar, Tag } from '@blueprintjs/core';
import { DisableIcon, LayoutGridIcon, ListIcon, TimelineLineChartIcon } from '@blueprintjs/icons';
import { type ReactElement, useState } from 'react';
import type { MethodName } from '../../src-preload/contract.ts';
import type { Run, RunState } from '../../src-preload/schemas/run.ts';
import { classNames } from '../class-names.ts';
import { useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import text from '../styles/text.module.css';
import { ClusterSummary, ClusterTaskTable, useClusterStatus } from './cluster-tasks.tsx';
import { durationWords, type Pace, paceWords } from './pace.ts';
import styles from './run-card.module.css';
import { RunLog } from './run-log.tsx';
import { TrainingProgress } from './training-progress.tsx';

type Action = Extract<MethodName, 'runs.pause' | 'runs.cancel' | 'runs.resume'>;
const labels: Readonly<Record<Action, string>> = {
  'runs.pause': 'Pause',
  'runs.cancel': 'Cancel',
  'runs.resume': 'Resume',
};
/** A step may take a minute: the request is shown meanwhile. */
const endings: { readonly [A in Action]?: string } = {
  'runs.pause': 'pausing after the current step',
  'runs.cancel': 'stopping after the current step',
};
const actions: { readonly [S in RunState]: readonly Action[] } = {
  queued: ['runs.pause', 'runs.cancel'],
  running: ['runs.pause', 'runs.cancel'],
  paused: ['runs.resume', 'runs.cancel'],
  interrupted: ['runs.resume', 'runs.cancel'],
  failed: ['runs.resume'],
  cancelled: ['runs.resume'],
  done: [],
};

/** Kinds of jobs that a cluster may compute. */
const mayHaveTasks: ReadonlySet<string> = new Set(['project', 'scores']);

export function RunCard({ run, pace }: { readonly run: Run; readonly pace: Pace | undefined }) {
  const host = useHost();
  const [error, setError] = useState<Error | null>(null);
  const [log, showLog] = useState<'all' | 'skipped' | null>(null);
  // By default the curves of a training are shown while it runs.
  const [wantsTraining, setWantsTraining] = useState<boolean | null>(null);
  const isTraining = run.kind.startsWith('train');
  const showsTraining = wantsTraining ?? run.state === 'running';
  const [requested, setRequested] = useState<Action | null>(null);
  const act = async (action: Action) => {
    setRequested(action);
    await host.call(action, { id: run.id }).then(() => setError(null), setError);
    setRequested(null);
  };
  const isActive = run.state === 'running';
  const cluster = useClusterStatus(run.id, mayHaveTasks.has(run.kind), isActive);
  const [showsTasks, setShowsTasks] = useState(false);
  const ending = requested === null ? undefined : endings[requested];
  const counted = run.state === 'running' && pace !== undefined && pace.total > 0 ? pace : run;
  const share = counted.total > 0 ? counted.done / counted.total : undefined;
  return (
    <Card compact className={classNames(styles.card)} role="group" aria-label={run.title}>
      <div className={styles.head}>
        <Tag minimal className={classNames(styles[run.state])}>
          {run.state}
        </Tag>
        <h2 title={run.title}>{run.title}</h2>
        <span className={text.quiet}>{factsOf(run)}</span>
        <span className={styles.actions}>
          {actions[run.state].map((action) => (
            <Button
              key={action}
              size="small"
              text={labels[action]}
              disabled={requested !== null}
              onClick={() => act(action)}
            />
          ))}
          {isTraining ? (
            <Toggle icon={<TimelineLineChartIcon />} text="Training" on={showsTraining} set={setWantsTraining} />
          ) : null}
          {cluster !== null ? (
            <Toggle icon={<LayoutGridIcon />} text="Tasks" on={showsTasks} set={setShowsTasks} />
          ) : null}
          {run.skipped > 0 ? (
            <Toggle
              icon={<DisableIcon />}
              text={`${run.skipped.toLocaleString('en')} skipped`}
              on={log === 'skipped'}
              set={(on) => showLog(on ? 'skipped' : null)}
            />
          ) : null}
          <Toggle icon={<ListIcon />} text="Log" on={log === 'all'} set={(on) => showLog(on ? 'all' : null)} />
        </span>
      </div>
      {run.state === 'running' || (run.state === 'paused' && share !== undefined) ? (
        <div className={styles.progress}>
          <ProgressBar
            {...(share === undefined ? {} : { value: share })}
            animate={run.state === 'running'}
            stripes={run.state === 'running'}
            intent={run.state === 'running' ? 'primary' : 'none'}
            aria-label={`progress of ${run.title}`}
          />
          <span>
            {run.state !== 'running'
              ? 'paused'
              : (ending ?? (pace === undefined ? (run.done > 0 ? 'running' : 'starting') : paceWords(pace)))}
          </span>
        </div>
      ) : null}
      {cluster !== null && run.state !== 'done' && run.state !== 'cancelled' ? (
        <ClusterSummary status={cluster} />
      ) : null}
      {run.reason === null ? null : <p className={styles.reason}>{run.reason}</p>}
      {run.state === 'done' && run.summary !== null ? <p className={styles.summary}>{run.summary}</p> : null}
      {run.alerts.map((alert) => (
        <p key={alert} className={styles.alert}>
          {alert}
        </p>
      ))}
      <ProblemNote error={error} />
      {isTraining && showsTraining ? <TrainingProgress run={run.id} /> : null}
      {cluster !== null && showsTasks ? <ClusterTaskTable run={run.id} isActive={isActive} /> : null}
      {log === null ? null : <RunLog key={log} run={run.id} level={log === 'all' ? undefined : log} />}
    </Card>
  );
}

interface ToggleProps {
  readonly icon: ReactElement;
  readonly text: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

function Toggle({ icon, text, on, set }: ToggleProps) {
  return (
    <Button
      size="small"
      variant="minimal"
      icon={icon}
      active={on}
      aria-pressed={on}
      text={text}
      onClick={() => set(!on)}
    />
  );
}

/** `run 3, 120 of 400, 2026-01-31 12:00 UTC, took 5 minutes`. */
function factsOf({ id, done, total, startedAt, endedAt, createdAt }: Run): string {
  const began = startedAt ?? createdAt;
  return [
    `run ${id}`,
    ...(total > 0 ? [`${done.toLocaleString('en')} of ${total.toLocaleString('en')}`] : []),
    `${began.slice(0, 10)} ${began.slice(11, 16)} UTC`,
    ...(startedAt !== null && endedAt !== null
      ? [`took ${durationWords((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)}`]
      : []),
  ].join(', ');
}

// Jobs: every run with its progress, rate and time left; pause, cancel, resume; the log one click away.
import { Button, Card, NonIdealState, ProgressBar, Tag } from '@blueprintjs/core';
import { useCallback, useRef, useState } from 'react';
import type { EventValue, MethodName } from '../../src-preload/contract.ts';
import type { Run, RunState } from '../../src-preload/schemas/run.ts';
import { useAnswer, useEvent, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { type Pace, paced, paceWords } from './pace.ts';
import { RunLog } from './run-log.tsx';

type Action = Extract<MethodName, 'runs.pause' | 'runs.cancel' | 'runs.resume'>;
const labels: Readonly<Record<Action, string>> = {
  'runs.pause': 'Pause',
  'runs.cancel': 'Cancel',
  'runs.resume': 'Resume',
};
const actions: { readonly [S in RunState]: readonly Action[] } = {
  queued: ['runs.cancel'],
  running: ['runs.pause', 'runs.cancel'],
  paused: ['runs.resume', 'runs.cancel'],
  interrupted: ['runs.resume', 'runs.cancel'],
  failed: ['runs.resume'],
  cancelled: ['runs.resume'],
  done: [],
};

export function JobsView() {
  const runs = useAnswer('runs.list', {});
  const [paces, setPaces] = useState<ReadonlyMap<number, Pace>>(new Map());
  const hear = useCallback(({ id, progress }: EventValue<'run.progress'>) => {
    setPaces((before) => new Map(before).set(id, paced(before.get(id), progress, performance.now())));
  }, []);
  useEvent('run.progress', hear);
  if (runs.data?.runs.length === 0) {
    return (
      <NonIdealState
        icon="playbook"
        title="No job yet"
        description="Imports, reconstructions, trainings and exports are listed here, with their progress and logs."
      />
    );
  }
  return (
    <div className="jobs">
      <ProblemNote error={runs.error} />
      <ul>
        {runs.data?.runs.map((run) => (
          <li key={run.id}>
            <RunCard run={run} pace={paces.get(run.id)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function RunCard({ run, pace }: { readonly run: Run; readonly pace: Pace | undefined }) {
  const host = useHost();
  const [error, setError] = useState<Error | null>(null);
  const [showsLog, setShowsLog] = useState(false);
  const busy = useRef(false);
  const act = async (action: Action) => {
    if (busy.current) return;
    busy.current = true;
    await host.call(action, { id: run.id }).then(() => setError(null), setError);
    busy.current = false;
  };
  const share =
    pace !== undefined && pace.total > 0 ? pace.done / pace.total : run.total > 0 ? run.done / run.total : undefined;
  return (
    <Card compact className="run">
      <div className="run-head">
        <Tag minimal className={`state ${run.state}`}>
          {run.state}
        </Tag>
        <h2>{run.title}</h2>
        <span className="quiet">
          run {run.id}
          {run.total > 0 ? `, ${run.done} of ${run.total}` : ''}
          {run.skipped > 0 ? `, ${run.skipped} skipped` : ''}
        </span>
        <span className="run-actions">
          {actions[run.state].map((action) => (
            <Button key={action} size="small" text={labels[action]} onClick={() => act(action)} />
          ))}
          <Button
            size="small"
            variant="minimal"
            icon="list"
            active={showsLog}
            text="Log"
            onClick={() => setShowsLog(!showsLog)}
          />
        </span>
      </div>
      {run.state === 'running' ? (
        <div className="run-progress">
          <ProgressBar {...(share === undefined ? {} : { value: share })} aria-label={`progress of ${run.title}`} />
          <span>{pace === undefined ? '' : paceWords(pace)}</span>
        </div>
      ) : null}
      {run.reason === null ? null : <p className="reason">{run.reason}</p>}
      <ProblemNote error={error} />
      {showsLog ? <RunLog run={run.id} /> : null}
    </Card>
  );
}

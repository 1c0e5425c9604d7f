// How long a job would take on this device, measured over ten steps while its dialog is open.
import { Spinner } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useFieldProblem } from '../../form-dialog.tsx';
import { methodQuery, useAnswer, useHost } from '../../host/use-host.ts';
import text from '../../styles/text.module.css';
import { durationWords } from '../pace.ts';
import styles from './estimate.module.css';
import type { JobRequest } from './job-request.ts';

/** The measurement begins once nothing has changed for this long. */
const settleMilliseconds = 700;
const nothing: JobRequest = { kind: 'demonstration', parameters: {} };

export function Estimate({ request }: { readonly request: JobRequest | null }) {
  const settled = useSettled(request);
  const host = useHost();
  const measured = useQuery({
    ...methodQuery(host, 'runs.estimate', settled ?? nothing),
    enabled: settled !== null,
    // A measurement that was aborted starts again when its request comes back.
    staleTime: ({ state }) => (state.data?.seconds == null ? 0 : Number.POSITIVE_INFINITY),
  });
  // What cannot be measured cannot run either: an unfit network is refused before anything starts.
  useFieldProblem(measured.error === null ? null : measured.error.message);
  const runs = useAnswer('runs.list', {});
  // Once the dialog is closed, a request that needs no measurement aborts the current one.
  useEffect(() => () => void host.call('runs.estimate', nothing).catch(() => {}), [host]);
  const others = runs.data?.runs.some(({ state }) => state === 'running') ?? false;
  return (
    <div className={styles.estimate} role="status">
      <EstimateWords
        waiting={request === null}
        measuring={settled === null || JSON.stringify(settled) !== JSON.stringify(request) || measured.isFetching}
        seconds={measured.data?.seconds ?? null}
        problem={measured.error?.message}
      />
      {others && request !== null ? ' Another job is running; this one would be faster on an idle machine.' : ''}
    </div>
  );
}

interface WordsProps {
  readonly waiting: boolean;
  readonly measuring: boolean;
  readonly seconds: number | null;
  readonly problem: string | undefined;
}

function EstimateWords({ waiting, measuring, seconds, problem }: WordsProps) {
  if (waiting) return <span className={text.quiet}>The duration is measured once all fields are set.</span>;
  if (measuring)
    return (
      <span className={styles.measuring}>
        <Spinner size={14} /> measuring ten steps on this device
      </span>
    );
  if (problem !== undefined) return <span className={styles.problem}>The duration cannot be measured: {problem}</span>;
  if (seconds === null) return <span className={text.quiet}>The duration is unknown.</span>;
  return (
    <span>
      About <strong>{durationWords(seconds)}</strong> on this device
    </span>
  );
}

/** The value once it has not changed for a while, by content; null before. */
function useSettled<T>(value: T): T | null {
  const [settled, setSettled] = useState<T | null>(null);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as T), settleMilliseconds);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

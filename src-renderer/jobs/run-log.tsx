// The last lines of a run's log, all or those of one level, as they are written.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { EventValue } from '../../src-preload/contract.ts';
import type { LogLine } from '../../src-preload/schemas/run.ts';
import { useAnswer, useEvent } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import text from '../styles/text.module.css';
import styles from './run-log.module.css';

const mostLines = 2000;

interface RunLogProps {
  readonly run: number;
  readonly level?: LogLine['level'] | undefined;
}

export function RunLog({ run, level }: RunLogProps) {
  const kept = useAnswer('runs.log', { id: run, after: 0, limit: mostLines, level });
  const [heard, setHeard] = useState<readonly LogLine[]>([]);
  const end = useRef<HTMLDivElement>(null);
  useEvent(
    'run.log',
    useCallback(
      ({ id, line }: EventValue<'run.log'>) => {
        if (id === run && (level === undefined || line.level === level))
          setHeard((before) => [...before, line].slice(-mostLines));
      },
      [run, level],
    ),
  );
  const known = kept.data?.lines ?? [];
  const last = known.at(-1)?.number ?? -1;
  const lines = [...known, ...heard.filter(({ number }) => number > last)];
  const count = lines.length;
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [count]);
  return (
    <div className={styles.log} role="log" aria-label={`log of run ${run}`}>
      <ProblemNote error={kept.error} />
      {count === 0 ? <p className={text.quiet}>No log entries.</p> : null}
      {lines.map(({ number, time, level, text }) => (
        <p key={number} className={styles[level]}>
          <time>{time.slice(11, 19)}</time> {text}
        </p>
      ))}
      <div ref={end} />
    </div>
  );
}

// The status line of the window: which jobs are running and how far they are, in every view; a click shows them all.
import { Button, ProgressBar } from '@blueprintjs/core';
import { WarningSignIcon } from '@blueprintjs/icons';
import { classNames } from '../class-names.ts';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';
import { paceWords } from './pace.ts';
import { usePaces } from './paces.tsx';
import styles from './status-line.module.css';
import { useTitle } from './use-title.ts';

export function StatusLine({ onJobs }: { readonly onJobs: () => void }) {
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const paces = usePaces();
  useTitle();
  const running = runs.filter(({ state }) => state === 'running');
  const queued = runs.filter(({ state }) => state === 'queued').length;
  const [seen, setSeen] = useLayout('alerts seen', 0);
  const alerting = runs.find(({ id, alerts }) => alerts.length > 0 && id > seen);
  if (running.length + queued === 0 && alerting === undefined) return null;
  return (
    <section className={styles.line} aria-label="Running jobs">
      {alerting === undefined ? null : (
        <span className={styles.alert} role="alert">
          <WarningSignIcon /> {alerting.alerts.join('; ')}
          <Button size="small" variant="minimal" text="Show the job" onClick={onJobs} />
          <Button size="small" variant="minimal" text="Seen" onClick={() => setSeen(alerting.id)} />
        </span>
      )}
      {running.map(({ id, title, done, total }) => {
        const pace = paces.get(id);
        const counted = pace !== undefined && pace.total > 0 ? pace : { done, total };
        return (
          <button key={id} type="button" className={styles.job} title="Show all jobs" onClick={onJobs}>
            <ProgressBar
              className={classNames(styles.bar)}
              intent="primary"
              stripes={false}
              animate={false}
              {...(counted.total > 0 ? { value: counted.done / counted.total } : {})}
              aria-label={`progress of ${title}`}
            />
            <span className={styles.words}>
              {title}: {pace === undefined ? 'running' : paceWords(pace)}
            </span>
          </button>
        );
      })}
      {queued === 0 ? null : <span>{queued} queued</span>}
    </section>
  );
}

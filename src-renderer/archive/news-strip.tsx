// A strip below the top bar: how many new images the watched folders have. It imports when somebody says so.
import { Button } from '@blueprintjs/core';
import { CrossIcon, FolderNewIcon } from '@blueprintjs/icons';
import { useState } from 'react';
import { useAnswer, useHost } from '../host/use-host.ts';
import { countOf, useReview } from '../review.tsx';
import { useTriage } from '../triage/triage-state.tsx';
import styles from './news-strip.module.css';

export function NewsStrip({ onQueued }: { readonly onQueued: () => void }) {
  const host = useHost();
  const { notify } = useReview();
  const { isComplete } = useTriage();
  const folders = useAnswer('archive.news', {}, isComplete).data?.folders ?? [];
  const runs = useAnswer('runs.list', {}, isComplete).data?.runs ?? [];
  // What was put aside comes back when there is more.
  const [aside, setAside] = useState<ReadonlyMap<string, number>>(new Map());
  const busy = runs.some(({ kind, state }) => kind === 'import' && (state === 'running' || state === 'queued'));
  const shown = folders.filter(({ folder, images }) => images !== null && images > (aside.get(folder) ?? 0));
  if (busy || shown.length === 0) return null;
  const take = (folder: string) =>
    host
      .call('runs.queue', { kind: 'import', parameters: { sources: [folder] } })
      .then(onQueued, (error: Error) => notify(error.message, 'danger'));
  return (
    <section className={styles.strip} aria-label="New images">
      {shown.map(({ folder, images }) => (
        <div key={folder} className={styles.news}>
          <FolderNewIcon />
          <span role="status">
            {countOf(images!).replace('image', 'new image')} in <span className={styles.path}>{folder}</span>
          </span>
          <Button
            size="small"
            intent="primary"
            text="Import"
            aria-label={`Import from ${folder}`}
            onClick={() => take(folder)}
          />
          <Button
            size="small"
            variant="minimal"
            icon={<CrossIcon />}
            aria-label={`Not now: ${folder}`}
            title="Not now"
            onClick={() => setAside(new Map([...aside, [folder, images!]]))}
          />
        </div>
      ))}
    </section>
  );
}

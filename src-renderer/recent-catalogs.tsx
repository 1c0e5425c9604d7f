// The catalogs that this user had open lately, to be opened again with one click; those that are gone say so.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { ActionCard } from './catalog-cards.tsx';
import { classNames } from './class-names.ts';
import { useAnswer, useHost } from './host/use-host.ts';
import { ProblemNote } from './problem.tsx';
import styles from './recent-catalogs.module.css';

/** `current`: the folder of the open catalog, which is not offered. */
export function RecentCatalogs({ current }: { readonly current: string | null }) {
  const host = useHost();
  const recent = useAnswer('catalog.recent', {}).data?.catalogs ?? [];
  const [error, setError] = useState<Error | null>(null);
  const others = recent.filter(({ folder }) => folder !== current);
  if (others.length === 0) return null;
  const open = (folder: string) => {
    setError(null);
    host.call('catalog.open', { folder }).then(() => globalThis.location.reload(), setError);
  };
  return (
    <ActionCard title="Recent catalogs" text="Those that were open on this machine last.">
      <ul className={styles.list} aria-label="Recent catalogs">
        {others.map(({ folder, name, missing }) => (
          <li key={folder}>
            <Button
              fill
              variant="minimal"
              alignText="start"
              disabled={missing}
              title={folder}
              onClick={() => open(folder)}
            >
              <span className={styles.name}>{name}</span>{' '}
              <span className={classNames(styles.folder)}>{missing ? `missing: ${folder}` : folder}</span>
            </Button>
          </li>
        ))}
      </ul>
      <ProblemNote error={error} />
    </ActionCard>
  );
}

// Conditions of the filter that are made elsewhere: a region of the map, images like one.
import { Tag } from '@blueprintjs/core';
import styles from './found-by.module.css';
import { useTriage } from './triage-state.tsx';

export function FoundBy() {
  const { filter, setFilter } = useTriage();
  const { region, similar, ...others } = filter;
  if (region === undefined && similar === undefined) return null;
  return (
    <div className={styles.foundBy}>
      {region === undefined ? null : (
        <Tag minimal size="large" onRemove={() => setFilter(similar === undefined ? others : { ...others, similar })}>
          region of the map
        </Tag>
      )}
      {similar === undefined ? null : (
        <Tag minimal size="large" onRemove={() => setFilter(region === undefined ? others : { ...others, region })}>
          {similar.count} most like image {similar.image}
        </Tag>
      )}
    </div>
  );
}

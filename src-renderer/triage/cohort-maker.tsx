// Makes a cohort of the current list.
import { Button, InputGroup } from '@blueprintjs/core';
import { useState } from 'react';
import { classNames } from '../class-names.ts';
import { useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { countOf, useReview } from '../review.tsx';
import styles from './cohort-maker.module.css';
import { useTriage } from './triage-state.tsx';

export function CohortMaker() {
  const host = useHost();
  const { filter, ids } = useTriage();
  const open = useJobDialogs();
  const { notify } = useReview();
  const [name, setName] = useState('');
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        host.call('cohorts.create', { name, images: { filter } }).then(
          ({ images }) => {
            notify(`Cohort "${name}": ${countOf(images)}`, 'success');
            setName('');
          },
          (error: Error) => notify(error.message, 'danger'),
        );
      }}
    >
      <InputGroup
        className={classNames(styles.name)}
        aria-label="Name of a new cohort of the current list"
        placeholder="new cohort"
        value={name}
        onValueChange={setName}
      />
      <Button type="submit" text="Create" disabled={name.trim() === ''} />
      <Button
        className={classNames(styles.split)}
        variant="minimal"
        size="small"
        text="Split by patient…"
        title="Split the current list, or a cohort, into new cohorts"
        onClick={() =>
          open('split', { label: `the current list: ${countOf(ids?.length ?? 0)}`, selection: { filter } })
        }
      />
    </form>
  );
}

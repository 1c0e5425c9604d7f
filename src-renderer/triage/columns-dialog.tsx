// Which columns of metadata the table and the filter show.
import { Checkbox } from '@blueprintjs/core';
import { useState } from 'react';
import { classNames } from '../class-names.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer } from '../host/use-host.ts';
import text from '../styles/text.module.css';
import styles from './columns-dialog.module.css';
import { useTriage } from './triage-state.tsx';

export function ColumnsDialog({ onClose }: { readonly onClose: () => void }) {
  const { columns: shown, setColumns } = useTriage();
  const known = useAnswer('columns.list', {}).data?.columns ?? [];
  const [chosen, setChosen] = useState<readonly number[]>(shown.map(({ id }) => id));
  const toggle = (id: number) =>
    setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <FormDialog
      title="Columns of metadata"
      action="Show"
      onSubmit={() => {
        setColumns(chosen);
        onClose();
      }}
      onClose={onClose}
    >
      {known.length === 0 ? (
        <p>
          This catalog has none. An import keeps columns of DICOM files; <code>residua columns add</code> reads more
          attributes, and <code>residua columns import</code> takes a table over.
        </p>
      ) : (
        <fieldset className={styles.columns}>
          <legend>Shown in the table, and in the filter</legend>
          {known.map(({ id, name, tag }) => (
            <Checkbox
              key={id}
              className={classNames(styles.column)}
              checked={chosen.includes(id)}
              onChange={() => toggle(id)}
            >
              <span>{name}</span>
              <span className={text.quiet}>{tag === null ? 'table' : `${tag.slice(0, 4)},${tag.slice(4)}`}</span>
            </Checkbox>
          ))}
        </fieldset>
      )}
    </FormDialog>
  );
}

// Tags of the selection: added and removed in one step.
import { Button, FormGroup, TagInput } from '@blueprintjs/core';
import { useState } from 'react';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { countOf, useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import styles from './tags-dialog.module.css';

interface TagsDialogProps {
  readonly images: Uint32Array;
  readonly onClose: () => void;
}

export function TagsDialog({ images, onClose }: TagsDialogProps) {
  const host = useHost();
  const { demandReviewer, notify } = useReview();
  const known = useAnswer('tags.list', {}).data?.tags ?? [];
  const [add, setAdd] = useState<readonly string[]>([]);
  const [remove, setRemove] = useState<readonly string[]>([]);
  const apply = () => {
    const reviewer = demandReviewer();
    if (reviewer === null) return onClose();
    host.call('tags.set', { images: { ids: images }, add: [...add], remove: [...remove], reviewer }).then(
      () => {
        notify(`Tags of ${countOf(images.length)} changed`, 'success');
        onClose();
      },
      (error: Error) => notify(error.message, 'danger'),
    );
  };
  const unused = known.filter((tag) => !add.includes(tag) && !remove.includes(tag));
  return (
    <FormDialog
      title={`Tags of ${countOf(images.length)}`}
      action="Apply"
      disabled={add.length + remove.length === 0}
      onSubmit={apply}
      onClose={onClose}
    >
      <TagField label="Add" value={add} onChange={setAdd} autoFocus />
      <TagField label="Remove" value={remove} onChange={setRemove} />
      {unused.length === 0 ? null : (
        <div className={styles.known}>
          <span className={text.quiet}>In use:</span>
          {unused.map((tag) => (
            <Button key={tag} size="small" text={tag} title={`Add ${tag}`} onClick={() => setAdd([...add, tag])} />
          ))}
        </div>
      )}
    </FormDialog>
  );
}

interface TagFieldProps {
  readonly label: string;
  readonly value: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
  readonly autoFocus?: boolean;
}

function TagField({ label, value, onChange, autoFocus = false }: TagFieldProps) {
  return (
    <FormGroup label={label}>
      <TagInput
        fill
        addOnBlur
        values={value}
        placeholder={value.length === 0 ? 'a tag, then Enter' : ''}
        tagProps={{ minimal: true }}
        inputProps={{ 'aria-label': label, maxLength: 200, autoFocus }}
        onKeyDown={(event) => {
          // Enter ends a tag; in an empty field it applies the dialog.
          if (event.key === 'Enter' && event.target instanceof HTMLInputElement && event.target.value !== '')
            event.preventDefault();
        }}
        onChange={(tags) => onChange([...new Set(tags.map((tag) => String(tag).trim()).filter((tag) => tag !== ''))])}
      />
    </FormGroup>
  );
}

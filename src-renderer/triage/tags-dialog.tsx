// Tags of everything that is chosen: given and taken away in one go.
import { Button, Dialog, DialogBody, DialogFooter, FormGroup, TagInput } from '@blueprintjs/core';
import { useState } from 'react';
import { useAnswer, useHost } from '../host/use-host.ts';
import { countOf, useReview } from '../review.tsx';

interface TagsDialogProps {
  readonly images: Uint32Array;
  readonly onClose: () => void;
}

export function TagsDialog({ images, onClose }: TagsDialogProps) {
  const host = useHost();
  const { demandReviewer, say } = useReview();
  const known = useAnswer('tags.list', {}).data?.tags ?? [];
  const [add, setAdd] = useState<readonly string[]>([]);
  const [remove, setRemove] = useState<readonly string[]>([]);
  const apply = () => {
    const reviewer = demandReviewer();
    if (reviewer === null) return onClose();
    host.call('tags.set', { images: { ids: images }, add: [...add], remove: [...remove], reviewer }).then(
      () => {
        say(`Tags of ${countOf(images.length)} changed`, 'success');
        onClose();
      },
      (error: Error) => say(error.message, 'danger'),
    );
  };
  const unused = known.filter((tag) => !add.includes(tag) && !remove.includes(tag));
  return (
    <Dialog
      isOpen
      className="job-dialog bp6-dark"
      title={`Tags of ${countOf(images.length)}`}
      onClose={onClose}
      transitionDuration={0}
    >
      <DialogBody useOverflowScrollContainer={false}>
        <TagField label="Add" value={add} onChange={setAdd} autoFocus />
        <TagField label="Take away" value={remove} onChange={setRemove} />
        {unused.length === 0 ? null : (
          <div className="known-tags">
            <span className="quiet">In use:</span>
            {unused.map((tag) => (
              <Button key={tag} size="small" text={tag} title={`Add ${tag}`} onClick={() => setAdd([...add, tag])} />
            ))}
          </div>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Cancel" onClick={onClose} />
            <Button intent="primary" text="Apply" disabled={add.length + remove.length === 0} onClick={apply} />
          </>
        }
      />
    </Dialog>
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
        onChange={(tags) => onChange([...new Set(tags.map((tag) => String(tag).trim()).filter((tag) => tag !== ''))])}
      />
    </FormGroup>
  );
}

// Remove images from the catalog: what goes with them is said first.
import { useState } from 'react';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { Note } from '../jobs/dialogs/fields.tsx';
import type { GivenImages } from '../jobs/dialogs/images-field.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import styles from './remove-dialog.module.css';

interface RemoveProps {
  readonly images: GivenImages;
  readonly onClose: () => void;
}

export function RemoveDialog({ images: { label, selection }, onClose }: RemoveProps) {
  const host = useHost();
  const { reviewer, notify } = useReview();
  const found = useAnswer('archive.removal', { images: selection });
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    setError(null);
    await host.call('archive.remove', { images: selection, actor: reviewer }).then(({ images, entry }) => {
      notify(`${countOf(images)} removed; entry ${entry} of the audit log`, 'success');
      onClose();
    }, setError);
    setBusy(false);
  };
  const runs = found.data?.runs ?? [];
  return (
    <FormDialog
      title="Remove from the catalog"
      action="Remove"
      intent="danger"
      busy={busy}
      disabled={found.data === undefined || found.data.images === 0 || runs.length > 0 || reviewer === ''}
      onSubmit={remove}
      onClose={onClose}
    >
      <p className={styles.what}>{label}</p>
      <p>The image files stay where they are. With the images go from this catalog, for good:</p>
      {found.data === undefined ? (
        <p role="status">counting</p>
      ) : (
        <dl className={styles.counts} aria-label="What is removed">
          {linesOf(found.data).map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{count}</dd>
            </div>
          ))}
        </dl>
      )}
      <Note>
        The audit log keeps that they were removed, by whom, and their numbers. An import of the same folder leaves them
        out unless it is told otherwise.
      </Note>
      {runs.length === 0 ? null : (
        <Note warning>Jobs need some of these images: finish or cancel {runs.join(', ')} first.</Note>
      )}
      {reviewer === '' ? <Note warning>Enter your name at the top right first: removals are audited.</Note> : null}
      <ProblemNote error={error ?? found.error} />
    </FormDialog>
  );
}

function linesOf(found: {
  readonly images: number;
  readonly files: number;
  readonly verdicts: { readonly keep: number; readonly reject: number; readonly unsure: number };
  readonly annotations: number;
  readonly tags: number;
  readonly scores: number;
  readonly masks: number;
  readonly cohorts: readonly { readonly name: string; readonly images: number }[];
}): readonly (readonly [name: string, count: string])[] {
  const { verdicts, cohorts } = found;
  const count = (value: number) => value.toLocaleString('en');
  const decided = verdicts.keep + verdicts.reject + verdicts.unsure;
  const kinds = `${verdicts.keep} keep, ${verdicts.reject} reject, ${verdicts.unsure} unsure`;
  return [
    ['Images', count(found.images)],
    ['Verdicts', decided === 0 ? '0' : `${count(decided)} (${kinds})`],
    ['Annotations', count(found.annotations)],
    ['Tags', count(found.tags)],
    ['Masks', count(found.masks)],
    ['Scores', count(found.scores)],
    ['Members of cohorts', cohorts.map(({ name, images }) => `${count(images)} of ${name}`).join(', ') || '0'],
  ];
}

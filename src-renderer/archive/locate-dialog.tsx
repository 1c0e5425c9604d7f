// Locate a folder: where it was, where it is now; its images are found again by content.
import { useState } from 'react';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { ChoiceField, Note } from '../jobs/dialogs/fields.tsx';
import { PathField } from '../jobs/dialogs/path-field.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';

interface LocateProps {
  /** The source that was moved, where the caller knows it. */
  readonly source: string | undefined;
  readonly onClose: () => void;
}

export function LocateDialog({ source, onClose }: LocateProps) {
  const host = useHost();
  const { reviewer, notify } = useReview();
  const sources = useAnswer('archive.sources', {}).data?.sources ?? [];
  const missing = sources.filter(({ missing }) => missing > 0);
  const [given, setFrom] = useState(source);
  const [to, setTo] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const from = given ?? missing[0]?.source;
  const locate = async () => {
    if (from === undefined) return;
    setBusy(true);
    setError(null);
    await host.call('archive.relocate', { from, to: to.trim(), actor: reviewer }).then(({ images, missing }) => {
      const rest = missing === 0 ? '' : `; ${missing.toLocaleString('en')} files were not found there`;
      notify(`${countOf(images)} found${rest}`, missing === 0 ? 'success' : 'warning');
      if (images > 0) onClose();
    }, setError);
    setBusy(false);
  };
  return (
    <FormDialog
      title="Locate a moved folder"
      action="Find the images"
      busy={busy}
      disabled={from === undefined || to.trim() === '' || reviewer === ''}
      onSubmit={locate}
      onClose={onClose}
    >
      {from === undefined ? (
        <Note>No file of this catalog is missing.</Note>
      ) : (
        <ChoiceField
          label="Was in"
          choices={missing.map(({ source, missing }) => ({
            label: `${source} (${countOf(missing)} missing)`,
            value: source,
          }))}
          value={from}
          onChange={setFrom}
        />
      )}
      <PathField
        label="Is now in"
        what="folder"
        value={to}
        onChange={setTo}
        help="Images are recognised by the content of their files (SHA-256), and keep their numbers, scores and verdicts. Nothing is imported."
      />
      {reviewer === '' ? <Note warning>Enter your name at the top right first: this is audited.</Note> : null}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

// Dialogs of Over time: the report, and the alert of a score.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import type { Request } from '../../src-preload/contract.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { FieldRow, Note } from '../jobs/dialogs/fields.tsx';
import { NumberField } from '../jobs/dialogs/number-field.tsx';
import { PathField } from '../jobs/dialogs/path-field.tsx';
import { ProblemNote } from '../problem.tsx';
import { useReview } from '../review.tsx';

interface CloseProps {
  readonly onClose: () => void;
}

export function DriftReportDialog({ request, onClose }: CloseProps & { readonly request: Request<'drift.view'> }) {
  const host = useHost();
  const { notify } = useReview();
  const [path, setPath] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const write = () => {
    const file = path.trim();
    host.call('drift.report', { ...request, file }).then(() => {
      notify(`Written: ${file}`, 'success');
      onClose();
    }, setError);
  };
  return (
    <FormDialog
      title={`Report of ${request.score} over time`}
      action="Write"
      disabled={path.trim() === ''}
      onSubmit={write}
      onClose={onClose}
    >
      <PathField
        label="HTML file"
        what="new"
        value={path}
        onChange={setPath}
        help="The control chart, the groups and the alerts. It names scanners and sites as the files do, and no patient or image."
      />
      <ProblemNote error={error} />
    </FormDialog>
  );
}

export function AlertDialog({ score, onClose }: CloseProps & { readonly score: string }) {
  const host = useHost();
  const { reviewer, notify } = useReview();
  const alerts = useAnswer('drift.alerts', {}).data?.alerts;
  const present = alerts?.find((alert) => alert.score === score);
  const [limit, setLimit] = useState<number>();
  const [percent, setPercent] = useState<number>();
  const [error, setError] = useState<Error | null>(null);
  if (alerts === undefined) return null;
  const set = (alert: { readonly limit: number; readonly share: number } | null) =>
    host.call('drift.alert', { score, alert, by: reviewer }).then(() => {
      notify(alert === null ? `No alert on ${score}` : `Alert on ${score} set`, 'success');
      onClose();
    }, setError);
  const [chosenLimit, chosenPercent] = [limit ?? present?.limit ?? 0.95, percent ?? 100 * (present?.share ?? 0.05)];
  return (
    <FormDialog
      title={`Alert on ${score}`}
      action="Set"
      disabled={reviewer === ''}
      onSubmit={() => set({ limit: chosenLimit, share: chosenPercent / 100 })}
      onClose={onClose}
      footer={
        present === undefined ? null : (
          <Button variant="minimal" text="Remove the alert" disabled={reviewer === ''} onClick={() => set(null)} />
        )
      }
    >
      <FieldRow>
        <NumberField
          label="Limit"
          help="an image counts when it is at least as abnormal as this"
          value={chosenLimit}
          min={-1e12}
          max={1e12}
          whole={false}
          onChange={setLimit}
        />
        <NumberField
          label="Percent of the new images"
          help="more than this many raise the alert"
          value={chosenPercent}
          min={0}
          max={100}
          whole={false}
          onChange={setPercent}
        />
      </FieldRow>
      <Note>
        Every run that scores new images checks it when it ends, and says so with the job, in the status line and on the
        command line.
      </Note>
      {reviewer === '' ? <Note warning>Enter your name at the top right first: alerts are audited.</Note> : null}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

// The frame of every job dialog: its fields, the estimated duration, and the button that queues the job.
import { type ReactNode, useRef, useState } from 'react';
import { FormDialog } from '../../form-dialog.tsx';
import { useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { Estimate } from './estimate.tsx';
import type { JobRequest } from './job-request.ts';

/** What every job dialog is given. */
export interface DialogProps {
  readonly onClose: () => void;
  /** A run was queued. */
  readonly onQueued: () => void;
}

interface JobDialogProps extends DialogProps {
  readonly title: string;
  readonly action: string;
  /** Null as long as something is missing. */
  readonly request: JobRequest | null;
  /** Jobs of hours say beforehand how many. */
  readonly long?: boolean;
  readonly children: ReactNode;
}

export function JobDialog({ title, action, request, long = false, children, onClose, onQueued }: JobDialogProps) {
  const host = useHost();
  const [error, setError] = useState<Error | null>(null);
  const busy = useRef(false);
  const start = async () => {
    if (request === null || busy.current) return;
    busy.current = true;
    setError(null);
    await host.call('runs.queue', request).then(() => {
      onQueued();
      onClose();
    }, setError);
    busy.current = false;
  };
  return (
    <FormDialog
      title={title}
      action={action}
      disabled={request === null}
      footer={long ? <Estimate request={request} /> : null}
      onSubmit={start}
      onClose={onClose}
    >
      {children}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

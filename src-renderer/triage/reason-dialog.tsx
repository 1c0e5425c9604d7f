// A decision with its reason, in the reviewer's words.
import { FormGroup, InputGroup, SegmentedControl } from '@blueprintjs/core';
import { useId, useState } from 'react';
import type { Decision } from '../../src-preload/schemas/image.ts';
import { FormDialog } from '../form-dialog.tsx';

interface ReasonDialogProps {
  readonly initial: Decision;
  readonly onDecide: (decision: Decision, reason: string | null) => void;
  readonly onClose: () => void;
}

export function ReasonDialog({ initial, onDecide, onClose }: ReasonDialogProps) {
  const id = useId();
  const [decision, setDecision] = useState(initial);
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title="Decide with a reason"
      action="Decide"
      onSubmit={() => {
        onClose();
        onDecide(decision, reason.trim() === '' ? null : reason.trim());
      }}
      onClose={onClose}
    >
      <FormGroup label="Decision">
        <SegmentedControl
          aria-label="Decision"
          value={decision}
          onValueChange={(value) => setDecision(value as Decision)}
          options={[
            { label: 'Keep', value: 'keep' },
            { label: 'Reject', value: 'reject' },
            { label: 'Unsure', value: 'unsure' },
          ]}
        />
      </FormGroup>
      <FormGroup label="Reason" labelFor={id} helperText="Recorded with the verdict and your name.">
        <InputGroup id={id} autoFocus fill maxLength={1000} value={reason} onValueChange={setReason} />
      </FormGroup>
    </FormDialog>
  );
}

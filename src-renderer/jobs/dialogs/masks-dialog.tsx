// Segmentations: predicted and reference masks, regions for mask scores, or a table of Dice values.
import { useState } from 'react';
import type { MaskRole } from '../../../src-preload/schemas/segmentation.ts';
import { ChoiceField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { PathField } from './path-field.tsx';

const roles: readonly { readonly value: MaskRole; readonly label: string }[] = [
  { value: 'predicted', label: 'predicted: segmentations under test' },
  { value: 'reference', label: 'reference: ground truth' },
  { value: 'region', label: 'region: where mask scores are computed' },
];

export function MasksDialog(props: DialogProps) {
  const [source, setSource] = useState('');
  const [role, setRole] = useState<MaskRole>('predicted');
  const path = source.trim();
  return (
    <JobDialog
      {...props}
      title="Import segmentation masks"
      action="Import masks"
      request={path === '' ? null : { kind: 'masks', parameters: { source: path, role } }}
    >
      <ChoiceField label="Role of the masks" choices={roles} value={role} onChange={setRole} />
      <PathField
        label="Folder, zip or file of masks"
        what="folder"
        value={source}
        onChange={setSource}
        help="Each mask has the name and size of its image (suffixes such as _mask and _seg are ignored). Dice is computed where there are both a prediction and a reference."
      />
    </JobDialog>
  );
}

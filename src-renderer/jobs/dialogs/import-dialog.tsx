// Import: folders, zips and files into the catalog; nothing is copied or changed.
import { useState } from 'react';
import { FieldRow, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { PathField } from './path-field.tsx';

export function ImportDialog(props: DialogProps) {
  const [source, setSource] = useState('');
  const [kind, setKind] = useState('');
  const [cohort, setCohort] = useState('');
  const path = source.trim();
  const parameters = { sources: [path], kind: kind.trim() || null, cohort: cohort.trim() || null };
  return (
    <JobDialog
      {...props}
      title="Import images"
      action="Import"
      request={path === '' ? null : { kind: 'import', parameters }}
    >
      <PathField
        label="Folder, zip or file"
        what="folder"
        value={source}
        onChange={setSource}
        help="PNG, JPEG, TIFF, DICOM, NIfTI, NumPy. Images stay where they are; importing again reads only new files."
      />
      <FieldRow>
        <TextField label="Kind" value={kind} onChange={setKind} placeholder="name of each image's folder" />
        <TextField label="Add to cohort" value={cohort} onChange={setCohort} placeholder="none" />
      </FieldRow>
    </JobDialog>
  );
}

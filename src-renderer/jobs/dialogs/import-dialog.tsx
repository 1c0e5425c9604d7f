// Import: folders, archives and files into the catalog; nothing is copied or changed.
import { useState } from 'react';
import { FieldRow, FlagField, MoreOptions, Note, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { PathField } from './path-field.tsx';

interface ImportProps extends DialogProps {
  /** What to import, where that is known: it was dropped on the window. */
  readonly paths: readonly string[];
}

export function ImportDialog({ paths, ...props }: ImportProps) {
  const [source, setSource] = useState(paths[0] ?? '');
  const [kind, setKind] = useState('');
  const [cohort, setCohort] = useState('');
  const [removed, setRemoved] = useState(false);
  const path = source.trim();
  const others = paths.slice(1);
  const parameters = {
    sources: [path, ...others],
    ...{ kind: kind.trim() || null, cohort: cohort.trim() || null, removed },
  };
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
        help="PNG, JPEG, TIFF, DICOM, NIfTI, NumPy, also in zip and tar archives. Images stay where they are; importing again reads only new files."
      />
      {others.length === 0 ? null : <Note>and {others.join(', ')}</Note>}
      <FieldRow>
        <TextField label="Kind" value={kind} onChange={setKind} placeholder="name of each image's folder" />
        <TextField label="Add to cohort" value={cohort} onChange={setCohort} placeholder="none" />
      </FieldRow>
      <MoreOptions>
        <FlagField label="Take in again what was removed from this catalog" value={removed} onChange={setRemoved} />
      </MoreOptions>
    </JobDialog>
  );
}

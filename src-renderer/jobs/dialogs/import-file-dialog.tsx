// What is imported from one file at once, not as a job: a network, scores of another program, or a table of Dice values.
import { type ReactNode, useState } from 'react';
import { FormDialog } from '../../form-dialog.tsx';
import { useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { useReview } from '../../review.tsx';
import { ChoiceField, FieldRow, Note, TextField } from './fields.tsx';
import { PathField } from './path-field.tsx';

interface CloseProps {
  readonly onClose: () => void;
}

/** A network file: ours, a published pickle, a PyTorch or safetensors file. No code in it is ever executed. */
export function NetworkDialog({ onClose, given = '' }: CloseProps & { readonly given?: string | undefined }) {
  const host = useHost();
  const [file, setFile] = useState(given);
  const [name, setName] = useState('');
  const importFile = async () => {
    const given = name.trim();
    const model = await host.call('models.import', { file: file.trim(), ...(given === '' ? {} : { name: given }) });
    return `${model.name}: a network of ${model.resolution} × ${model.resolution} pixels`;
  };
  return (
    <ImportFileDialog title="Import a network" file={file} importFile={importFile} onClose={onClose}>
      <PathField
        label="Network file"
        what="file"
        value={file}
        onChange={setFile}
        help="A snapshot from a training, or a published StyleGAN2 network (.pkl, .pt, .safetensors). It is copied into the catalog's folder; no code in it is executed."
      />
      <TextField label="Name" value={name} onChange={setName} placeholder="the file's name" />
    </ImportFileDialog>
  );
}

const ends = [
  { value: 'high', label: 'high values' },
  { value: 'low', label: 'low values' },
] as const;

/** A table of scores that another program computed. */
export function ImportScoresDialog({ onClose }: CloseProps) {
  const host = useHost();
  const { reviewer } = useReview();
  const [file, setFile] = useState('');
  const [name, setName] = useState('');
  const [abnormal, setAbnormal] = useState<'high' | 'low'>('high');
  const importFile = async () => {
    const request = { file: file.trim(), name: name.trim(), abnormal, reviewer };
    const { images, unmatched } = await host.call('scores.import', request);
    const rows = unmatched.length === 1 ? 'row fits' : 'rows fit';
    const rest =
      unmatched.length === 0 ? '' : `; ${unmatched.length} ${rows} no image, the first is row ${unmatched[0]}`;
    return `Imported ${name.trim()} of ${images} images${rest}`;
  };
  return (
    <ImportFileDialog
      title="Import scores of another program"
      file={name.trim() === '' || reviewer === '' ? '' : file}
      importFile={importFile}
      onClose={onClose}
    >
      <PathField
        label="Table"
        what="file"
        value={file}
        onChange={setFile}
        help="CSV, Parquet or COCO (.json). Images are found by a column sha256, path, file, file_name, image or name."
      />
      <FieldRow>
        <TextField label="Name of the score" value={name} onChange={setName} />
        <ChoiceField label="Abnormal" choices={ends} value={abnormal} onChange={setAbnormal} />
      </FieldRow>
      {reviewer === '' ? <Note warning>Enter your name at the top right first: imports are audited.</Note> : null}
    </ImportFileDialog>
  );
}

/** A CSV of Dice values. */
export function DiceDialog({ onClose }: CloseProps) {
  const host = useHost();
  const [file, setFile] = useState('');
  const importFile = async () => {
    const { images, scans } = await host.call('segmentation.dice', { file: file.trim() });
    return `Imported Dice values of ${scans} scans and ${images} images`;
  };
  return (
    <ImportFileDialog title="Import Dice values" file={file} importFile={importFile} onClose={onClose}>
      <PathField
        label="CSV file"
        what="file"
        value={file}
        onChange={setFile}
        help="Columns: name (of an image, a volume, or a slice such as scan.nii.gz #3), structure (may be empty), dice (0 to 1)."
      />
    </ImportFileDialog>
  );
}

interface ImportFileProps extends CloseProps {
  readonly title: string;
  readonly file: string;
  /** Returns what was imported, in words. */
  readonly importFile: () => Promise<string>;
  readonly children: ReactNode;
}

function ImportFileDialog({ title, file, importFile, children, onClose }: ImportFileProps) {
  const { notify } = useReview();
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setError(null);
    await importFile().then((words) => {
      notify(words, 'success');
      onClose();
    }, setError);
    setBusy(false);
  };
  return (
    <FormDialog
      title={title}
      action="Import"
      busy={busy}
      disabled={file.trim() === ''}
      onSubmit={start}
      onClose={onClose}
    >
      {children}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

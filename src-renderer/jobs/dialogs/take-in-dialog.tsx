// What is taken in from one file at once, not as a job: a network, or a table of Dice values.
import { type ReactNode, useState } from 'react';
import { FormDialog } from '../../form-dialog.tsx';
import { useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { useReview } from '../../review.tsx';
import { TextField } from './fields.tsx';
import { PathField } from './path-field.tsx';

interface CloseProps {
  readonly onClose: () => void;
}

/** A network file: ours, a published pickle, a PyTorch or safetensors file. Nothing in it is ever run. */
export function NetworkDialog({ onClose }: CloseProps) {
  const host = useHost();
  const [file, setFile] = useState('');
  const [name, setName] = useState('');
  const takeIn = async () => {
    const given = name.trim();
    const model = await host.call('models.import', { file: file.trim(), ...(given === '' ? {} : { name: given }) });
    return `${model.name}: a network of ${model.resolution} × ${model.resolution} pixels`;
  };
  return (
    <TakeInDialog title="Import a network" file={file} takeIn={takeIn} onClose={onClose}>
      <PathField
        label="Network file"
        what="file"
        value={file}
        onChange={setFile}
        help="A snapshot of a training, or a published StyleGAN2 network (.pkl, .pt, .safetensors). It is copied beside the catalog; nothing in it is run."
      />
      <TextField label="Name" value={name} onChange={setName} placeholder="that of the file" />
    </TakeInDialog>
  );
}

/** A CSV of Dice values. */
export function DiceDialog({ onClose }: CloseProps) {
  const host = useHost();
  const [file, setFile] = useState('');
  const takeIn = async () => {
    const { images, scans } = await host.call('segmentation.dice', { file: file.trim() });
    return `Dice of ${scans} scans and ${images} images taken over`;
  };
  return (
    <TakeInDialog title="Import Dice values" file={file} takeIn={takeIn} onClose={onClose}>
      <PathField
        label="CSV file"
        what="file"
        value={file}
        onChange={setFile}
        help="Columns: name (of an image, a volume, or a slice such as scan.nii.gz #3), structure (may be empty), dice (0 to 1)."
      />
    </TakeInDialog>
  );
}

interface TakeInProps extends CloseProps {
  readonly title: string;
  readonly file: string;
  /** What became of it, in words. */
  readonly takeIn: () => Promise<string>;
  readonly children: ReactNode;
}

function TakeInDialog({ title, file, takeIn, children, onClose }: TakeInProps) {
  const { notify } = useReview();
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setError(null);
    await takeIn().then((words) => {
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

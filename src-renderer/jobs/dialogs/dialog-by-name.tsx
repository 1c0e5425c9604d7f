// The table of all job dialogs: the one with a name.
import type { ReactNode } from 'react';
import type { DialogName, OpenDialog } from '../use-job-dialogs.ts';
import { CombinationDialog } from './combination-dialog.tsx';
import { EvaluateDialog } from './evaluate-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import type { GivenImages } from './images-field.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { DiceDialog, ImportScoresDialog, NetworkDialog } from './import-file-dialog.tsx';
import type { DialogProps } from './job-dialog.tsx';
import { LearnDialog } from './learn-dialog.tsx';
import { MasksDialog } from './masks-dialog.tsx';
import { PacsDialog } from './pacs-dialog.tsx';
import { ProjectDialog } from './project-dialog.tsx';
import { ScoreDialog } from './score-dialog.tsx';
import { ScoresDialog } from './scores-dialog.tsx';
import { TrainDialog } from './train-dialog.tsx';
import { TrainEncoderDialog } from './train-encoder-dialog.tsx';
import { TrainLocaliserDialog } from './train-localiser-dialog.tsx';
import { TypicalityDialog } from './typicality-dialog.tsx';

interface AnyDialogProps extends DialogProps {
  readonly open: OpenDialog;
  readonly images: GivenImages | undefined;
}

const dialogs: { readonly [N in DialogName]: (props: AnyDialogProps) => ReactNode } = {
  import: ({ open: _open, images: _images, ...props }) => <ImportDialog {...props} />,
  pacs: ({ open: _open, images: _images, ...props }) => <PacsDialog {...props} />,
  network: ({ onClose }) => <NetworkDialog onClose={onClose} />,
  train: ({ open: _open, images: _images, ...props }) => <TrainDialog {...props} />,
  'train-encoder': ({ open, images: _images, ...props }) => (
    <TrainEncoderDialog {...props} onNetwork={() => open('network')} />
  ),
  'train-localiser': ({ open: _open, images: _images, ...props }) => <TrainLocaliserDialog {...props} />,
  project: ({ open, images: _images, ...props }) => <ProjectDialog {...props} onNetwork={() => open('network')} />,
  score: ({ open: _open, images: _images, ...props }) => <ScoreDialog {...props} />,
  scores: ({ open: _open, images: _images, ...props }) => <ScoresDialog {...props} />,
  'import-scores': ({ onClose }) => <ImportScoresDialog onClose={onClose} />,
  typicality: ({ open, images: _images, ...props }) => (
    <TypicalityDialog {...props} onNetwork={() => open('network')} />
  ),
  combination: ({ open: _open, images: _images, ...props }) => <CombinationDialog {...props} />,
  learn: ({ open: _open, images: _images, ...props }) => <LearnDialog {...props} />,
  evaluate: ({ onClose }) => <EvaluateDialog onClose={onClose} />,
  export: ({ open: _open, ...props }) => <ExportDialog {...props} />,
  masks: ({ open: _open, images: _images, ...props }) => <MasksDialog {...props} />,
  dice: ({ onClose }) => <DiceDialog onClose={onClose} />,
};

export function DialogByName({ name, ...props }: AnyDialogProps & { readonly name: DialogName }) {
  const Shown = dialogs[name];
  return <Shown {...props} />;
}

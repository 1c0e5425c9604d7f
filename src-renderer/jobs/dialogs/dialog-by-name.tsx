// The table of all job dialogs: the one with a name.
import type { ReactNode } from 'react';
import { LocateDialog } from '../../archive/locate-dialog.tsx';
import { RemoveDialog } from '../../archive/remove-dialog.tsx';
import { SourcesDialog } from '../../archive/sources-dialog.tsx';
import { SplitDialog } from '../../duplicates/split-dialog.tsx';
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
import { RankFolderDialog } from './rank-folder-dialog.tsx';
import { ScoreDialog } from './score-dialog.tsx';
import { ScoresDialog } from './scores-dialog.tsx';
import { TrainDialog } from './train-dialog.tsx';
import { TrainEncoderDialog } from './train-encoder-dialog.tsx';
import { TrainLocaliserDialog } from './train-localiser-dialog.tsx';
import { TypicalityDialog } from './typicality-dialog.tsx';

interface AnyDialogProps extends DialogProps {
  readonly open: OpenDialog;
  readonly images: GivenImages | undefined;
  readonly paths: readonly string[];
  /** Images were ranked: Triage shows them. */
  readonly onRanked: () => void;
}

/** What every dialog of a job takes. */
const job = ({ onClose, onQueued }: AnyDialogProps): DialogProps => ({ onClose, onQueued });

const dialogs: { readonly [N in DialogName]: (props: AnyDialogProps) => ReactNode } = {
  'rank-folder': ({ onClose, onRanked }) => <RankFolderDialog onClose={onClose} onRanked={onRanked} />,
  import: (props) => <ImportDialog {...job(props)} paths={props.paths} />,
  pacs: (props) => <PacsDialog {...job(props)} />,
  network: ({ onClose, paths }) => <NetworkDialog onClose={onClose} given={paths[0]} />,
  train: (props) => <TrainDialog {...job(props)} />,
  'train-encoder': (props) => <TrainEncoderDialog {...job(props)} onNetwork={() => props.open('network')} />,
  'train-localiser': (props) => <TrainLocaliserDialog {...job(props)} />,
  project: (props) => <ProjectDialog {...job(props)} onNetwork={() => props.open('network')} />,
  score: (props) => <ScoreDialog {...job(props)} />,
  scores: (props) => <ScoresDialog {...job(props)} />,
  'import-scores': ({ onClose }) => <ImportScoresDialog onClose={onClose} />,
  typicality: (props) => <TypicalityDialog {...job(props)} onNetwork={() => props.open('network')} />,
  combination: (props) => <CombinationDialog {...job(props)} />,
  learn: (props) => <LearnDialog {...job(props)} />,
  evaluate: ({ onClose }) => <EvaluateDialog onClose={onClose} />,
  export: (props) => <ExportDialog {...job(props)} images={props.images} />,
  masks: (props) => <MasksDialog {...job(props)} />,
  dice: ({ onClose }) => <DiceDialog onClose={onClose} />,
  sources: ({ onClose, onQueued, open }) => <SourcesDialog onClose={onClose} onQueued={onQueued} open={open} />,
  locate: ({ onClose, paths }) => <LocateDialog onClose={onClose} source={paths[0]} />,
  split: ({ onClose, images }) => <SplitDialog onClose={onClose} images={images} />,
  remove: ({ onClose, images }) => (images === undefined ? null : <RemoveDialog onClose={onClose} images={images} />),
};

export function DialogByName({ name, ...props }: AnyDialogProps & { readonly name: DialogName }) {
  const Shown = dialogs[name];
  return <Shown {...props} />;
}

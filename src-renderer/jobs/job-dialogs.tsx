// Every dialog that starts work, opened by name from anywhere in the window.
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { CombinationDialog } from './dialogs/combination-dialog.tsx';
import { EvaluateDialog } from './dialogs/evaluate-dialog.tsx';
import { ExportDialog } from './dialogs/export-dialog.tsx';
import type { GivenImages } from './dialogs/images-field.tsx';
import { ImportDialog } from './dialogs/import-dialog.tsx';
import type { DialogProps } from './dialogs/job-dialog.tsx';
import { MasksDialog } from './dialogs/masks-dialog.tsx';
import { ProjectDialog } from './dialogs/project-dialog.tsx';
import { ScoreDialog } from './dialogs/score-dialog.tsx';
import { DiceDialog, NetworkDialog } from './dialogs/take-in-dialog.tsx';
import { TrainDialog } from './dialogs/train-dialog.tsx';
import { TypicalityDialog } from './dialogs/typicality-dialog.tsx';

export type DialogName =
  | 'import'
  | 'network'
  | 'train'
  | 'project'
  | 'score'
  | 'typicality'
  | 'combination'
  | 'evaluate'
  | 'export'
  | 'masks'
  | 'dice';
/** `images`: what the job is about, where somebody has chosen it elsewhere. */
type OpenDialog = (name: DialogName, images?: GivenImages) => void;

const DialogContext = createContext<OpenDialog | null>(null);

/** Opens a dialog; the one that is open is closed. */
export function useJobDialogs(): OpenDialog {
  const open = useContext(DialogContext);
  if (open === null) throw new Error('there are no dialogs around this component');
  return open;
}

const dialogs: {
  readonly [N in DialogName]: (
    props: DialogProps & { readonly open: OpenDialog; readonly images: GivenImages | undefined },
  ) => ReactNode;
} = {
  import: ({ open: _open, images: _images, ...props }) => <ImportDialog {...props} />,
  network: ({ onClose }) => <NetworkDialog onClose={onClose} />,
  train: ({ open: _open, images: _images, ...props }) => <TrainDialog {...props} />,
  project: ({ open, images: _images, ...props }) => <ProjectDialog {...props} onNetwork={() => open('network')} />,
  score: ({ open: _open, images: _images, ...props }) => <ScoreDialog {...props} />,
  typicality: ({ open, images: _images, ...props }) => (
    <TypicalityDialog {...props} onNetwork={() => open('network')} />
  ),
  combination: ({ open: _open, images: _images, ...props }) => <CombinationDialog {...props} />,
  evaluate: ({ onClose }) => <EvaluateDialog onClose={onClose} />,
  export: ({ open: _open, ...props }) => <ExportDialog {...props} />,
  masks: ({ open: _open, images: _images, ...props }) => <MasksDialog {...props} />,
  dice: ({ onClose }) => <DiceDialog onClose={onClose} />,
};

interface ProviderProps {
  /** A run was queued from a dialog. */
  readonly onQueued: () => void;
  readonly children: ReactNode;
}

export function JobDialogProvider({ onQueued, children }: ProviderProps) {
  const [shown, show] = useState<{ readonly name: DialogName; readonly images: GivenImages | undefined } | null>(null);
  const open = useCallback<OpenDialog>((name, images) => show({ name, images }), []);
  const Shown = shown === null ? null : dialogs[shown.name];
  return (
    <DialogContext value={open}>
      {children}
      {shown === null || Shown === null ? null : (
        <Shown onClose={() => show(null)} onQueued={onQueued} open={open} images={shown.images} />
      )}
    </DialogContext>
  );
}

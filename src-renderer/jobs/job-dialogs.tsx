// Every dialog that starts work, opened by name from anywhere in the window.
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { EvaluateDialog } from './dialogs/evaluate-dialog.tsx';
import { ExportDialog } from './dialogs/export-dialog.tsx';
import { ImportDialog } from './dialogs/import-dialog.tsx';
import type { DialogProps } from './dialogs/job-dialog.tsx';
import { MasksDialog } from './dialogs/masks-dialog.tsx';
import { ProjectDialog } from './dialogs/project-dialog.tsx';
import { ScoreDialog } from './dialogs/score-dialog.tsx';
import { DiceDialog, NetworkDialog } from './dialogs/take-in-dialog.tsx';
import { TrainDialog } from './dialogs/train-dialog.tsx';

export type DialogName =
  | 'import'
  | 'network'
  | 'train'
  | 'project'
  | 'score'
  | 'evaluate'
  | 'export'
  | 'masks'
  | 'dice';
type OpenDialog = (name: DialogName) => void;

const DialogContext = createContext<OpenDialog | null>(null);

/** Opens a dialog; the one that is open is closed. */
export function useJobDialogs(): OpenDialog {
  const open = useContext(DialogContext);
  if (open === null) throw new Error('there are no dialogs around this component');
  return open;
}

const dialogs: { readonly [N in DialogName]: (props: DialogProps & { readonly open: OpenDialog }) => ReactNode } = {
  import: ({ open: _open, ...props }) => <ImportDialog {...props} />,
  network: ({ onClose }) => <NetworkDialog onClose={onClose} />,
  train: ({ open: _open, ...props }) => <TrainDialog {...props} />,
  project: ({ open, ...props }) => <ProjectDialog {...props} onNetwork={() => open('network')} />,
  score: ({ open: _open, ...props }) => <ScoreDialog {...props} />,
  evaluate: ({ onClose }) => <EvaluateDialog onClose={onClose} />,
  export: ({ open: _open, ...props }) => <ExportDialog {...props} />,
  masks: ({ open: _open, ...props }) => <MasksDialog {...props} />,
  dice: ({ onClose }) => <DiceDialog onClose={onClose} />,
};

interface ProviderProps {
  /** A run was queued from a dialog. */
  readonly onQueued: () => void;
  readonly children: ReactNode;
}

export function JobDialogProvider({ onQueued, children }: ProviderProps) {
  const [name, open] = useState<DialogName | null>(null);
  const Shown = name === null ? null : dialogs[name];
  return (
    <DialogContext value={useMemo(() => open, [])}>
      {children}
      {Shown === null ? null : <Shown onClose={() => open(null)} onQueued={onQueued} open={open} />}
    </DialogContext>
  );
}

// Every dialog that starts work, opened by name from anywhere in the window.
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { DialogByName, Later } from '../later.tsx';
import type { GivenImages } from './dialogs/images-field.tsx';

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
export type OpenDialog = (name: DialogName, images?: GivenImages) => void;

const DialogContext = createContext<OpenDialog | null>(null);

/** Opens a dialog; the one that is open is closed. */
export function useJobDialogs(): OpenDialog {
  const open = useContext(DialogContext);
  if (open === null) throw new Error('there are no dialogs around this component');
  return open;
}

interface ProviderProps {
  /** A run was queued from a dialog. */
  readonly onQueued: () => void;
  readonly children: ReactNode;
}

export function JobDialogProvider({ onQueued, children }: ProviderProps) {
  const [shown, show] = useState<{ readonly name: DialogName; readonly images: GivenImages | undefined } | null>(null);
  const open = useCallback<OpenDialog>((name, images) => show({ name, images }), []);
  return (
    <DialogContext value={open}>
      {children}
      {shown === null ? null : (
        <Later>
          <DialogByName {...shown} onClose={() => show(null)} onQueued={onQueued} open={open} />
        </Later>
      )}
    </DialogContext>
  );
}

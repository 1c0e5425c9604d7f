// Shows the dialog that was opened, around everything that can open one.
import { type ReactNode, useCallback, useState } from 'react';
import { DialogByName, Later } from '../later.tsx';
import type { GivenImages } from './dialogs/images-field.tsx';
import { DialogContext, type DialogName, type OpenDialog } from './use-job-dialogs.ts';

interface ProviderProps {
  /** A run was queued from a dialog. */
  readonly onQueued: () => void;
  /** Images were ranked from a dialog. */
  readonly onRanked: () => void;
  readonly children: ReactNode;
}

export function JobDialogProvider({ onQueued, onRanked, children }: ProviderProps) {
  const [shown, show] = useState<{ readonly name: DialogName; readonly images: GivenImages | undefined } | null>(null);
  const open = useCallback<OpenDialog>((name, images) => show({ name, images }), []);
  return (
    <DialogContext value={open}>
      {children}
      {shown === null ? null : (
        <Later>
          <DialogByName {...shown} onClose={() => show(null)} onQueued={onQueued} onRanked={onRanked} open={open} />
        </Later>
      )}
    </DialogContext>
  );
}

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

interface Shown {
  readonly name: DialogName;
  readonly images: GivenImages | undefined;
  readonly paths: readonly string[];
}

export function JobDialogProvider({ onQueued, onRanked, children }: ProviderProps) {
  const [shown, show] = useState<Shown | null>(null);
  const open = useCallback<OpenDialog>((name, images, paths = []) => show({ name, images, paths }), []);
  return (
    <DialogContext value={open}>
      {children}
      {shown === null ? null : (
        <Later>
          <DialogByName
            key={shown.name}
            {...shown}
            onClose={() => show(null)}
            onQueued={onQueued}
            onRanked={onRanked}
            open={open}
          />
        </Later>
      )}
    </DialogContext>
  );
}

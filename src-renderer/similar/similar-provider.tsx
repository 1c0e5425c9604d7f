// Shows the images that are like one, around everything that can ask for them; S asks in every view.
import { useHotkeys } from '@blueprintjs/core';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { Later, SimilarDialog } from '../later.tsx';
import { useTriage } from '../triage/triage-state.tsx';
import { SimilarContext } from './use-similar.ts';

interface ProviderProps {
  /** The image that the view shows, where it is not the focused one of the list. */
  readonly current: number | undefined;
  readonly onInspect: (image: number) => void;
  readonly onTriage: () => void;
  readonly onMap: () => void;
  readonly children: ReactNode;
}

export function SimilarProvider({ current, onInspect, onTriage, onMap, children }: ProviderProps) {
  const { ids, selection } = useTriage();
  const [image, setImage] = useState<number | null>(null);
  const now = useRef<number | undefined>(undefined);
  now.current = current ?? ids?.[selection.focus];
  const keys = useMemo(
    () => [
      {
        combo: 's',
        global: true,
        preventDefault: true,
        label: 'Similar images',
        onKeyDown: () => {
          if (now.current !== undefined) setImage(now.current);
        },
      },
    ],
    [],
  );
  useHotkeys(keys);
  const leave = (go: () => void) => () => {
    setImage(null);
    go();
  };
  return (
    <SimilarContext value={setImage}>
      {children}
      {image === null ? null : (
        <Later>
          <SimilarDialog
            image={image}
            onInspect={onInspect}
            onTriage={onTriage}
            onMap={leave(onMap)}
            onClose={() => setImage(null)}
          />
        </Later>
      )}
    </SimilarContext>
  );
}

// Keys of the inspection: from image to image, invert, whole picture, flip, opacity.
import { useHotkeys } from '@blueprintjs/core';
import { useMemo, useRef } from 'react';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { type Sight, wholePicture } from './pane.tsx';
import type { Viewer } from './viewer-tools.tsx';

interface Inspection {
  readonly viewer: Viewer;
  readonly setViewer: (viewer: Viewer) => void;
  readonly setSight: (sight: Sight) => void;
  readonly setFlipped: (flipped: boolean) => void;
  readonly onTriage: () => void;
}

export function useInspectKeys(inspection: Inspection): void {
  const triage = useTriage();
  const now = useRef({ triage, inspection });
  now.current = { triage, inspection };
  const combos = useMemo(() => {
    const go = (step: number) => () => {
      const { ids, selection, select } = now.current.triage;
      if (ids !== undefined) select(choose(selection, ids, selection.focus + step, { toggle: false, range: false }));
    };
    const change = (how: (viewer: Viewer) => Partial<Viewer>) => () => {
      const { viewer, setViewer } = now.current.inspection;
      setViewer({ ...viewer, ...how(viewer) });
    };
    const opacity = (step: number) =>
      change((viewer) => ({ opacity: Math.max(0, Math.min(1, viewer.opacity + step)) }));
    const common = { global: true, group: 'Inspect', preventDefault: true } as const;
    return [
      { ...common, combo: 'right', label: 'Next image', onKeyDown: go(1) },
      { ...common, combo: 'left', label: 'Image before', onKeyDown: go(-1) },
      { ...common, combo: 'i', label: 'Invert grey', onKeyDown: change(({ invert }) => ({ invert: !invert })) },
      { ...common, combo: '0', label: 'Window of the file', onKeyDown: change(() => ({ window: null })) },
      {
        ...common,
        combo: 'f',
        label: 'Hold: flip original and reconstruction in place',
        onKeyDown: () => now.current.inspection.setFlipped(true),
        onKeyUp: () => now.current.inspection.setFlipped(false),
      },
      { ...common, combo: 'w', label: 'Whole picture', onKeyDown: () => now.current.inspection.setSight(wholePicture) },
      { ...common, combo: '[', label: 'Heat map fainter', onKeyDown: opacity(-0.1) },
      { ...common, combo: ']', label: 'Heat map stronger', onKeyDown: opacity(0.1) },
      { ...common, combo: 'esc', label: 'Back to triage', onKeyDown: () => now.current.inspection.onTriage() },
    ];
  }, []);
  useHotkeys(combos);
}

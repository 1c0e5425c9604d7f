// Keys of the inspection: from image to image, through the slices, window, flip, marks, heat map.
import { useHotkeys } from '@blueprintjs/core';
import { useMemo, useRef } from 'react';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import type { Tool } from './measure.ts';
import { type Sight, wholePicture } from './sight.ts';
import { enlarged, type Viewer } from './viewer.ts';
import { computedTomographyWindows, type GreyWindow } from './window-level.ts';

interface Inspection {
  readonly viewer: Viewer;
  readonly setViewer: (viewer: Viewer) => void;
  /** The image is in Hounsfield units, so that CT windows apply. */
  readonly inHounsfield: boolean;
  readonly onWindow: (window: GreyWindow | null) => void;
  readonly setSight: (sight: Sight) => void;
  readonly setFlipped: (flipped: boolean) => void;
  readonly onScroll: ((step: 1 | -1) => void) | undefined;
  /** Turns a tool on, or off where it is on. */
  readonly onTool: (tool: Tool) => void;
  readonly onTriage: () => void;
  readonly onCompare: () => void;
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
    const preset = (index: number) => () => {
      const { name: _name, ...window } = computedTomographyWindows[index]!;
      if (now.current.inspection.inHounsfield) now.current.inspection.onWindow(window);
    };
    const common = { global: true, group: 'Inspect', preventDefault: true } as const;
    return [
      { ...common, combo: 'right', label: 'Next image', onKeyDown: go(1) },
      { ...common, combo: 'left', label: 'Previous image', onKeyDown: go(-1) },
      { ...common, combo: 'down', label: 'Next slice', onKeyDown: () => now.current.inspection.onScroll?.(1) },
      { ...common, combo: 'up', label: 'Previous slice', onKeyDown: () => now.current.inspection.onScroll?.(-1) },
      { ...common, combo: 'i', label: 'Invert grey', onKeyDown: change(({ invert }) => ({ invert: !invert })) },
      { ...common, combo: '0', label: "File's window", onKeyDown: () => now.current.inspection.onWindow(null) },
      ...computedTomographyWindows.map(({ name }, index) => ({
        ...common,
        combo: String(index + 1),
        label: `CT window: ${name}`,
        onKeyDown: preset(index),
      })),
      {
        ...common,
        combo: 'f',
        label: 'Hold to show the reconstruction in place of the original',
        onKeyDown: () => now.current.inspection.setFlipped(true),
        onKeyUp: () => now.current.inspection.setFlipped(false),
      },
      {
        ...common,
        combo: 'm',
        label: 'One pane or four',
        onKeyDown: change((viewer) => enlarged(viewer, 'original')),
      },
      { ...common, combo: 'w', label: 'Fit the image', onKeyDown: () => now.current.inspection.setSight(wholePicture) },
      {
        ...common,
        combo: 'h',
        label: 'Show or hide patches and annotations',
        onKeyDown: change(({ marks }) => ({ marks: !marks })),
      },
      {
        ...common,
        combo: 'a',
        label: 'Annotate anomalies by dragging',
        onKeyDown: () => now.current.inspection.onTool('annotate'),
      },
      {
        ...common,
        combo: 'l',
        label: 'Measure lengths by dragging',
        onKeyDown: () => now.current.inspection.onTool('length'),
      },
      {
        ...common,
        combo: 'o',
        label: 'Measure regions by dragging',
        onKeyDown: () => now.current.inspection.onTool('region'),
      },
      { ...common, combo: '[', label: 'Heat map fainter', onKeyDown: opacity(-0.1) },
      { ...common, combo: ']', label: 'Heat map stronger', onKeyDown: opacity(0.1) },
      {
        ...common,
        combo: 'v',
        label: 'Compare with the nearest normals',
        onKeyDown: () => now.current.inspection.onCompare(),
      },
      { ...common, combo: 'esc', label: 'Back to triage', onKeyDown: () => now.current.inspection.onTriage() },
    ];
  }, []);
  useHotkeys(combos);
}

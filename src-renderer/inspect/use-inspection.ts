// The state of the inspection of one image: its display, its annotations, its keys.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useLayout } from '../host/layout.tsx';
import { useTriage } from '../triage/triage-state.tsx';
import { useAnnotate } from './annotation-list.tsx';
import { useInspectKeys } from './inspect-keys.ts';
import { type Measure, markOf, type Tool } from './measure.ts';
import { sharesOf } from './picture.ts';
import { type Box, wholePicture } from './sight.ts';
import { useInspected } from './use-inspected.ts';
import { useMarks } from './use-layers.ts';
import { usePlacing } from './use-placing.ts';
import { initialViewer, type Viewer } from './viewer.ts';
import { type GreyWindow, isInHounsfield, ownWindow } from './window-level.ts';

export interface InspectionProps {
  readonly id: number;
  readonly onSlice: (id: number) => void;
  readonly onTriage: () => void;
  readonly onCompare: () => void;
}

export function useInspection({ id, onSlice, onTriage, onCompare }: InspectionProps) {
  const { score } = useTriage();
  const [viewer, setViewer] = useLayout<Viewer>('viewer', initialViewer);
  const inspected = useInspected(id, score, viewer.map);
  const { source, detail, frame, map, mapped } = inspected;
  const [sight, setSight] = useState(wholePicture);
  const [flipped, setFlipped] = useState(false);
  const [tool, setTool] = useState<Tool | null>(null);
  const { measures, measure, removeMeasure } = useMeasures(id);
  // The release of a key in another window does not arrive here.
  useEffect(() => {
    const unflip = () => setFlipped(false);
    globalThis.addEventListener('blur', unflip);
    return () => globalThis.removeEventListener('blur', unflip);
  }, []);
  const { draw, remove } = useAnnotate(id);
  const row = detail.data?.row;
  const inHounsfield = frame.data !== undefined && isInHounsfield(frame.data, row?.modality ?? null);
  const windowOf = inHounsfield ? 'CT' : (row?.modality ?? '');

  const ownOfFrame = useMemo(() => (frame.data === undefined ? undefined : ownWindow(frame.data)), [frame.data]);
  const selectedWindow = viewer.windows[windowOf];
  const setWindow = useCallback(
    (window: GreyWindow | null) => {
      const { [windowOf]: _before, ...others } = viewer.windows;
      setViewer({ ...viewer, windows: window === null ? others : { ...others, [windowOf]: window } });
    },
    [viewer, setViewer, windowOf],
  );

  const slices = inspected.slices.data?.slices ?? [];
  const onScroll =
    slices.length < 2
      ? undefined
      : (step: 1 | -1) => {
          const next = slices[slices.findIndex((slice) => slice.id === id) + step];
          if (next !== undefined) onSlice(next.id);
        };
  useInspectKeys({
    ...{ viewer, setViewer, inHounsfield, onWindow: setWindow, setSight, setFlipped, onScroll, onTriage, onCompare },
    onTool: (wanted) => setTool(tool === wanted ? null : wanted),
  });

  const patches = useMemo(
    () =>
      source === undefined
        ? []
        : (detail.data?.patches ?? []).filter(
            ({ name }) => name.run === source.run && name.score === mapped.get(source.map),
          ),
    [detail.data, source, mapped],
  );
  /** Brings a box (in shares of the image) into the middle, about half as wide as the pane. */
  const goTo = ({ x, y, width, height }: Box) =>
    setSight({ x: x + width / 2, y: y + height / 2, zoom: Math.max(1, Math.min(8, 0.5 / Math.max(width, height))) });
  const placing = usePlacing({
    id,
    size: frame.isPlaceholderData ? undefined : frame.data,
    annotations: detail.data?.annotations ?? [],
    ...{ sight, setSight },
    onGo: (rectangle) => {
      if (frame.data !== undefined) goTo(sharesOf(rectangle, frame.data));
      if (!viewer.marks) setViewer({ ...viewer, marks: true });
    },
    onBegin: () => setTool('annotate'),
    onKeep: (rectangle) => draw(rectangle, viewer.label),
    onRemove: remove,
  });
  const known = useMarks(inspected, patches, viewer, placing.selected);
  const marks = useMemo(
    () => (measures.length === 0 ? known : [...known, ...measures.map((each, index) => markOf(each, `${index + 1}`))]),
    [known, measures],
  );
  const goToPatch = (rectangle: Box) => {
    if (map.data === undefined || frame.data === undefined) return;
    const square = sharesOf(map.data.placement, frame.data);
    const inSquare = sharesOf(rectangle, { width: map.data.side, height: map.data.side });
    goTo({
      x: square.x + inSquare.x * square.width,
      y: square.y + inSquare.y * square.height,
      width: inSquare.width * square.width,
      height: inSquare.height * square.height,
    });
  };
  return {
    inspected,
    viewer,
    setViewer,
    window: selectedWindow ?? ownOfFrame,
    isOwnWindow: selectedWindow === undefined,
    setWindow,
    inHounsfield,
    sight,
    setSight,
    flipped,
    tool,
    setTool,
    measures,
    measure,
    removeMeasure,
    draw: (rectangle: Box) => draw(rectangle, viewer.label),
    remove,
    slices,
    onScroll,
    patches,
    placing,
    marks,
    goTo,
    goToPatch,
  };
}

/** What was measured on the image that is shown; another image begins without. */
function useMeasures(id: number) {
  const [all, setAll] = useState<{ readonly of: number; readonly measures: readonly Measure[] }>({
    of: id,
    measures: [],
  });
  const measures = all.of === id ? all.measures : none;
  return {
    measures,
    measure: (measure: Measure) => setAll({ of: id, measures: [...measures, measure] }),
    removeMeasure: (measure: Measure) => setAll({ of: id, measures: measures.filter((other) => other !== measure) }),
  };
}
const none: readonly Measure[] = [];

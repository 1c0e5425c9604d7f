// Inspect: one image beside its reconstruction, what the reconstruction misses, and where that is worst.
import { Button } from '@blueprintjs/core';
import { ArrowLeftIcon, ChevronLeftIcon, ChevronRightIcon, SearchIcon } from '@blueprintjs/icons';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { ProblemNote } from '../problem.tsx';
import { scoreLabel } from '../triage/score-names.ts';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { AnnotationList, useAnnotate } from './annotation-list.tsx';
import { Decisions } from './decisions.tsx';
import { ImageFacts } from './image-facts.tsx';
import { useInspectKeys } from './inspect-keys.ts';
import { mappedScores } from './map-source.ts';
import { Panes } from './panes.tsx';
import { PatchStrip } from './patch-strip.tsx';
import { sharesOf } from './picture.ts';
import { type Box, wholePicture } from './sight.ts';
import { SliceStrip } from './slice-strip.tsx';
import { TagEditor } from './tag-editor.tsx';
import { useInspected } from './use-inspected.ts';
import { useMarks } from './use-layers.ts';
import { usePlacing } from './use-placing.ts';
import { initialViewer, type Viewer } from './viewer.ts';
import { ViewerTools } from './viewer-tools.tsx';
import { type GreyWindow, isInHounsfield, ownWindow } from './window-level.ts';

/** An image beside the list: a slice of the scan, or a case from elsewhere. It stays until the list goes on. */
export interface Visit {
  /** The image of the list that it was gone to from. */
  readonly from: number | undefined;
  readonly image: number;
}

interface InspectProps {
  readonly visit: Visit | null;
  readonly onVisit: (visit: Visit) => void;
  readonly onTriage: () => void;
}

export function InspectView({ visit, onVisit, onTriage }: InspectProps) {
  const { ids, selection } = useTriage();
  const focused = ids?.[selection.focus];
  const id = visit !== null && visit.from === focused ? visit.image : focused;
  if (id === undefined) {
    return (
      <EmptyState
        icon={SearchIcon}
        title="No image is chosen"
        action={<Button text="Choose one in Triage" onClick={onTriage} />}
      />
    );
  }
  return <InspectedImage id={id} onSlice={(image) => onVisit({ from: focused, image })} onTriage={onTriage} />;
}

interface InspectedProps {
  readonly id: number;
  readonly onSlice: (id: number) => void;
  readonly onTriage: () => void;
}

function InspectedImage({ id, onSlice, onTriage }: InspectedProps) {
  const { score } = useTriage();
  const [viewer, setViewer] = useLayout<Viewer>('viewer', initialViewer);
  const inspected = useInspected(id, score, viewer.map);
  const { run, source, detail, frame, map, masks } = inspected;
  const [sight, setSight] = useState(wholePicture);
  const [flipped, setFlipped] = useState(false);
  const [draws, setDraws] = useState(false);
  // A key that is let go in another window is not heard here.
  useEffect(() => {
    const unflip = () => setFlipped(false);
    globalThis.addEventListener('blur', unflip);
    return () => globalThis.removeEventListener('blur', unflip);
  }, []);
  const { draw, takeAway } = useAnnotate(id);
  const row = detail.data?.row;
  const inHounsfield = frame.data !== undefined && isInHounsfield(frame.data, row?.modality ?? null);
  const windowOf = inHounsfield ? 'CT' : (row?.modality ?? '');

  const ownOfFrame = useMemo(() => (frame.data === undefined ? undefined : ownWindow(frame.data)), [frame.data]);
  const chosenWindow = viewer.windows[windowOf];
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
    ...{ viewer, setViewer, inHounsfield, onWindow: setWindow, setSight, setFlipped, onScroll, onTriage },
    onDraws: () => setDraws(!draws),
  });

  const patches = useMemo(
    () =>
      source === undefined
        ? []
        : (detail.data?.patches ?? []).filter(
            ({ name }) => name.run === source.run && name.score === mappedScores[source.map],
          ),
    [detail.data, source],
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
    onBegin: () => setDraws(true),
    onKeep: (rectangle) => draw(rectangle, viewer.label),
    onTakeAway: takeAway,
  });
  const marks = useMarks(inspected, patches, viewer, placing.chosen);
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
  return (
    <div className="inspect">
      <div className="tool-bar">
        <Button variant="minimal" icon={<ArrowLeftIcon />} text="Triage" onClick={onTriage} />
        <Walk />
        <span className="image-name" title={row?.name}>
          {row?.name}
        </span>
        <Decisions inspected={inspected} viewer={viewer} setViewer={setViewer} />
      </div>
      <ViewerTools
        viewer={viewer}
        onChange={setViewer}
        window={chosenWindow ?? ownOfFrame}
        isOwnWindow={chosenWindow === undefined}
        onWindow={setWindow}
        presets={frame.data?.windows ?? []}
        inHounsfield={inHounsfield}
        masks={masks.data?.masks ?? []}
        maps={inspected.maps}
        source={source}
        draws={draws}
        onDraws={setDraws}
      />
      <div className="notes">
        <ProblemNote error={frame.error ?? detail.error ?? masks.error} />
        {row === undefined || row.state === 'present' ? null : (
          <p className="file-note" role="status">
            The file is {row.state}: {detail.data?.reason}. It cannot be scored.
          </p>
        )}
        <p className="placing" role="status" aria-label="Annotating by keys">
          {placing.words}
        </p>
      </div>
      <Panes
        inspected={inspected}
        viewer={viewer}
        setViewer={setViewer}
        window={chosenWindow ?? ownOfFrame}
        setWindow={setWindow}
        marks={marks}
        sight={sight}
        setSight={setSight}
        flipped={flipped}
        onScroll={onScroll}
        placed={placing.box}
        onAnnotate={draws ? (rectangle) => draw(rectangle, viewer.label) : undefined}
      />
      <aside className="facts" aria-label="About this image">
        {slices.length > 1 ? (
          <SliceStrip
            id={id}
            slices={slices}
            score={score === undefined ? undefined : scoreLabel(score)}
            onGo={onSlice}
          />
        ) : null}
        <PatchStrip
          patches={patches}
          map={map.data}
          frame={frame.data}
          window={chosenWindow ?? ownOfFrame}
          invert={viewer.invert}
          onGo={goToPatch}
        />
        {detail.data === undefined ? null : (
          <>
            <AnnotationList
              annotations={detail.data.annotations}
              chosen={placing.chosen}
              onGo={(rectangle) => goTo(sharesOf(rectangle, detail.data.row))}
              onTakeAway={takeAway}
            />
            <TagEditor image={id} tags={detail.data.row.tags} />
            <ImageFacts detail={detail.data} run={score?.run ?? run ?? 0} />
          </>
        )}
      </aside>
    </div>
  );
}

/** To the image before and after, and where in the list this one is. */
function Walk() {
  const { ids, selection, select } = useTriage();
  const all = ids?.length ?? 0;
  const go = (step: number) => {
    if (ids !== undefined) select(choose(selection, ids, selection.focus + step, { toggle: false, range: false }));
  };
  return (
    <span className="walk">
      <Button
        variant="minimal"
        icon={<ChevronLeftIcon />}
        aria-label="Image before"
        disabled={selection.focus === 0}
        onClick={() => go(-1)}
      />
      <span className="quiet">
        {(selection.focus + 1).toLocaleString('en')} of {all.toLocaleString('en')}
      </span>
      <Button
        variant="minimal"
        icon={<ChevronRightIcon />}
        aria-label="Next image"
        disabled={selection.focus + 1 >= all}
        onClick={() => go(1)}
      />
    </span>
  );
}

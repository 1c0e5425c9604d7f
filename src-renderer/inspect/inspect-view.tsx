// Inspect: one image beside its reconstruction, what the reconstruction misses, and where that is worst.
import { Button, NonIdealState, Tag } from '@blueprintjs/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLayout } from '../host/layout.tsx';
import { asked, useAnswer, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { useTriage } from '../triage/triage-state.tsx';
import { useVerdictKeys, VerdictButtons } from '../triage/verdict-keys.tsx';
import { ImageFacts } from './image-facts.tsx';
import { useInspectKeys } from './inspect-keys.ts';
import { type Mark, Pane, wholePicture } from './pane.tsx';
import { PatchStrip } from './patch-strip.tsx';
import { bytesLayer, frameLayer, mapLayer, residualLayer } from './picture.ts';
import { SliceStrip } from './slice-strip.tsx';
import { initialViewer, type Viewer, ViewerTools } from './viewer-tools.tsx';
import { dragged, type GreyWindow, ownWindow, valueRange } from './window-level.ts';

export function InspectView({ onTriage }: { readonly onTriage: () => void }) {
  const { ids, selection } = useTriage();
  const [slice, setSlice] = useState<number>();
  const focused = ids?.[selection.focus];
  // A slice that was gone to stays until another image is.
  useEffect(() => {
    if (focused !== undefined) setSlice(undefined);
  }, [focused]);
  const id = slice ?? focused;
  useVerdictKeys();
  if (id === undefined) {
    return (
      <NonIdealState
        icon="search"
        title="No image is chosen"
        action={<Button text="Choose one in Triage" onClick={onTriage} />}
      />
    );
  }
  return <InspectedImage id={id} onSlice={setSlice} onTriage={onTriage} />;
}

interface InspectedProps {
  readonly id: number;
  readonly onSlice: (id: number) => void;
  readonly onTriage: () => void;
}

function InspectedImage({ id, onSlice, onTriage }: InspectedProps) {
  const { score } = useTriage();
  const host = useHost();
  const [viewer, setViewer] = useLayout<Viewer>('viewer', initialViewer);
  const [sight, setSight] = useState(wholePicture);
  const [flipped, setFlipped] = useState(false);
  const [pointer, setPointer] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const distance = score?.score.startsWith('MSE') ? 'MSE' : 'WD';
  const run = score?.run ?? 0;
  useInspectKeys({ viewer, setViewer, setSight, setFlipped, onTriage });
  usePrefetchedNeighbours(run, distance);

  const detail = useAnswer('images.detail', { id });
  // The last picture stays until the next one is there: no flash between images.
  const frame = useQuery({ ...asked(host, 'images.frame', { id }), placeholderData: keepPreviousData });
  const pair = useAnswer('images.reconstruction', { id, run }, run > 0);
  const map = useAnswer('images.map', { id, run, distance }, run > 0);

  const { window, onWindow, ownOfFrame } = useWindow(frame.data, viewer, setViewer);
  const layers = useMemo(
    () => ({
      frame: frame.data === undefined || window === undefined ? [] : [frameLayer(frame.data, window, viewer.invert)],
      original: pair.data === undefined ? [] : [bytesLayer(pair.data.original, viewer.invert)],
      reconstruction: pair.data === undefined ? [] : [bytesLayer(pair.data.reconstruction, viewer.invert)],
      residual:
        pair.data === undefined ? [] : [residualLayer(pair.data.original, pair.data.reconstruction, viewer.colourMap)],
      heat: map.data === undefined ? [] : [mapLayer(map.data, viewer.colourMap, viewer.opacity)],
    }),
    [frame.data, window, pair.data, map.data, viewer.invert, viewer.colourMap, viewer.opacity],
  );
  const patches = useMemo(
    () => (detail.data?.patches ?? []).filter(({ name }) => name.run === run && name.score.startsWith(distance)),
    [detail.data, run, distance],
  );
  const side = pair.data?.original.width ?? 1;
  const marks = useMemo<readonly Mark[]>(
    () => patches.map(({ rank, rectangle: { x, y, width } }) => ({ x, y, size: width, side, label: String(rank) })),
    [patches, side],
  );
  const row = detail.data?.row;
  const common = { sight, onSight: setSight, onPoint: setPointer };
  const noMarks: readonly Mark[] = useMemo(() => [], []);
  const heatLayers = useMemo(() => [...layers.original, ...layers.heat], [layers]);
  const flip = flipped && layers.reconstruction.length > 0;
  return (
    <div className="inspect">
      <div className="tool-bar">
        <Button variant="minimal" icon="arrow-left" text="Triage" onClick={onTriage} />
        <span className="image-name" title={row?.name}>
          {row?.name}
        </span>
        {row?.verdict == null ? null : <Tag className={`verdict-tag ${row.verdict}`}>{row.verdict}</Tag>}
        <VerdictButtons />
        <ViewerTools
          viewer={viewer}
          onChange={setViewer}
          presets={frame.data?.windows ?? []}
          modality={row?.modality ?? null}
        />
      </div>
      <ProblemNote error={frame.error ?? detail.error} />
      {row === undefined || row.state === 'present' ? null : (
        <p className="file-note" role="status">
          The file is {row.state}: {detail.data?.reason}
        </p>
      )}
      <div className="panes">
        <Pane
          title={flip ? 'Reconstruction (flipped)' : 'Original'}
          layers={flip ? layers.reconstruction : layers.frame}
          marks={marks}
          onWindow={onWindow}
          reading={readingOf(frame.data, pointer)}
          {...common}
        />
        <Pane
          title={run > 0 ? 'Reconstruction' : 'Reconstruction: no run yet'}
          layers={layers.reconstruction}
          marks={noMarks}
          reading={pair.error?.message}
          {...common}
        />
        <Pane title="Residual" layers={layers.residual} marks={noMarks} {...common} />
        <Pane
          title={`Score map (${distance})`}
          layers={heatLayers}
          marks={marks}
          reading={map.error?.message ?? mapReading(map.data, pointer)}
          {...common}
        />
      </div>
      <aside className="facts" aria-label="About this image">
        {ownOfFrame === undefined || window === undefined ? null : (
          <p className="window-reading">
            Window {Math.round(window.width)} · Level {Math.round(window.center)}
          </p>
        )}
        <PatchStrip
          patches={patches}
          picture={pair.data?.original}
          onGo={({ x, y, width, height }) =>
            setSight({ x: (x + width / 2) / side, y: (y + height / 2) / side, zoom: Math.min(8, side / width / 2) })
          }
        />
        {(row?.frames ?? 1) > 1 ? <SliceStrip id={id} score={score} onGo={onSlice} /> : null}
        {detail.data === undefined ? null : <ImageFacts detail={detail.data} run={run} />}
      </aside>
    </div>
  );
}

type FrameAnswer = Parameters<typeof ownWindow>[0];

/** The window of this image: as dragged, kept for the next image of the same modality, else the file's own. */
function useWindow(frame: FrameAnswer | undefined, viewer: Viewer, setViewer: (viewer: Viewer) => void) {
  const ownOfFrame = useMemo(() => (frame === undefined ? undefined : ownWindow(frame)), [frame]);
  const window = viewer.window ?? ownOfFrame;
  const start = useRef<GreyWindow>(undefined);
  const onWindow = useCallback(
    (right: number, down: number, begins: boolean) => {
      if (frame === undefined || window === undefined) return;
      if (begins) start.current = window;
      const [low, high] = valueRange(frame);
      if (start.current === undefined || (right === 0 && down === 0)) return;
      setViewer({ ...viewer, window: dragged(start.current, right, down, high - low, 600) });
    },
    [frame, window, viewer, setViewer],
  );
  return { window, onWindow, ownOfFrame };
}

/** The next image and the one before are fetched while this one is looked at. */
function usePrefetchedNeighbours(run: number, distance: 'MSE' | 'WD'): void {
  const host = useHost();
  const client = useQueryClient();
  const { ids, selection } = useTriage();
  useEffect(() => {
    for (const id of [ids?.[selection.focus + 1], ids?.[selection.focus - 1]]) {
      if (id === undefined) continue;
      client.prefetchQuery(asked(host, 'images.frame', { id }));
      client.prefetchQuery(asked(host, 'images.detail', { id }));
      if (run === 0) continue;
      client.prefetchQuery(asked(host, 'images.reconstruction', { id, run }));
      client.prefetchQuery(asked(host, 'images.map', { id, run, distance }));
    }
  }, [host, client, ids, selection.focus, run, distance]);
}

function readingOf(frame: FrameAnswer | undefined, at: { readonly x: number; readonly y: number } | null): string {
  if (frame === undefined || at === null) return '';
  const [x, y] = [Math.floor(at.x * frame.width), Math.floor(at.y * frame.height)];
  const sample = frame.samples[(y * frame.width + x) * frame.channels] ?? 0;
  return `(${x}, ${y}): ${Number((sample * frame.slope + frame.intercept).toPrecision(5))}`;
}

type MapAnswer = Parameters<typeof mapLayer>[0];

function mapReading(map: MapAnswer | undefined, at: { readonly x: number; readonly y: number } | null): string {
  if (map === undefined || at === null) return '';
  const side = { x: map.width + map.patchSize - 1, y: map.height + map.patchSize - 1 };
  const place = (share: number, whole: number, last: number) =>
    Math.max(0, Math.min(last, Math.round(share * whole - map.patchSize / 2)));
  const value = map.values[place(at.y, side.y, map.height - 1) * map.width + place(at.x, side.x, map.width - 1)];
  return value === undefined ? '' : `patch here: ${Number(value.toPrecision(4))}`;
}

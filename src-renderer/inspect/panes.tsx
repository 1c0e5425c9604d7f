// The four panes of an inspected image, or one of them large; what they read under the pointer; where one draws.
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { ColourBar } from './colour-bar.tsx';
import { mapTitle } from './map-source.ts';
import { type Measure, markOf, measureText, type Tool } from './measure.ts';
import type { Mark } from './paint.ts';
import { Pane } from './pane.tsx';
import styles from './panes.module.css';
import { sharesOf } from './picture.ts';
import { mapReading, originalReading, reconstructionReading, residualReading } from './readings.ts';
import { type Box, boxBetween, type Place, type Sight } from './sight.ts';
import type { Inspected } from './use-inspected.ts';
import { extentOf, useLayers } from './use-layers.ts';
import { enlarged, type PaneName, paneNames, type RangeName, type Viewer } from './viewer.ts';
import { dragged, type GreyWindow, isInHounsfield, valueRange } from './window-level.ts';

interface PanesProps {
  readonly inspected: Inspected;
  readonly viewer: Viewer;
  readonly setViewer: (viewer: Viewer) => void;
  readonly window: GreyWindow | undefined;
  readonly setWindow: (window: GreyWindow) => void;
  readonly marks: readonly Mark[];
  readonly sight: Sight;
  readonly setSight: (sight: Sight) => void;
  /** The reconstruction is shown in the place of the original. */
  readonly flipped: boolean;
  readonly onScroll: ((step: 1 | -1) => void) | undefined;
  /** A rectangle that is placed by keys, in pixels of the stored image. */
  readonly placed: Box | null;
  /** What dragging does besides windowing: draws an annotation, or measures. */
  readonly tool: Tool | null;
  /** An annotation was drawn, in pixels of the stored image. */
  readonly onAnnotate: (rectangle: Box) => void;
  readonly onMeasure: (measure: Measure) => void;
}

const noExtent = { width: 1, height: 1 };
/** Pixels of the screen that a drag across the whole range of values takes. */
const windowDrag = 600;

export function Panes(props: PanesProps) {
  const { inspected, viewer, setViewer, window, setWindow, sight, setSight, flipped, tool } = props;
  const { layers, differences, residualRange, mapRange } = useLayers(inspected, viewer, window);
  const [pointer, setPointer] = useState<{ readonly pane: PaneName; readonly place: Place } | null>(null);
  const [draft, setDraft] = useState<Mark | null>(null);
  const start = useRef<GreyWindow>(undefined);
  const frame = inspected.frame.data;
  const waiting = inspected.frame.isPlaceholderData;
  const unit = frame !== undefined && isInHounsfield(frame, inspected.detail.data?.row.modality ?? null) ? 'HU' : '';

  const onWindow = useCallback(
    (right: number, down: number, begins: boolean) => {
      if (frame === undefined || window === undefined) return;
      if (begins) start.current = window;
      const [low, high] = valueRange(frame);
      if (start.current === undefined || (right === 0 && down === 0)) return;
      setWindow(dragged(start.current, right, down, Math.max(1, high - low), windowDrag));
    },
    [frame, window, setWindow],
  );
  const onDraw =
    tool === null || frame === undefined || waiting
      ? undefined
      : (from: Place, to: Place, ends: boolean) => {
          const box = boxBetween(from, to, frame);
          if (tool === 'annotate') {
            setDraft(
              box === undefined || ends ? null : { kind: 'draft', label: viewer.label, ...sharesOf(box, frame) },
            );
            if (ends && box !== undefined) props.onAnnotate(box);
            return;
          }
          const measure: Measure = { kind: tool, from, to };
          const moved = from.x !== to.x || from.y !== to.y;
          setDraft(!moved || ends ? null : markOf(measure, measureText(frame, measure, unit)));
          if (ends && (tool === 'length' ? moved : box !== undefined)) props.onMeasure(measure);
        };
  const lock = (name: RangeName, range: readonly [number, number]) => () => {
    const { [name]: locked, ...others } = viewer.ranges;
    setViewer({ ...viewer, ranges: locked === undefined ? { ...others, [name]: range } : others });
  };
  const readings = readingsOf(inspected, frame, differences, pointer?.place ?? null);
  const { source, run, detail } = inspected;
  const titles: Readonly<Record<PaneName, string>> = {
    original: 'Original',
    reconstruction:
      run !== undefined || detail.data === undefined
        ? `Reconstruction${run === undefined ? '' : ` (run ${run})`}`
        : 'Reconstruction: none',
    residual: 'Residual',
    map: source === undefined ? 'Score map: none' : `Score map: ${mapTitle(source)}`,
  };
  const { marks: known, placed } = props;
  // Equal marks are the same object, so that panes are not repainted.
  const marks = useMemo(() => {
    const unfinished: Mark[] =
      placed === null || frame === undefined
        ? []
        : [{ kind: 'draft', label: viewer.label, ...sharesOf(placed, frame) }];
    if (draft !== null) unfinished.push(draft);
    return unfinished.length === 0 ? known : [...known, ...unfinished];
  }, [known, placed, frame, draft, viewer.label]);
  // An image that was scored without a reconstruction leaves its place to the others.
  const hasNoReconstruction = run === undefined && detail.data !== undefined;
  const isEmpty = (name: PaneName) => hasNoReconstruction && (name === 'reconstruction' || name === 'residual');
  const bars: Partial<Readonly<Record<PaneName, readonly [RangeName, readonly [number, number]]>>> = {
    ...(inspected.pair.data === undefined ? {} : { residual: ['residual', residualRange] as const }),
    ...(inspected.map.data === undefined || source === undefined ? {} : { map: [source.map, mapRange] as const }),
  };
  return (
    <div
      className={classNames(
        styles.panes,
        viewer.large !== null ? styles.single : hasNoReconstruction && styles.sideBySide,
      )}
    >
      {paneNames
        .filter((name) => (viewer.large === null ? !isEmpty(name) : viewer.large === name))
        .map((name) => {
          const flips = flipped && layers.reconstruction.length > 0 && (name === 'original' || name === viewer.large);
          const bar = bars[name];
          return (
            <Pane
              key={name}
              title={flips ? 'Reconstruction (flipped)' : titles[name]}
              layers={flips ? layers.reconstruction : layers[name]}
              marks={name === 'original' || name === 'map' ? marks : noMarks}
              extent={frame === undefined ? noExtent : extentOf(frame)}
              sight={sight}
              cross={pointer !== null && pointer.pane !== name ? pointer.place : null}
              reading={readings[name]}
              waiting={waiting}
              onSight={setSight}
              onWindow={onWindow}
              onDraw={onDraw}
              onPoint={(place) => setPointer(place === null ? null : { pane: name, place })}
              onScroll={props.onScroll}
              onEnlarge={() => setViewer(enlarged(viewer, name))}
            >
              {bar === undefined || flips ? null : (
                <ColourBar
                  map={viewer.colourMap}
                  range={bar[1]}
                  locked={viewer.ranges[bar[0]] !== undefined}
                  onLock={lock(...bar)}
                  what={name === 'map' ? 'score map' : 'residual'}
                />
              )}
            </Pane>
          );
        })}
    </div>
  );
}

const noMarks: readonly Mark[] = [];

/** The text in the corner of each pane: why it is empty, or the value under the pointer. */
function readingsOf(
  { pair, map, masks, detail }: Inspected,
  frame: Frame | undefined,
  differences: Float32Array | undefined,
  at: Place | null,
): Partial<Readonly<Record<PaneName, string>>> {
  const why = { reconstruction: pair.error?.message ?? '', map: map.error?.message ?? '' };
  if (frame === undefined || at === null) return why;
  const unit = isInHounsfield(frame, detail.data?.row.modality ?? null) ? 'HU' : '';
  const original = originalReading(frame, unit, masks.data?.masks ?? [], at);
  const mapped = map.data === undefined ? why.map : mapReading(map.data, frame, at);
  if (pair.data === undefined) return { ...why, original, map: mapped };
  return {
    original,
    reconstruction: reconstructionReading(pair.data, frame, unit, at),
    residual: differences === undefined ? '' : residualReading(differences, pair.data, frame, at),
    map: mapped,
  };
}

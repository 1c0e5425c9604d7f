// The picture of a map: points under pan and zoom; dragging moves it, or draws the rectangle or lasso that selects.
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import styles from './map-canvas.module.css';
import type { PointColours } from './point-colours.ts';
import { drawPoints, packed, radiusFor } from './raster.ts';
import { fitted, type MapViewport, moved, placeOf, pointAt, polygonOf, type Size, zoomed } from './viewport.ts';

export type Tool = 'move' | 'rectangle' | 'lasso';

interface CanvasProps {
  readonly points: Float32Array;
  readonly colours: PointColours;
  readonly bright: Uint8Array | undefined;
  /** Index of the focused image, where it is on the map. */
  readonly focus: number | undefined;
  /** The region that filters the list, in coordinates of the map. */
  readonly region: readonly (readonly [number, number])[] | undefined;
  readonly tool: Tool;
  readonly size: Size;
  readonly viewport: MapViewport;
  readonly onViewport: (viewport: MapViewport) => void;
  readonly onPoint: (at: number | undefined) => void;
  readonly onPress: (at: number) => void;
  readonly onOpen: (at: number) => void;
  readonly onRegion: (polygon: [number, number][]) => void;
}

const [ground, dim] = [packed(0, 0, 0), packed(44, 51, 58)];
/** Pixels within which a point is meant, and beyond which a press is a drag. */
const [reach, still] = [9, 3];

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly viewport: MapViewport;
  readonly does: Tool;
  path: (readonly [number, number])[];
}

export function MapCanvas(props: CanvasProps) {
  const { points, focus, region, tool, size, viewport } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<Drag>(null);
  const [path, setPath] = useState<readonly (readonly [number, number])[]>([]);
  const now = useRef(props);
  now.current = props;
  useDrawing(canvas, props);

  // React listens to the wheel passively; the page must not scroll instead.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { viewport, onViewport } = now.current;
      const [x, y] = placeIn(element, event);
      onViewport(zoomed(viewport, Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / 300), x, y));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = placeIn(event.currentTarget, event);
    // Shift draws a lasso whatever the tool, as in other plots.
    const does = event.shiftKey ? 'lasso' : event.button === 1 ? 'move' : tool;
    drag.current = { x, y, viewport, does, path: [[x, y]] };
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const [x, y] = placeIn(event.currentTarget, event);
    const held = drag.current;
    if (held === null) return props.onPoint(pointAt(points, viewport, [x, y], reach));
    if (held.does === 'move') return props.onViewport(moved(held.viewport, x - held.x, y - held.y));
    held.path = held.does === 'lasso' ? [...held.path, [x, y]] : cornersOf(held, x, y);
    setPath(held.path);
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    const held = drag.current;
    drag.current = null;
    setPath([]);
    if (held === null) return;
    const [x, y] = placeIn(event.currentTarget, event);
    if (Math.hypot(x - held.x, y - held.y) <= still && held.path.length < 4) {
      const at = pointAt(points, viewport, [x, y], reach);
      if (at !== undefined) props.onPress(at);
      return;
    }
    if (held.does === 'move') return;
    const polygon = polygonOf(held.path, viewport);
    if (polygon !== undefined) props.onRegion(polygon);
  };
  const shown = path.length > 0 ? path : region?.map(([x, y]) => toScreen(viewport, x, y));
  const focused = focus === undefined ? undefined : placeOf(viewport, points, focus);
  return (
    <>
      {/* Its keys are those of the view; what it shows is listed in Triage. */}
      <canvas
        ref={canvas}
        className={classNames(styles.canvas, tool !== 'move' && styles.draws)}
        aria-label={`Map of ${(points.length / 2).toLocaleString('en')} images`}
        role="img"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => props.onPoint(undefined)}
        onDoubleClick={(event) => {
          const at = pointAt(points, viewport, placeIn(event.currentTarget, event), reach);
          if (at !== undefined) props.onOpen(at);
        }}
      />
      <svg className={styles.overlay} data-surface="picture" viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden>
        {shown === undefined || shown.length < 2 ? null : (
          <polygon className={styles.region} points={shown.map(([x, y]) => `${x},${y}`).join(' ')} />
        )}
        {focused === undefined ? null : <circle className={styles.focus} cx={focused[0]} cy={focused[1]} r={9} />}
      </svg>
    </>
  );
}

/** Draws once per frame of the screen at most, however often something changes. */
function useDrawing(canvas: { readonly current: HTMLCanvasElement | null }, props: CanvasProps): void {
  const { points, colours, bright, size, viewport } = props;
  const image = useRef<ImageData>(null);
  const whole = useRef({ points, scale: 1 });
  if (whole.current.points !== points || whole.current.scale === 1)
    whole.current = { points, scale: fitted(points, size).scale };
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (element == null || context == null || size.width < 1 || size.height < 1) return;
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (image.current?.width !== width || image.current.height !== height) {
        [element.width, element.height] = [width, height];
        image.current = new ImageData(width, height);
      }
      const scaled = { scale: viewport.scale * ratio, left: viewport.left * ratio, top: viewport.top * ratio };
      drawPoints(new Uint32Array(image.current.data.buffer), { width, height }, scaled, {
        ...{ points, bright, ground, dim, colours: colours.colours, order: colours.order },
        radius: radiusFor(points.length / 2, viewport.scale / whole.current.scale) * ratio,
      });
      context.putImageData(image.current, 0, 0);
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, points, colours, bright, size, viewport]);
}

function placeIn(
  element: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): [number, number] {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

const toScreen = ({ scale, left, top }: MapViewport, x: number, y: number): [number, number] => [
  x * scale + left,
  y * scale + top,
];

const cornersOf = ({ x, y }: Drag, toX: number, toY: number): (readonly [number, number])[] => [
  [x, y],
  [toX, y],
  [toX, toY],
  [x, toY],
];

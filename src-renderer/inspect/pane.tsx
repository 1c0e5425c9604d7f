// One picture of the viewer: layers under a shared pan and zoom; dragging changes the window or moves the picture.
import { type PointerEvent, useEffect, useRef } from 'react';
import type { Layer } from './picture.ts';

/** What part of a picture is seen: its middle (0..1 in both directions) and how much larger than fitting. */
export interface Sight {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}
export const wholePicture: Sight = { x: 0.5, y: 0.5, zoom: 1 };

/** In pixels of the picture, whose sides are `side`. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly side: number;
  readonly label: string;
}

interface PaneProps {
  readonly title: string;
  readonly layers: readonly Layer[];
  readonly marks: readonly Mark[];
  readonly sight: Sight;
  readonly onSight: (sight: Sight) => void;
  /** Movement since the drag began, in pixels of the screen; undefined where there is no window to change. */
  readonly onWindow?: ((right: number, down: number, begins: boolean) => void) | undefined;
  /** Where the pointer is in the picture (0..1), or null outside. */
  readonly onPoint: (place: { readonly x: number; readonly y: number } | null) => void;
  readonly reading?: string | undefined;
}

const mostZoom = 32;
const wheelZoom = 1.0015;

export function Pane({ title, layers, marks, sight, onSight, onWindow, onPoint, reading }: PaneProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ x: number; y: number; sight: Sight; moves: boolean }>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = () => paint(element, layers, marks, sight);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [layers, marks, sight]);

  const placeOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }) => {
    const box = canvas.current!.getBoundingClientRect();
    const picture = frameOf(box.width, box.height, layers[0], sight);
    return {
      x: (clientX - box.left - picture.left) / picture.width,
      y: (clientY - box.top - picture.top) / picture.height,
    };
  };

  // React listens to the wheel passively; the page must not scroll instead.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const zoomAround = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const picture = frameOf(box.width, box.height, layers[0], sight);
      const at = {
        x: (event.clientX - box.left - picture.left) / picture.width,
        y: (event.clientY - box.top - picture.top) / picture.height,
      };
      const zoom = Math.max(1, Math.min(mostZoom, sight.zoom * wheelZoom ** -event.deltaY));
      const share = sight.zoom / zoom;
      onSight(
        zoom === 1 ? wholePicture : { zoom, x: at.x + (sight.x - at.x) * share, y: at.y + (sight.y - at.y) * share },
      );
    };
    element.addEventListener('wheel', zoomAround, { passive: false });
    return () => element.removeEventListener('wheel', zoomAround);
  }, [layers, sight, onSight]);

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const moves = event.button !== 0 || event.shiftKey || onWindow === undefined;
    drag.current = { x: event.clientX, y: event.clientY, sight, moves };
    if (!moves) onWindow?.(0, 0, true);
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const from = drag.current;
    const place = placeOf(event);
    onPoint(place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1 ? place : null);
    if (from === null) return;
    const [right, down] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moves) return onWindow?.(right, down, false);
    const box = event.currentTarget.getBoundingClientRect();
    const picture = frameOf(box.width, box.height, layers[0], from.sight);
    onSight({ ...from.sight, x: from.sight.x - right / picture.width, y: from.sight.y - down / picture.height });
  };
  return (
    <figure className="pane">
      <figcaption>
        {title} <span className="reading">{reading}</span>
      </figcaption>
      <canvas
        ref={canvas}
        role="img"
        aria-label={title}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerLeave={() => onPoint(null)}
        onContextMenu={(event) => event.preventDefault()}
        onDoubleClick={() => onSight(wholePicture)}
      />
    </figure>
  );
}

/** Where the whole picture lies on a canvas of the given size. */
function frameOf(width: number, height: number, layer: Layer | undefined, sight: Sight) {
  const [across, down] = layer === undefined ? [1, 1] : [layer.pixels.width, layer.pixels.height];
  const scale = Math.min(width / across, height / down) * sight.zoom;
  const size = { width: across * scale, height: down * scale };
  return { ...size, left: width / 2 - sight.x * size.width, top: height / 2 - sight.y * size.height, scale };
}

function paint(canvas: HTMLCanvasElement, layers: readonly Layer[], marks: readonly Mark[], sight: Sight): void {
  const dense = window.devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(dense, dense);
  const picture = frameOf(width, height, layers[0], sight);
  for (const { pixels, ...place } of layers) {
    const source = new OffscreenCanvas(pixels.width, pixels.height);
    source.getContext('2d')?.putImageData(pixels, 0, 0);
    // Magnified pixels are shown as they are: interpolation would invent structure.
    context.imageSmoothingEnabled = picture.scale < 3;
    context.imageSmoothingQuality = 'high';
    context.drawImage(
      source,
      picture.left + place.x * picture.width,
      picture.top + place.y * picture.height,
      place.width * picture.width,
      place.height * picture.height,
    );
  }
  context.font = '12px sans-serif';
  for (const { x, y, size, side, label } of marks) {
    const scale = picture.width / side;
    const [left, top] = [picture.left + x * scale, picture.top + y * scale];
    context.lineWidth = 3;
    context.strokeStyle = '#000';
    context.strokeRect(left, top, size * scale, size * scale);
    context.lineWidth = 1.5;
    context.strokeStyle = '#ffd166';
    context.strokeRect(left, top, size * scale, size * scale);
    context.lineWidth = 3;
    context.strokeStyle = '#000';
    context.strokeText(label, left + 3, top + 13);
    context.fillStyle = '#ffd166';
    context.fillText(label, left + 3, top + 13);
  }
}

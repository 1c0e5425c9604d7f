// One picture of the viewer under the shared pan and zoom: drag to window, to move or to draw, wheel to scroll or zoom.
import { Classes } from '@blueprintjs/core';
import { type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { classNames } from '../class-names.ts';
import { type Painting, paint } from './paint.ts';
import styles from './pane.module.css';
import { imageOnScreen, type Place, placeAt, type Sight, wholePicture, zoomedAround } from './sight.ts';

interface PaneProps extends Painting {
  readonly title: string;
  readonly reading: string | undefined;
  /** The previous image is still shown: the next one is loading. */
  readonly waiting: boolean;
  readonly onSight: (sight: Sight) => void;
  /** Movement since the drag began, in pixels of the screen. */
  readonly onWindow: (right: number, down: number, begins: boolean) => void;
  /** A rectangle is being drawn from one place to another; undefined when dragging does not draw. */
  readonly onDraw: ((from: Place, to: Place, ends: boolean) => void) | undefined;
  /** Where the pointer is in the image, or null outside. */
  readonly onPoint: (place: Place | null) => void;
  /** One slice back (-1) or on (1); undefined for an image that has none: then the wheel zooms. */
  readonly onScroll: ((step: 1 | -1) => void) | undefined;
  readonly onEnlarge: () => void;
  readonly children?: ReactNode;
}

type Drag = { readonly x: number; readonly y: number; readonly sight: Sight; readonly from: Place } & {
  readonly does: 'window' | 'move' | 'draw';
};

export function Pane(props: PaneProps) {
  const { title, reading, waiting, layers, marks, extent, sight, cross, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<Drag>(null);
  const now = useRef(props);
  now.current = props;

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = () => paint(element, { layers, marks, extent, sight, cross });
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [layers, marks, extent, sight, cross]);

  // React listens to the wheel passively; the page must not scroll instead.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { onScroll, onSight, sight } = now.current;
      if (onScroll !== undefined && !event.ctrlKey) return onScroll(event.deltaY > 0 ? 1 : -1);
      onSight(zoomedAround(sight, placeOf(element, event, now.current), event.deltaY));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const moves = event.button !== 0 || event.shiftKey;
    const does = moves ? 'move' : props.onDraw === undefined ? 'window' : 'draw';
    const from = placeOf(event.currentTarget, event, props);
    drag.current = { x: event.clientX, y: event.clientY, sight, from, does };
    if (does === 'window') props.onWindow(0, 0, true);
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const place = placeOf(event.currentTarget, event, props);
    props.onPoint(place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1 ? place : null);
    const began = drag.current;
    if (began === null) return;
    const [right, down] = [event.clientX - began.x, event.clientY - began.y];
    if (began.does === 'window') return props.onWindow(right, down, false);
    if (began.does === 'draw') return props.onDraw?.(began.from, place, false);
    const image = onScreen(event.currentTarget, { extent, sight: began.sight });
    props.onSight({ ...began.sight, x: began.sight.x - right / image.width, y: began.sight.y - down / image.height });
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    const began = drag.current;
    drag.current = null;
    if (began?.does === 'draw') props.onDraw?.(began.from, placeOf(event.currentTarget, event, props), true);
  };
  return (
    <figure
      className={classNames(styles.pane, waiting && styles.waiting, Classes.DARK)}
      data-surface="picture"
      aria-busy={waiting}
    >
      <figcaption>
        {title} <output className={styles.reading}>{waiting ? 'loading' : reading}</output>
      </figcaption>
      <canvas
        ref={canvas}
        role="img"
        aria-label={title}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => props.onPoint(null)}
        onContextMenu={(event) => event.preventDefault()}
        onDoubleClick={() => (sight.zoom === 1 ? props.onEnlarge() : props.onSight(wholePicture))}
      />
      {children}
    </figure>
  );
}

function onScreen(element: HTMLElement, { extent, sight }: Pick<Painting, 'extent' | 'sight'>) {
  const { width, height } = element.getBoundingClientRect();
  return imageOnScreen({ width, height }, extent, sight);
}

function placeOf(
  element: HTMLElement,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
  painting: Pick<Painting, 'extent' | 'sight'>,
): Place {
  const { left, top } = element.getBoundingClientRect();
  return placeAt(onScreen(element, painting), { x: clientX - left, y: clientY - top });
}

// A larger picture of the image that the pointer rests on.
import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { HoverCard } from './hover-card.tsx';

/** Whoever only passes wants to see nothing. */
const restMilliseconds = 650;
const gap = 4;

interface Shown {
  readonly id: number;
  readonly place: readonly [x: number, y: number];
  readonly size: { readonly width: number; readonly height: number };
}

/** Handlers for the element around a list, and the card to be shown in it; `enabled` false: none. */
export function useHoverPreview(enabled: boolean) {
  const [shown, setShown] = useState<Shown | null>(null);
  const waiting = useRef<{ readonly id: number; readonly timer: ReturnType<typeof setTimeout> } | null>(null);
  const hide = () => {
    clearTimeout(waiting.current?.timer);
    waiting.current = null;
    setShown(null);
  };
  useEffect(() => {
    const onKeyDown = () => {
      clearTimeout(waiting.current?.timer);
      waiting.current = null;
      setShown(null);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      onKeyDown();
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
  const onMouseMove = (event: MouseEvent<HTMLElement>) => {
    const tile = (event.target as Element).closest('[id^="image-"]');
    const id = tile === null ? Number.NaN : Number(tile.id.slice('image-'.length));
    if (!enabled || tile === null || event.buttons !== 0) return hide();
    if (waiting.current?.id === id) return;
    hide();
    const around = event.currentTarget;
    const show = () => {
      const [outer, inner] = [around.getBoundingClientRect(), tile.getBoundingClientRect()];
      const place = [inner.right - outer.left - gap, (inner.top + inner.bottom) / 2 - outer.top] as const;
      setShown({ id, place, size: { width: outer.width, height: outer.height } });
    };
    waiting.current = { id, timer: setTimeout(show, restMilliseconds) };
  };
  const card: ReactNode = shown === null ? null : <HoverCard {...shown} />;
  return { handlers: { onMouseMove, onMouseLeave: hide, onWheel: hide, onMouseDown: hide }, card };
}

// The visible part of the list: the focused image is kept in it, and keys decide about no image outside.
import { type RefObject, useEffect, useRef } from 'react';
import { useTriage, type Viewport } from './triage-state.tsx';

interface ViewportProps {
  readonly list: RefObject<HTMLElement | null>;
  /** The virtual list's. */
  readonly scrollToLine: (line: number, options: { readonly align: 'auto' }) => void;
  readonly columns: number;
  readonly lineHeight: number;
  /** What covers the upper part of the list, in pixels. */
  readonly covered: number;
  /** The list has its size. */
  readonly ready: boolean;
}

/**
 * Scrolls the focused image into view whenever the user moves the focus or changes the order, and publishes what is visible,
 * so that keys decide about nothing else.
 */
export function useViewport({ list, scrollToLine, columns, lineHeight, covered, ready }: ViewportProps): void {
  const { selection, reveals, viewport } = useTriage();
  const focus = useRef(selection.focus);
  focus.current = selection.focus;
  useEffect(() => {
    const reveal = (index: number) => scrollToLine(Math.floor(index / columns), { align: 'auto' });
    const own: Viewport = {
      reveal,
      shows: (index) => {
        const element = list.current;
        if (element === null) return false;
        const top = covered + Math.floor(index / columns) * lineHeight - element.scrollTop;
        // Half a line is enough to see what it is.
        return top >= covered - lineHeight / 2 && top + lineHeight <= element.clientHeight + lineHeight / 2;
      },
    };
    viewport.current = own;
    return () => {
      if (viewport.current === own) viewport.current = null;
    };
  }, [list, scrollToLine, columns, lineHeight, covered, viewport]);
  useEffect(() => {
    // Not with every change of the list: a user who has scrolled away during an import is not pulled back.
    if (ready && reveals >= 0) scrollToLine(Math.floor(focus.current / columns), { align: 'auto' });
  }, [ready, reveals, columns, scrollToLine]);
  // Keys work from the first moment on.
  useEffect(() => {
    if (ready && document.activeElement === document.body) list.current?.focus({ preventScroll: true });
  }, [ready, list]);
}

// What the mouse and the keys do in a list of images, grid or table: the habits of a file manager.
import { type HotkeyConfig, useHotkeys } from '@blueprintjs/core';
import { type KeyboardEvent, type MouseEvent, useCallback, useRef } from 'react';
import { choose, chooseAll, strides } from './selection.ts';
import { useTriage } from './triage-state.tsx';

interface Shape {
  readonly columns: number;
  /** How many lines are in sight. */
  readonly inView: number;
  readonly onInspect: () => void;
}

const listed: readonly (readonly [combo: string, label: string])[] = [
  ['left', 'Image before'],
  ['right', 'Next image'],
  ['up', 'A line up'],
  ['down', 'A line down'],
  ['pageup', 'A page up'],
  ['pagedown', 'A page down'],
  ['home', 'First image'],
  ['end', 'Last image'],
  ['shift+right', 'Choose a range (Shift with any of these, or with a click)'],
  ['space', 'In or out of what is chosen (or Ctrl and a click)'],
  ['mod+a', 'Choose all that the filter lists'],
  ['esc', 'Choose only the image with the focus'],
  ['enter', 'Inspect'],
];
/** For the dialog of all keys only: the list itself hears them, while it has the focus. */
const shownKeys: HotkeyConfig[] = listed.map(([combo, label]) => ({ combo, label, group: 'List', global: false }));

/** Handlers that stay the same, so that tiles and rows need not be drawn anew. */
export function useListHabits(ids: Uint32Array, shape: Shape) {
  const { selection, select, begun } = useTriage();
  useHotkeys(shownKeys);
  const now = useRef({ ids, selection, select, begun, shape });
  now.current = { ids, selection, select, begun, shape };

  const onPress = useCallback((id: number, event: MouseEvent) => {
    if (event.button !== 0) return;
    const { ids, selection, select } = now.current;
    select(choose(selection, ids, ids.indexOf(id), { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }));
  }, []);
  const onOpen = useCallback(() => now.current.shape.onInspect(), []);
  const onKeyDown = useCallback((event: KeyboardEvent) => {
    const { ids, selection, select, begun, shape } = now.current;
    const toggle = event.ctrlKey || event.metaKey;
    const stride = strides[event.key];
    if (event.altKey) return;
    // What goes to the end of the list waits until its end is known.
    if (!begun && (event.key === 'End' || (event.key === 'a' && toggle))) return event.preventDefault();
    if (stride !== undefined) {
      const place = selection.focus + stride(shape.columns, shape.inView);
      // Up and down at the edge stay in their column.
      const beyond = event.key.startsWith('Arrow') && (place < 0 || place >= ids.length);
      if (!beyond) select(choose(selection, ids, place, { toggle: false, range: event.shiftKey }));
    } else if (event.key === ' ') select(choose(selection, ids, selection.focus, { toggle: true, range: false }));
    else if (event.key === 'a' && toggle) select(chooseAll(selection, ids));
    else if (event.key === 'Escape') select(choose(selection, ids, selection.focus, { toggle: false, range: false }));
    else if (event.key === 'Enter') shape.onInspect();
    else return;
    event.preventDefault();
  }, []);
  return { onPress, onOpen, onKeyDown };
}

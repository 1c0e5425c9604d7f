// What the mouse and the keys do in a list of images, grid or table: the habits of a file manager.
import { type HotkeyConfig, useHotkeys } from '@blueprintjs/core';
import { type MouseEvent, type RefObject, useCallback, useEffect, useRef } from 'react';
import { choose, chooseAll, strides } from './selection.ts';
import { useTriage } from './triage-state.tsx';

interface Shape {
  readonly columns: number;
  /** How many lines are in view. */
  readonly inView: number;
  readonly onInspect: () => void;
}

const listed: readonly (readonly [combo: string, label: string])[] = [
  ['left', 'Previous image'],
  ['right', 'Next image'],
  ['up', 'One row up'],
  ['down', 'One row down'],
  ['pageup', 'One page up'],
  ['pagedown', 'One page down'],
  ['home', 'First image'],
  ['end', 'Last image'],
  ['shift+right', 'Select a range (Shift with any of these, or with a click)'],
  ['space', 'Add to or remove from the selection (or Ctrl and a click)'],
  ['mod+a', 'Select the whole list'],
  ['esc', 'Select only the focused image'],
  ['enter', 'Inspect'],
];
/** For the dialog of all keys only: the list itself handles them. */
const shownKeys: HotkeyConfig[] = listed.map(([combo, label]) => ({ combo, label, group: 'List', global: false }));

/** Where a person types or selects, and in dialogs, keys are theirs. */
const ownsKeys = 'input, select, textarea, button, [role=slider], [role=dialog], [role=radio]';

/**
 * Stable handlers, so that tiles and rows are not rendered again. Keys work while the list, or nothing at all, has the page's
 * focus: an element that is scrolled away or replaced does not take the keys with it.
 */
export function useListHabits(list: RefObject<HTMLElement | null>, ids: Uint32Array, shape: Shape) {
  const { selection, select, isComplete } = useTriage();
  useHotkeys(shownKeys);
  const now = useRef({ ids, selection, select, isComplete, shape });
  now.current = { ids, selection, select, isComplete, shape };

  const onPress = useCallback(
    (id: number, event: MouseEvent) => {
      if (event.button !== 0) return;
      // The list keeps the page's focus even if the clicked tile is removed.
      event.preventDefault();
      list.current?.focus({ preventScroll: true });
      const { ids, selection, select } = now.current;
      select(
        choose(selection, ids, ids.indexOf(id), { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }),
      );
    },
    [list],
  );
  const onOpen = useCallback(() => now.current.shape.onInspect(), []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { ids, selection, select, isComplete, shape } = now.current;
      const target = event.target instanceof Element ? event.target : document.body;
      const isOurs = list.current?.contains(target)
        ? target.closest('button') === null
        : target.closest(ownsKeys) === null;
      if (!isOurs || event.altKey) return;
      const toggle = event.ctrlKey || event.metaKey;
      const stride = strides[event.key];
      // What goes to the end of the list waits until its end is known.
      if (!isComplete && (event.key === 'End' || (event.key === 'a' && toggle))) return event.preventDefault();
      if (stride !== undefined) {
        const index = selection.focus + stride(shape.columns, shape.inView);
        // Up and down at the edge stay in their column.
        const beyond = event.key.startsWith('Arrow') && (index < 0 || index >= ids.length);
        // A new object even if the focus stays, so that it is scrolled into view.
        select(beyond ? { ...selection } : choose(selection, ids, index, { toggle: false, range: event.shiftKey }));
      } else if (event.key === ' ') select(choose(selection, ids, selection.focus, { toggle: true, range: false }));
      else if (event.key === 'a' && toggle) select(chooseAll(selection, ids));
      else if (event.key === 'Escape') select(choose(selection, ids, selection.focus, { toggle: false, range: false }));
      else if (event.key === 'Enter') shape.onInspect();
      else return;
      list.current?.focus({ preventScroll: true });
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [list]);
  return { onPress, onOpen };
}

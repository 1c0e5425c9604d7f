// Annotating by keyboard: start, move, resize and save a rectangle; select and remove existing ones.
import { type HotkeyConfig, useHotkeys } from '@blueprintjs/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { isCovered } from '../host/covered-keys.ts';
import { boxInWords, firstBox, moved, resized, type Steps, stepsOf, withBox } from './placing.ts';
import type { Box, Extent, Sight } from './sight.ts';

type Annotation = ImageDetail['annotations'][number];

interface PlacingProps {
  /** The image that is shown; a rectangle started on another one is dropped. */
  readonly id: number;
  /** Of the stored image in pixels; undefined while it is on its way. */
  readonly size: Extent | undefined;
  readonly annotations: readonly Annotation[];
  readonly sight: Sight;
  readonly setSight: (sight: Sight) => void;
  /** Brings a rectangle (in pixels of the stored image) into sight. */
  readonly onGo: (rectangle: Box) => void;
  /** A rectangle was started: its label can be entered. */
  readonly onBegin: () => void;
  /** Returns whether it was saved: a reviewer's name may be needed first. */
  readonly onKeep: (rectangle: Box) => boolean;
  readonly onRemove: (annotation: Annotation) => boolean;
}

export interface Placing {
  /** The rectangle that is being placed, in pixels of the stored image. */
  readonly box: Box | null;
  /** The id of the annotation that was selected by key. */
  readonly selected: number | null;
  /** Shown, and read out by screen readers; empty where there is nothing to say. */
  readonly words: string;
}

const help =
  'Arrow keys move it, Shift with arrows resizes it, Ctrl moves by single pixels; Enter saves it, Escape discards it.';
/** For the dialog of all keys only: while there is a rectangle, it handles them first. */
const shownKeys: HotkeyConfig[] = (
  [
    ['right', 'Move (any arrow key)'],
    ['shift+right', 'Resize (any arrow key)'],
    ['mod+right', 'Move by one pixel'],
    ['mod+shift+right', 'Resize by one pixel'],
    ['enter', 'Save'],
    ['esc', 'Discard'],
  ] as const
).map(([combo, label]) => ({ combo, label, group: 'Placing a rectangle', global: false }));

const arrows: Readonly<Record<string, Steps>> = {
  ArrowLeft: { right: -1, down: 0 },
  ArrowRight: { right: 1, down: 0 },
  ArrowUp: { right: 0, down: -1 },
  ArrowDown: { right: 0, down: 1 },
};
/** Where a person types or selects, keys are theirs. */
const typing = 'input, select, textarea, [role=slider], [role=dialog]';

const nothing = { box: null, selected: null, words: '' } as const;

export function usePlacing(props: PlacingProps): Placing {
  const [kept, setKept] = useState<Placing & { readonly id: number }>({
    ...nothing,
    id: props.id,
  });
  const state = kept.id === props.id ? kept : { ...nothing, id: props.id };
  const now = useRef({ props, state });
  now.current = { props, state };

  const actions = useMemo(() => {
    const become = (next: Partial<Placing>) => {
      const { props, state } = now.current;
      // Several keys may come before the next drawing.
      now.current.state = { ...state, ...next, id: props.id };
      setKept(now.current.state);
    };
    const begin = () => {
      const { size, sight, onBegin } = now.current.props;
      if (size === undefined) return;
      const box = firstBox(sight, size);
      onBegin();
      become({ box, selected: null, words: `New rectangle, ${boxInWords(box)}. ${help}` });
    };
    const change = (how: typeof moved, { right, down }: Steps, fine: boolean) => {
      const { props, state } = now.current;
      const { size, sight, setSight } = props;
      if (state.box === null || size === undefined) return;
      const steps = stepsOf(sight, size, fine);
      const box = how(state.box, { right: right * steps.right, down: down * steps.down }, size);
      setSight(withBox(sight, box, size));
      become({ box, words: `Rectangle, ${boxInWords(box)}.` });
    };
    const keep = () => {
      const { props, state } = now.current;
      if (state.box === null || !props.onKeep(state.box)) return;
      become({ box: null, words: `Annotation saved, ${boxInWords(state.box)}.` });
    };
    const choose = (step: 1 | -1) => {
      const { props, state } = now.current;
      const { annotations } = props;
      const count = annotations.length;
      if (count === 0) return become({ words: 'This image has no annotation.' });
      const before = annotations.findIndex(({ id }) => id === state.selected);
      const place = before < 0 ? (step === 1 ? 0 : count - 1) : (before + step + count) % count;
      const { id, label, reviewer, rectangle } = annotations[place]!;
      props.onGo(rectangle);
      const which = `Annotation ${place + 1} of ${count}: ${label}, by ${reviewer}, ${boxInWords(rectangle)}.`;
      become({ box: null, selected: id, words: `${which} Delete removes it.` });
    };
    const remove = () => {
      const { props, state } = now.current;
      const annotation = props.annotations.find(({ id }) => id === state.selected);
      if (annotation === undefined || !props.onRemove(annotation)) return;
      become({ selected: null, words: `Annotation ${annotation.label} taken away. Ctrl+Z brings it back.` });
    };
    const leave = () => become({ ...nothing, words: now.current.state.box === null ? '' : 'Rectangle discarded.' });
    return { begin, change, keep, choose, remove, leave };
  }, []);

  const combos = useMemo(() => {
    const common = { global: true, group: 'Inspect', preventDefault: true } as const;
    const { begin, choose, remove } = actions;
    return [
      { ...common, combo: 'n', label: 'New rectangle, placed by keys', onKeyDown: begin },
      { ...common, combo: 'e', label: 'Select the next annotation', onKeyDown: () => choose(1) },
      { ...common, combo: 'shift+e', label: 'Select the previous annotation', onKeyDown: () => choose(-1) },
      { ...common, combo: 'del', label: 'Remove the selected annotation', onKeyDown: remove },
    ];
  }, [actions]);
  useHotkeys(combos);
  useHotkeys(shownKeys);

  const { box, selected, words } = state;
  const busy = box !== null || selected !== null;
  useEffect(() => {
    if (!busy) return;
    const hear = (event: KeyboardEvent) => {
      if (event.altKey || (event.target instanceof Element && event.target.closest(typing) !== null)) return;
      if (isCovered()) return;
      const arrow = arrows[event.key];
      if (event.key === 'Escape') actions.leave();
      else if (now.current.state.box === null) return;
      else if (event.key === 'Enter') actions.keep();
      else if (arrow !== undefined)
        actions.change(event.shiftKey ? resized : moved, arrow, event.ctrlKey || event.metaKey);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', hear, { capture: true });
    return () => document.removeEventListener('keydown', hear, { capture: true });
  }, [busy, actions]);
  return { box, selected, words };
}

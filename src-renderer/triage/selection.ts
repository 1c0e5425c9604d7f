// Choosing many of a long list with the habits of a file manager: click, Ctrl, Shift, arrows. Pure functions.

/** `focus` and `anchor` are places in the list; `selected` are the ids, which stay selected when the order changes. */
export interface ImageSelection {
  readonly selected: ReadonlySet<number>;
  readonly focus: number;
  readonly anchor: number;
}

export const nothingSelected: ImageSelection = { selected: new Set(), focus: 0, anchor: 0 };

/** Modifier keys of a click or move: `toggle` for Ctrl or Command, `range` for Shift. */
export interface Held {
  readonly toggle: boolean;
  readonly range: boolean;
}

/** Goes to `place` of `ids` (brought into the list). Plain: chooses it alone; toggle: in or out; range: from the anchor on. */
export function choose(before: ImageSelection, ids: Uint32Array, place: number, held: Held): ImageSelection {
  if (ids.length === 0) return nothingSelected;
  const focus = Math.max(0, Math.min(ids.length - 1, place));
  if (held.range) {
    const anchor = Math.min(before.anchor, ids.length - 1);
    const range = ids.subarray(Math.min(anchor, focus), Math.max(anchor, focus) + 1);
    return { selected: new Set([...(held.toggle ? before.selected : []), ...range]), focus, anchor };
  }
  const id = ids[focus]!;
  if (!held.toggle) return { selected: new Set([id]), focus, anchor: focus };
  const selected = new Set(before.selected);
  if (!selected.delete(id)) selected.add(id);
  return { selected, focus, anchor: focus };
}

export function chooseAll(before: ImageSelection, ids: Uint32Array): ImageSelection {
  return { ...before, selected: new Set(ids) };
}

const fewSelected = 16;

/**
 * The selection in another list: the focus stays on its image if it is still there, else at its place; images that are
 * not in the list are selected no longer, so that no decision falls on what cannot be seen.
 */
export function carryOver(before: ImageSelection, old: Uint32Array, ids: Uint32Array): ImageSelection {
  if (ids.length === 0) return nothingSelected;
  // Looking a few up is faster than putting a whole archive into a set.
  const there: { has: (id: number) => boolean } =
    before.selected.size > fewSelected ? new Set(ids) : { has: (id) => ids.includes(id) };
  const id = old[before.focus];
  const found = id === undefined ? -1 : ids.indexOf(id);
  const focus = found >= 0 ? found : Math.min(before.focus, ids.length - 1);
  const selected = new Set([...before.selected].filter((each) => there.has(each)));
  if (selected.size === 0) selected.add(ids[focus]!);
  return { selected, focus, anchor: focus };
}

/** Key -> how far the focus goes in a grid of `columns` with `rows` in sight. */
export const strides: Readonly<Record<string, (columns: number, rows: number) => number>> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
  PageUp: (columns, rows) => -columns * rows,
  PageDown: (columns, rows) => columns * rows,
  Home: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
};

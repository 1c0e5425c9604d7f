// Choosing many of a list as a file manager does.
import { describe, expect, it } from 'vitest';
import {
  carryOver,
  choose,
  chooseAll,
  type ImageSelection,
  nothingSelected,
  strides,
} from '../../src-renderer/triage/selection.ts';

const ids = Uint32Array.of(10, 20, 30, 40, 50);
const plain = { toggle: false, range: false };
const shift = { toggle: false, range: true };
const control = { toggle: true, range: false };
const selected = ({ selected }: ImageSelection) => [...selected].sort((a, b) => a - b);

describe('selection', () => {
  it('a click chooses one image alone', () => {
    const selection = choose(choose(nothingSelected, ids, 1, plain), ids, 3, plain);
    expect(selected(selection)).toEqual([40]);
    expect(selection).toMatchObject({ focus: 3, anchor: 3 });
  });

  it('Shift chooses from the anchor in both directions; the anchor stays', () => {
    const down = choose(choose(nothingSelected, ids, 2, plain), ids, 4, shift);
    expect(selected(down)).toEqual([30, 40, 50]);
    expect(selected(choose(down, ids, 0, shift))).toEqual([10, 20, 30]);
  });

  it('Ctrl takes single images in and out; with Shift a range is added', () => {
    const two = choose(choose(nothingSelected, ids, 0, plain), ids, 3, control);
    expect(selected(two)).toEqual([10, 40]);
    expect(selected(choose(two, ids, 0, control))).toEqual([40]);
    expect(selected(choose(two, ids, 4, { toggle: true, range: true }))).toEqual([10, 40, 50]);
  });

  it('places outside the list are brought into it; an empty list has nothing selected', () => {
    expect(choose(nothingSelected, ids, Number.POSITIVE_INFINITY, plain).focus).toBe(4);
    expect(choose(nothingSelected, ids, -7, plain).focus).toBe(0);
    expect(choose(chooseAll(nothingSelected, ids), new Uint32Array(), 2, plain)).toEqual(nothingSelected);
  });

  it('in another order the focus stays on its image', () => {
    const before = choose(nothingSelected, ids, 1, plain);
    expect(carryOver(before, ids, Uint32Array.of(50, 40, 30, 20, 10))).toMatchObject({ focus: 3 });
  });

  it('images that left the list are selected no longer; the next one has the focus', () => {
    const before = choose(nothingSelected, ids, 1, plain);
    const after = carryOver(before, ids, Uint32Array.of(10, 30, 40, 50));
    expect(selected(after)).toEqual([30]);
    expect(after.focus).toBe(1);
  });

  it('keys go by rows, pages and ends', () => {
    expect(strides.ArrowDown?.(6, 4)).toBe(6);
    expect(strides.PageUp?.(6, 4)).toBe(-24);
    expect(choose(nothingSelected, ids, strides.End!(6, 4), plain).focus).toBe(4);
  });
});

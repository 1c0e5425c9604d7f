// Which groups of copies are open, which is next, and which image is proposed to be kept.
import { describe, expect, it } from 'vitest';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { groupsOf, isOpen, nextOpen, proposed } from '../../src-renderer/duplicates/groups.ts';

const groups = groupsOf(
  {
    same: [
      [1, 2],
      [3, 4, 5],
    ],
    near: [[6, 7]],
  },
  true,
);
const none = () => false;

describe('groups of copies', () => {
  it('are equal ones first, near ones where wanted', () => {
    expect(groups.map(({ kind, images }) => [kind, images.length])).toEqual([
      ['same', 2],
      ['same', 3],
      ['near', 2],
    ]);
    expect(groupsOf({ same: [[1, 2]], near: [[6, 7]] }, false)).toHaveLength(1);
  });

  it('are open while two of them are not rejected', () => {
    const rejected = new Set([3, 4]);
    expect(groups.map((group) => isOpen(group, (image) => rejected.has(image)))).toEqual([true, false, true]);
  });

  it('are gone through in both directions, going round', () => {
    expect([nextOpen(groups, -1, none), nextOpen(groups, 2, none), nextOpen(groups, 0, none, -1)]).toEqual([0, 0, 2]);
    expect(nextOpen(groups, 0, (image) => image >= 3 && image <= 5)).toBe(2);
    expect(nextOpen(groups, 0, () => true)).toBe(-1);
    expect(nextOpen([], 0, none)).toBe(-1);
  });
});

describe('what is proposed to be kept', () => {
  const image = (id: number, row: Partial<ImageDetail['row']>) =>
    ({ row: { id, width: 10, height: 10, state: 'present', verdict: null, ...row } }) as ImageDetail;

  it('is there, not rejected, kept before, large, and old, in this order', () => {
    expect(proposed([image(2, {}), image(1, {})])).toBe(1);
    expect(proposed([image(1, {}), image(2, { width: 20 })])).toBe(1);
    expect(proposed([image(1, { width: 20 }), image(2, { verdict: 'keep' })])).toBe(1);
    expect(proposed([image(1, { verdict: 'reject', width: 90 }), image(2, {})])).toBe(1);
    expect(proposed([image(1, { state: 'vanished', verdict: 'keep' }), image(2, { verdict: 'reject' })])).toBe(1);
  });
});

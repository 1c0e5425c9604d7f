// Groups of copies, and which of them somebody still has to decide about. Pure functions.
import type { ImageDetail } from '../../src-preload/schemas/image.ts';

export interface CopyGroup {
  readonly kind: 'same' | 'near';
  readonly images: readonly number[];
}

/** What is gone through: equal pixels first, then groups of nearly equal images, where these are wanted. */
export function groupsOf(
  found: { readonly same: readonly (readonly number[])[]; readonly near: readonly (readonly number[])[] },
  withNear: boolean,
): readonly CopyGroup[] {
  const same = found.same.map((images): CopyGroup => ({ kind: 'same', images }));
  return withNear ? [...same, ...found.near.map((images): CopyGroup => ({ kind: 'near', images }))] : same;
}

/** Whether more than one image of a group is not rejected. */
export const isOpen = ({ images }: CopyGroup, isRejected: (image: number) => boolean): boolean =>
  images.filter((image) => !isRejected(image)).length > 1;

/** The place of the next open group after `from`, going round; -1 where none is open. */
export function nextOpen(
  groups: readonly CopyGroup[],
  from: number,
  isRejected: (image: number) => boolean,
  step: 1 | -1 = 1,
): number {
  for (let count = 1; count <= groups.length; count++) {
    const place = (((from + step * count) % groups.length) + groups.length) % groups.length;
    if (isOpen(groups[place]!, isRejected)) return place;
  }
  return -1;
}

/**
 * Which image of a group is proposed to be kept: one that is there, was not rejected, was kept before, is the largest, and was
 * imported first, in this order of importance.
 */
export function proposed(details: readonly ImageDetail[]): number {
  const rank = ({ row }: ImageDetail) => [
    Number(row.state === 'present'),
    Number(row.verdict !== 'reject'),
    Number(row.verdict === 'keep'),
    row.width * row.height,
    -row.id,
  ];
  const ranks = details.map(rank);
  let best = 0;
  for (let index = 1; index < ranks.length; index++) {
    const differs = ranks[index]!.findIndex((value, part) => value !== ranks[best]![part]);
    if (differs >= 0 && ranks[index]![differs]! > ranks[best]![differs]!) best = index;
  }
  return best;
}

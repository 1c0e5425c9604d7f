// Normals that a training does not learn from, and how a network's file names them.
import type { Random } from '../platform/random/random.ts';

/** The numbers of `count` images divided in an order of the random numbers: the first `held` are held out. */
export function dividedBy(random: Random, count: number, held: number) {
  const order = random.permutation(count);
  return { heldOut: order.slice(0, held), learned: order.slice(held) };
}

/** Enough of the hash to know the image again, and its frame. */
export const shortIdentity = ({ sha256, frame }: { readonly sha256: string; readonly frame: number }): string =>
  `${sha256.slice(0, 16)}:${frame}`;

// Normals that a training does not learn from, and how a network's file names them.
import { randomFrom } from '../platform/random/random.ts';

/** The numbers of `count` images divided in an order of the seed: the first `held` are held out, by whatever is trained. */
export function dividedBy(seed: number, count: number, held: number) {
  const order = randomFrom(seed).fork('localiser').fork('division').permutation(count);
  return { heldOut: order.slice(0, held), learned: order.slice(held) };
}

/** Enough of the hash to know the image again, and its frame. */
export const shortIdentity = ({ sha256, frame }: { readonly sha256: string; readonly frame: number }): string =>
  `${sha256.slice(0, 16)}:${frame}`;

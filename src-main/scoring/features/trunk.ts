// A trunk: a network that turns an image into features on a grid, looked at once for all families that use it.
import type { TrunkName } from '../../../src-preload/parameters/features.ts';

/** Rows and columns of every trunk's grid. */
export const grid = 8;

export interface Trunk {
  readonly name: TrunkName;
  /** Features of each place of the grid. */
  readonly channels: number;
  /**
   * The features of each image, [channels, grid, grid]. Images come in model space, [C, side, side] in -1..1; what is seen
   * in one does not depend on the others.
   */
  readonly look: (images: readonly Float32Array[]) => Promise<readonly Float32Array[]>;
  readonly release: () => Promise<void>;
}

/** The trunks of one run, each opened once. */
export interface TrunkPool {
  readonly trunk: (name: TrunkName) => Promise<Trunk>;
  /** Looks at images by every open trunk, in full batches; whoever asks for them after that finds them done. */
  readonly lookAhead: (images: readonly Float32Array[]) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** Opens trunks by `open` when somebody first asks for them, and remembers what they saw in an image as long as it is in use. */
export function trunkPool(open: (name: TrunkName) => Promise<Trunk>): TrunkPool {
  const trunks = new Map<TrunkName, Promise<Trunk>>();
  const opened = () => Promise.all(trunks.values());
  return {
    trunk: (name) => {
      const trunk = trunks.get(name) ?? open(name).then(remembering);
      trunks.set(name, trunk);
      return trunk;
    },
    lookAhead: async (images) => {
      for (const trunk of await opened()) await trunk.look(images);
    },
    release: async () => {
      for (const result of await Promise.allSettled(trunks.values()))
        if (result.status === 'fulfilled') await result.value.release();
    },
  };
}

/** The same trunk, which computes an image once. */
const remembering = (trunk: Trunk): Trunk => ({ ...trunk, look: remembered(trunk.look) });

/** The same `look`, which computes an image (the very array) once while somebody holds it. */
export function remembered<T>(
  look: (images: readonly Float32Array[]) => Promise<readonly T[]>,
): (images: readonly Float32Array[]) => Promise<readonly T[]> {
  const known = new WeakMap<Float32Array, T>();
  return async (images) => {
    const fresh = [...new Set(images.filter((image) => !known.has(image)))];
    const seen = await look(fresh);
    for (const [index, image] of fresh.entries()) known.set(image, seen[index]!);
    return images.map((image) => known.get(image)!);
  };
}

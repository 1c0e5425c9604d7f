// A trunk: a network that turns an image into features on a grid, looked at once for all families that use it.
import type { TrunkName } from '../../../src-preload/parameters/features.ts';

/** Rows and columns of every trunk's grid. */
export const grid = 8;

export interface Trunk {
  readonly name: TrunkName;
  /** Differs where the trunk would see something else in the same image. */
  readonly identity: string;
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
  readonly release: () => Promise<void>;
}

/** Opens trunks by `open` when somebody first asks for them. */
export function trunkPool(open: (name: TrunkName) => Promise<Trunk>): TrunkPool {
  const trunks = new Map<TrunkName, Promise<Trunk>>();
  return {
    trunk: (name) => {
      const trunk = trunks.get(name) ?? open(name);
      trunks.set(name, trunk);
      return trunk;
    },
    release: async () => {
      for (const result of await Promise.allSettled(trunks.values()))
        if (result.status === 'fulfilled') await result.value.release();
    },
  };
}

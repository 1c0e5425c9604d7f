// Computes the family `localiser`: the map of each image, and its features against the normals'.
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { GreyImage } from '../../platform/grey-image.ts';
import { mean } from '../../statistics/moments.ts';
import { PadimAccumulator, type PadimModel, padimMaps } from '../../statistics/padim.ts';
import type { FamilyContext, FamilyScorer } from '../family.ts';
import { pooledRows, rowOf } from '../features/pooled.ts';
import { grid } from '../features/trunk.ts';
import { reasonOfDistances, reasonOfMap } from '../reasons.ts';

/** Throws `missing` where the run has no localiser; the scorer throws `usage` for too few normals. */
export async function openLocaliserFamily({ localiser }: FamilyContext): Promise<FamilyScorer> {
  const { channels, look } = await localiser();
  const product = await createMatrixMultiplier();
  const every = Uint32Array.from({ length: channels }, (_, channel) => channel);
  const places = new PadimAccumulator(every, grid ** 2, product.multiply);
  let padim: PadimModel;
  return {
    learn: async (image) => {
      await places.add((await look([image])).map(({ features }) => features));
    },
    fit: async () => {
      padim = await places.fit();
    },
    score: async (images, step, masks = []) => {
      step();
      const looked = await look(images);
      const features = looked.map((each) => each.features);
      const distances = await padimMaps(padim, features, product.multiply);
      const pooled = pooledRows(features);
      return looked.map(({ map }, index) => ({
        values: {
          localiser: mean(map),
          'localiser peak': highestMean(map),
          ...insideMask(map, masks[index]),
          'localiser features': mean(distances[index]!),
        },
        map,
        pooled: rowOf(pooled, index),
        reasons: { localiser: reasonOfMap(map), 'localiser features': reasonOfDistances(distances[index]!) },
      }));
    },
    release: () => product.release(),
  };
}

/** The peak of the map inside an organ; nothing without a mask, or where it is empty. */
function insideMask(map: Float32Array, mask: GreyImage | undefined): Readonly<Record<string, number>> {
  if (mask === undefined) return {};
  const inside = map.filter((_, at) => mask.data[at]! > 0);
  return inside.length === 0 ? {} : { 'localiser mask': highestMean(inside) };
}

/** The share of the pixels that the peak is taken over. */
const peakShare = 0.02;

function highestMean(map: Float32Array): number {
  const count = Math.max(1, Math.round(peakShare * map.length));
  return mean(
    map
      .slice()
      .sort()
      .subarray(map.length - count),
  );
}

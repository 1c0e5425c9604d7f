// Computes the family `features`: what a trunk sees in each image against what it sees in the normals, place by place.
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { featuresOptions } from '../../../src-preload/parameters/features.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { fitGaussian, type Gaussian, mahalanobisDistances } from '../../statistics/gaussian.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import { MomentAccumulator } from '../../statistics/moment-accumulator.ts';
import { PadimAccumulator, type PadimModel, padimMaps } from '../../statistics/padim.ts';
import type { FamilyContext, FamilyScorer } from '../family.ts';
import { grid } from './trunk.ts';

const places = grid * grid;

/** Of the pooled features, as PaDiM's at each place. */
const shrinkage = 0.01;

/** Throws what opening the trunk throws; the scorer throws `usage` for too few normals. */
export async function openFeatures({ trunk: open, parameters }: FamilyContext): Promise<FamilyScorer> {
  const { trunk: name, trunkChannels, trunkSeed } = parameters as ValuesOf<typeof featuresOptions>;
  const trunk = await open(name);
  const product = await createMatrixMultiplier();
  const chosen = randomFrom(trunkSeed).fork('channels').permutation(trunk.channels).slice(0, trunkChannels).sort();
  const atPlaces = new PadimAccumulator(chosen, places, product.multiply);
  const pooled = new MomentAccumulator(trunk.channels, product.multiply, 128);
  let padim: PadimModel;
  let whole: Gaussian;
  return {
    learn: async (image) => {
      const seen = await trunk.look([image]);
      await atPlaces.add(seen);
      await pooled.add(means(seen));
    },
    fit: async () => {
      padim = await atPlaces.fit();
      whole = fitGaussian(await pooled.moments('unbiased'), shrinkage);
    },
    score: async (images, step) => {
      step();
      const seen = await trunk.look(images);
      const maps = await padimMaps(padim, seen, product.multiply);
      const distances = await mahalanobisDistances(whole, means(seen), product.multiply);
      return maps.map((map, index) => ({
        values: { 'feature PaDiM': mean(map), 'feature pooled Mahalanobis': distances[index]! },
        map,
      }));
    },
    release: () => product.release(),
  };
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The features of each image averaged over the grid, an image a row. */
function means(seen: readonly Float32Array[]): Matrix {
  const columns = seen[0]!.length / places;
  const data = new Float64Array(seen.length * columns);
  for (const [row, features] of seen.entries())
    for (let channel = 0; channel < columns; channel++)
      data[row * columns + channel] = mean(features.subarray(channel * places, (channel + 1) * places));
  return { rows: seen.length, columns, data };
}

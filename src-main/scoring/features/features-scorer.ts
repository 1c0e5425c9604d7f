// Computes the family `features`: what a trunk sees in each image against what it sees in the normals, place by place.
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { featuresOptions } from '../../../src-preload/parameters/features.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { greedyCoreset, nearestDistances, RowSample, randomProjection, rowsOf } from '../../statistics/coreset.ts';
import { fitGaussian, type Gaussian, mahalanobisDistances } from '../../statistics/gaussian.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import { MomentAccumulator } from '../../statistics/moment-accumulator.ts';
import { mean } from '../../statistics/moments.ts';
import { PadimAccumulator, type PadimModel, padimMaps } from '../../statistics/padim.ts';
import type { FamilyContext, FamilyScorer } from '../family.ts';
import { reasonOfDistances } from '../reasons.ts';
import { pooledRows, rowOf } from './pooled.ts';
import { grid } from './trunk.ts';

const places = grid * grid;

/** Of the pooled features, as PaDiM's at each place. */
const shrinkage = 0.01;

/** Places of normals, of all images, that PatchCore's memory is chosen from, and how many it keeps: the paper keeps 1 to 10 %. */
const [sampled, remembered] = [20_000, 1_000];
/** Dimensions in which they are chosen. */
const projected = 64;

/** Throws what opening the trunk throws; the scorer throws `usage` for too few normals. */
export async function openFeatures({ trunk: open, parameters }: FamilyContext): Promise<FamilyScorer> {
  const { trunk: name, trunkChannels, trunkSeed } = parameters as ValuesOf<typeof featuresOptions>;
  const trunk = await open(name);
  const product = await createMatrixMultiplier();
  const random = randomFrom(trunkSeed);
  const chosen = random.fork('channels').permutation(trunk.channels).slice(0, trunkChannels).sort();
  const atPlaces = new PadimAccumulator(chosen, places, product.multiply);
  const pooled = new MomentAccumulator(trunk.channels, product.multiply, 128);
  const sample = new RowSample(chosen.length, sampled, random.fork('patches'));
  let memory: Matrix;
  let padim: PadimModel;
  let whole: Gaussian;
  return {
    learn: async (image) => {
      const seen = await trunk.look([image]);
      await atPlaces.add(seen);
      await pooled.add(pooledRows(seen));
      sample.add(patches(seen, chosen));
    },
    fit: async () => {
      padim = await atPlaces.fit();
      whole = fitGaussian(await pooled.moments('unbiased'), shrinkage);
      const rows = sample.sample();
      const narrow = await randomProjection(rows, projected, random.fork('projection'), product.multiply);
      memory = rowsOf(rows, greedyCoreset(narrow, remembered));
    },
    score: async (images, step) => {
      step();
      const seen = await trunk.look(images);
      const maps = await padimMaps(padim, seen, product.multiply);
      const pooled = pooledRows(seen);
      const distances = await mahalanobisDistances(whole, pooled, product.multiply);
      const strange = await nearestDistances(patches(seen, chosen), memory, product.multiply);
      return maps.map((map, index) => {
        const own = strange.subarray(index * places, (index + 1) * places);
        return {
          values: {
            'feature PaDiM': mean(map),
            'feature PatchCore': mean(own),
            'feature PatchCore peak': Math.max(...own),
            'feature pooled Mahalanobis': distances[index]!,
          },
          map,
          reasons: { 'feature PaDiM': reasonOfDistances(map) },
          pooled: rowOf(pooled, index),
        };
      });
    },
    release: () => product.release(),
  };
}

/** The chosen features of every place, a place a row, image after image. */
function patches(seen: readonly Float32Array[], chosen: Uint32Array): Matrix {
  const data = new Float32Array(seen.length * places * chosen.length);
  let at = 0;
  for (const features of seen)
    for (let place = 0; place < places; place++)
      for (let index = 0; index < chosen.length; index++) data[at++] = features[chosen[index]! * places + place]!;
  return { rows: seen.length * places, columns: chosen.length, data };
}

// Computes the family `features`: what a trunk sees in each image against what it sees in the normals, place by place.
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { featuresOptions } from '../../../src-preload/parameters/features.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { greedyCoreset, nearestDistances, RowSample, randomProjection, rowsOf } from '../../statistics/coreset.ts';
import { fitGaussian, type Gaussian, mahalanobisDistances } from '../../statistics/gaussian.ts';
import { type Matrix, matrixOf } from '../../statistics/matrix.ts';
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
export async function openFeatures({ trunk: open, keep, parameters }: FamilyContext): Promise<FamilyScorer> {
  const { trunk: name, trunkChannels, trunkSeed } = parameters as ValuesOf<typeof featuresOptions>;
  const trunk = await open(name);
  const product = await createMatrixMultiplier();
  const random = randomFrom(trunkSeed);
  const chosen = random.fork('channels').permutation(trunk.channels).slice(0, trunkChannels).sort();
  const look = await keep({
    name: `features ${name}`,
    identity: `${trunk.identity} ${chosen.join()}`,
    count: chosen.length * places + trunk.channels,
    precision: 'half',
    look: async (images) => (await trunk.look(images)).map((seen) => cellsAndMeans(seen, chosen)),
  });
  const cellsOf = (seen: Float32Array) => seen.subarray(0, chosen.length * places);
  const meansOf = (seen: readonly Float32Array[]) =>
    matrixOf(seen.map((each) => each.subarray(chosen.length * places)));
  const every = chosen.map((_, index) => index);
  const atPlaces = new PadimAccumulator(every, places, product.multiply);
  const pooled = new MomentAccumulator(trunk.channels, product.multiply, 128);
  const sample = new RowSample(chosen.length, sampled, random.fork('patches'));
  let memory: Matrix;
  let padim: PadimModel;
  let whole: Gaussian;
  return {
    learn: async (image) => {
      const seen = await look([image]);
      const cells = seen.map(cellsOf);
      await atPlaces.add(cells);
      await pooled.add(meansOf(seen));
      sample.add(patches(cells));
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
      const seen = await look(images);
      const cells = seen.map(cellsOf);
      const maps = await padimMaps(padim, cells, product.multiply);
      const pooled = meansOf(seen);
      const distances = await mahalanobisDistances(whole, pooled, product.multiply);
      const strange = await nearestDistances(patches(cells), memory, product.multiply);
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

/** What is kept of an image: the chosen features of every place, and the mean of every feature. */
function cellsAndMeans(features: Float32Array, chosen: Uint32Array): Float32Array {
  const means = pooledRows([features]).data;
  const kept = new Float32Array(chosen.length * places + means.length);
  for (const [index, channel] of chosen.entries())
    kept.set(features.subarray(channel * places, (channel + 1) * places), index * places);
  kept.set(means, chosen.length * places);
  return kept;
}

/** Features [channels, places] as rows, a place a row, image after image. */
function patches(cells: readonly Float32Array[]): Matrix {
  const columns = cells[0]!.length / places;
  const data = new Float32Array(cells.length * places * columns);
  let at = 0;
  for (const features of cells)
    for (let place = 0; place < places; place++)
      for (let index = 0; index < columns; index++) data[at++] = features[index * places + place]!;
  return { rows: cells.length * places, columns, data };
}

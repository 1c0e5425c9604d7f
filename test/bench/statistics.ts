// Benchmark: the permutation test with power (the published script: 14 s) and the Fréchet distance of Inception features.
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { featureMoments, frechetDistance } from '../../src-main/statistics/frechet-distance.ts';
import type { Matrix } from '../../src-main/statistics/matrix.ts';
import { permutationPower, permutationTest } from '../../src-main/statistics/permutation-test.ts';
import type { Measure } from './measure.ts';

export async function run(): Promise<readonly Measure[]> {
  return [permutationSeconds(), await frechetSeconds()];
}

/** 100,000 permutations of 50 and 50 AUROCs, and 1,000 simulations of 1,000: the first run, as a command would see it. */
function permutationSeconds(): Measure {
  const random = randomFrom('permutation benchmark');
  const draw = (mean: number) => Array.from({ length: 50 }, () => mean + 0.1 * random.gaussian());
  const [first, second] = [draw(0.82), draw(0.78)];
  const start = performance.now();
  permutationTest(first, second, 100_000, random);
  permutationPower(first, second, { alpha: 0.05, simulations: 1000, permutations: 1000 }, random);
  const value = (performance.now() - start) / 1000;
  return { name: 'permutation test with power, 50 and 50 values', value, unit: 's', target: 0.14 };
}

/** Two sets of 5,000 vectors of 2,048, two threads, covariances included. */
async function frechetSeconds(): Promise<Measure> {
  const { multiply, release } = await createMatrixMultiplier(2);
  const sets = [features(1), features(1.1)];
  const start = performance.now();
  const [first, second] = [await featureMoments(sets[0]!, multiply), await featureMoments(sets[1]!, multiply)];
  await frechetDistance(first, second, multiply);
  const value = (performance.now() - start) / 1000;
  await release();
  return { name: 'Fréchet distance, 5,000 vectors of 2,048 each', value, unit: 's', target: 30 };
}

/** Neighbouring features go together, and their spread falls off, as those of a network do. */
function features(scale: number): Matrix {
  const [rows, columns] = [5000, 2048];
  const random = randomFrom(`features ${scale}`);
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let common = 0;
    for (let column = 0; column < columns; column++) {
      common = 0.9 * common + random.uniform() - 0.5;
      data[row * columns + column] = Math.max((scale * common * 20) / (20 + column) + 0.1, 0);
    }
  }
  return { rows, columns, data };
}

// PaDiM and Mahalanobis distances against NumPy and scikit-learn (test/golden/statistics/make_padim.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { cholesky, fitGaussian, mahalanobisDistances } from '../../src-main/statistics/gaussian.ts';
import { multiply } from '../../src-main/statistics/matrix.ts';
import { MomentAccumulator } from '../../src-main/statistics/moment-accumulator.ts';
import { PadimAccumulator, padimMaps } from '../../src-main/statistics/padim.ts';
import { formulaFeatures } from './formula-noise.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/statistics/padim.json', import.meta.url), 'utf8')) as {
  readonly maps: readonly (readonly number[])[];
  readonly pooled: readonly number[];
};
const [places, channels] = [4, 6];
const chosen = Uint32Array.of(0, 2, 3, 5);

/** Features of images, each [channels, places]. */
function features(seed: number, images: number, offset: number): readonly Float32Array[] {
  const { data } = formulaFeatures(seed, images * places, channels, offset);
  return Array.from({ length: images }, (_, image) =>
    Float32Array.from({ length: channels * places }, (_, at) => {
      const [channel, place] = [Math.floor(at / places), at % places];
      return data[(image * places + place) * channels + channel]!;
    }),
  );
}
const normals = features(31, 40, 0.4);
const images = features(32, 5, 0.6);
const closeTo = (values: ArrayLike<number>, digits: number) =>
  Array.from(values, (value) => expect.closeTo(value, digits) as number);

describe('PaDiM', () => {
  it("equals NumPy's, whether normals come one by one or together", async () => {
    const product = await createMatrixMultiplier(1);
    const oneByOne = new PadimAccumulator(chosen, places, product.multiply);
    for (const image of normals) await oneByOne.add([image]);
    const together = new PadimAccumulator(chosen, places);
    await together.add(normals);
    const expected = golden.maps.map((map) => closeTo(map, 4));
    const found = await padimMaps(await oneByOne.fit(), images, product.multiply);
    expect(found.map((map) => [...map])).toEqual(expected);
    expect((await padimMaps(await together.fit(), images)).map((map) => [...map])).toEqual(expected);
    await product.release();
  });

  it('needs a few normals, and normals that differ', async () => {
    const few = new PadimAccumulator(chosen, places);
    await few.add(normals.slice(0, 15));
    await expect(few.fit()).rejects.toMatchObject({ kind: 'usage' });
    const copies = new PadimAccumulator(chosen, places);
    await copies.add(Array.from({ length: 20 }, () => normals[0]!));
    await expect(copies.fit()).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('a Gaussian of features', () => {
  it("gives scikit-learn's Mahalanobis distances", async () => {
    const pooled = (all: readonly Float32Array[]) => ({
      rows: all.length,
      columns: channels,
      data: Float64Array.from({ length: all.length * channels }, (_, at) => {
        const start = (at % channels) * places;
        const values = all[Math.floor(at / channels)]!.subarray(start, start + places);
        return values.reduce((sum, value) => sum + value, 0) / places;
      }),
    });
    const moments = new MomentAccumulator(channels, multiply, 16);
    await moments.add(pooled(normals));
    const gaussian = fitGaussian(await moments.moments('unbiased'), 0.01);
    expect([...(await mahalanobisDistances(gaussian, pooled(images)))]).toEqual(closeTo(golden.pooled, 4));
  });

  it('has a factor whose square is the covariance, and refuses what is none', () => {
    const matrix = Float64Array.of(4, 2, -2, 2, 10, 2, -2, 2, 5);
    const lower = cholesky(matrix, 3);
    const transposed = lower.map((_, at) => lower[(at % 3) * 3 + Math.floor(at / 3)]!);
    expect([...multiply(lower, transposed, 3, 3, 3)]).toEqual(closeTo(matrix, 12));
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow();
  });
});

// ONNX Runtime's float64 product against the plain one, and statistics that run on it.
import { expect, it } from 'vitest';
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { featureMoments, frechetDistance } from '../../src-main/statistics/frechet-distance.ts';
import { multiply } from '../../src-main/statistics/matrix.ts';
import { formulaFeatures, formulaNoise } from './formula-noise.ts';

it('equals the plain product, of either kind of array', async () => {
  const { multiply: product, release } = await createMatrixMultiplier(1);
  const a = formulaNoise(1, 7 * 30);
  const b = formulaNoise(2, 30 * 5);
  const plain = multiply(a, b, 7, 30, 5);
  expect([...(await product(a, b, 7, 30, 5))]).toEqual(
    Array.from(plain, (value) => expect.closeTo(value, 12) as number),
  );
  expect((await product(Float32Array.from(a), b, 7, 30, 5))[3]).toBeCloseTo(plain[3]!, 12);

  const sets = [formulaFeatures(21, 60, 12, 0.4), formulaFeatures(22, 50, 12, 0.55)];
  const plainMoments = await Promise.all(sets.map((set) => featureMoments(set)));
  const moments = await Promise.all(sets.map((set) => featureMoments(set, product)));
  expect(await frechetDistance(moments[0]!, moments[1]!, product)).toBeCloseTo(
    await frechetDistance(plainMoments[0]!, plainMoments[1]!),
    10,
  );
  await release();
});

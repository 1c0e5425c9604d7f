// Distances between feature sets and typicality against scipy and scikit-learn (test/golden/statistics/make_features.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { featureMoments, frechetDistance } from '../../src-main/statistics/frechet-distance.ts';
import { inceptionScore } from '../../src-main/statistics/inception-score.ts';
import { kernelDistance } from '../../src-main/statistics/kernel-distance.ts';
import { type Matrix, multiply, transpose } from '../../src-main/statistics/matrix.ts';
import { prdc } from '../../src-main/statistics/prdc.ts';
import { symmetricEigen, symmetricEigenvalues } from '../../src-main/statistics/symmetric-eigen.ts';
import { fitTypicality, typicalityResidual, typicalityScores } from '../../src-main/statistics/typicality.ts';
import { formulaFeatures, formulaNoise } from './formula-noise.ts';

interface Golden {
  readonly frechet: readonly number[];
  readonly prdc: readonly Readonly<Record<'precision' | 'recall' | 'density' | 'coverage', number>>[];
  readonly kid: number;
  readonly inception: { readonly mean: number; readonly standardDeviation: number };
  readonly typicality: Readonly<Record<'componentResidual' | 'mahalanobis' | 'nearestNormals', readonly number[]>>;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/statistics/features.json', import.meta.url), 'utf8'),
) as Golden;

const real = formulaFeatures(21, 60, 12, 0.4);
const fake = formulaFeatures(22, 50, 12, 0.55);
const few = formulaFeatures(23, 8, 12, 0.4);
const other = formulaFeatures(24, 7, 12, 0.3);
const closeTo = (values: ArrayLike<number>, digits: number) =>
  Array.from(values, (value) => expect.closeTo(value, digits) as number);

describe('Fréchet distance', () => {
  const distance = async (a: Matrix, b: Matrix) => frechetDistance(await featureMoments(a), await featureMoments(b));

  it("equals scipy's, with singular covariances too", async () => {
    const found = [
      await distance(real, fake),
      await distance(few, other),
      await distance(real, few),
      await distance(real, real),
    ];
    expect(found).toEqual(closeTo(golden.frechet, 6));
  });

  it('is 0 for a constant feature set and itself, and symmetric', async () => {
    const constant = { rows: 5, columns: 3, data: new Float64Array(15).fill(2) };
    expect(await distance(constant, constant)).toBe(0);
    expect(await distance(fake, few)).toBeCloseTo(await distance(few, fake), 9);
  });

  it('refuses features that do not fit', async () => {
    await expect(featureMoments({ rows: 1, columns: 2, data: new Float64Array(2) })).rejects.toThrow('usage');
    await expect(distance(real, { rows: 2, columns: 1, data: Float64Array.of(1, 2) })).rejects.toThrow('mismatch');
  });
});

describe('precision, recall, density, coverage', () => {
  it("equal scikit-learn's neighbours", async () => {
    expect(await prdc(real, fake, 5)).toEqual({
      precision: expect.closeTo(golden.prdc[0]!.precision, 12),
      recall: expect.closeTo(golden.prdc[0]!.recall, 12),
      density: expect.closeTo(golden.prdc[0]!.density, 12),
      coverage: expect.closeTo(golden.prdc[0]!.coverage, 12),
    });
    expect(Object.values(await prdc(fake, real, 3))).toEqual(closeTo(Object.values(golden.prdc[1]!), 12));
  });

  it('need more images than neighbours', async () => {
    await expect(prdc(few, other, 7)).rejects.toThrow('usage');
    await expect(prdc(few, { ...other, columns: 6, rows: 14 }, 3)).rejects.toThrow('mismatch');
  });
});

it('the kernel distance equals the unbiased MMD when a subset is all', async () => {
  const first = { ...real, rows: 50, data: real.data.slice(0, 600) };
  const options = { subsets: 2, subsetSize: 1000 };
  expect(await kernelDistance(first, fake, options, randomFrom(1))).toBeCloseTo(golden.kid, 10);
  const parts = await kernelDistance(real, fake, { subsets: 60, subsetSize: 25 }, randomFrom(1));
  expect(parts / golden.kid).toBeCloseTo(1, 0);
  await expect(kernelDistance(real, fake, { subsets: 1, subsetSize: 1 }, randomFrom(1))).rejects.toThrow('usage');
});

it("the Inception score equals scipy's entropies", () => {
  const raw = formulaNoise(25, 210).map((value) => value ** 3);
  const data = raw.map((value, at) => {
    const row = Math.floor(at / 7) * 7;
    return value / raw.subarray(row, row + 7).reduce((sum, other) => sum + other, 0);
  });
  const score = inceptionScore({ rows: 30, columns: 7, data }, 4);
  expect(score.mean).toBeCloseTo(golden.inception.mean, 12);
  expect(score.standardDeviation).toBeCloseTo(golden.inception.standardDeviation, 12);
  const certain = Float64Array.of(1, 0, 0, 1);
  expect(inceptionScore({ rows: 2, columns: 2, data: certain }, 1).mean).toBeCloseTo(2, 12);
  expect(() => inceptionScore({ rows: 2, columns: 2, data: certain }, 3)).toThrow('usage');
});

describe('typicality', () => {
  const normals = formulaFeatures(26, 40, 12, 0.4);
  const images = formulaFeatures(27, 6, 12, 0.5);

  it('equals scikit-learn', async () => {
    const model = await fitTypicality(normals, { components: 5, neighbours: 3 });
    const scores = await typicalityScores(model, images);
    expect([...scores.componentResidual]).toEqual(closeTo(golden.typicality.componentResidual, 5));
    expect([...scores.mahalanobis]).toEqual(closeTo(golden.typicality.mahalanobis, 5));
    expect([...scores.nearestNormals]).toEqual(closeTo(golden.typicality.nearestNormals, 5));
  });

  it('maps the residual of one image', async () => {
    const model = await fitTypicality(normals, { components: 5, neighbours: 3 });
    const residual = await typicalityResidual(model, images.data.slice(0, 12));
    const { componentResidual } = await typicalityScores(model, images);
    expect(Math.hypot(...residual)).toBeCloseTo(componentResidual[0]!, 6);
  });

  it('does without a feature that never varies, and needs enough normals', async () => {
    const constant = { ...normals, data: normals.data.map((value, at) => (at % 12 === 3 ? 7 : value)) };
    const model = await fitTypicality(constant, { components: 5, neighbours: 3 });
    const { nearestNormals } = await typicalityScores(model, constant);
    expect(nearestNormals.every(Number.isFinite)).toBe(true);
    await expect(fitTypicality(normals, { components: 5, neighbours: 40 })).rejects.toThrow(
      'at least 41 normals; there are 40',
    );
    await expect(typicalityScores(model, { rows: 1, columns: 2, data: Float64Array.of(1, 2) })).rejects.toThrow(
      'mismatch',
    );
  });
});

describe('symmetric eigenproblems', () => {
  /** B B^T with two equal columns and a zero one, so that some eigenvalues repeat or vanish. */
  function semidefinite(n: number): Float64Array {
    const b = formulaNoise(n, n * n).map((value, at) => (at % n === 0 ? 0 : value - 0.5));
    for (let row = 0; row < n; row++) b[row * n + n - 1] = b[row * n + Math.min(1, n - 1)]!;
    return multiply(b, transpose(b, n, n), n, n, n);
  }

  it.each([1, 2, 3, 10, 65])('of size %i', (n) => {
    const matrix = semidefinite(n);
    const { values, vectors } = symmetricEigen(matrix, n);
    const applied = multiply(vectors, matrix, n, n, n);
    expect([...applied]).toEqual(
      closeTo(
        vectors.map((value, at) => value * values[Math.floor(at / n)]!),
        9,
      ),
    );
    const products = multiply(vectors, transpose(vectors, n, n), n, n, n);
    expect([...products]).toEqual(
      closeTo(
        products.map((_, at) => Number(at % (n + 1) === 0)),
        9,
      ),
    );
    expect([...symmetricEigenvalues(matrix, n)]).toEqual(closeTo(values, 9));
    expect([...values]).toEqual([...values].toSorted((a, b) => b - a));
  });

  it('are refused for entries that are not finite', () => {
    expect(() => symmetricEigenvalues(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow('usage');
  });
});

it('multiplies matrices whose sides are no multiples of a block', () => {
  const [m, k, n] = [3, 70, 515];
  const a = formulaNoise(1, m * k);
  const b = formulaNoise(2, k * n);
  const product = multiply(a, b, m, k, n);
  for (const [row, column] of [
    [0, 0],
    [2, 514],
    [1, 511],
    [1, 512],
  ] as const) {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[row * k + i]! * b[i * n + column]!;
    expect(product[row * n + column]).toBeCloseTo(sum, 10);
  }
});

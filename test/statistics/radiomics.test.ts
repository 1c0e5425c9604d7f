// Radiomic features against pyradiomics' formulas followed by hand (test/golden/statistics/make_radiomics.py).
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { frechetRadiomicDistance } from '../../src-main/statistics/radiomics/frechet-radiomic-distance.ts';
import { radiomicFeatures } from '../../src-main/statistics/radiomics/radiomic-features.ts';
import { formulaFeatures } from './formula-noise.ts';
import { draw, goldenRadiomics as golden } from './radiomic-cases.ts';

describe.each(golden.cases)('radiomics of $shape, grey $low to $high', (example) => {
  const mask = example.mask && { mask: Array.from(example.mask.join(''), (sign) => Number(sign === '#')) };
  const features = radiomicFeatures({ size: example.shape, spacing: example.spacing, values: draw(example), ...mask });

  it('has the features of pyradiomics by name', () => {
    expect(Object.keys(features).toSorted()).toEqual(Object.keys(example.features).toSorted());
    expect(Object.keys(features).length).toBe(example.shape.length === 2 ? 102 : 107);
  });

  it.each(['firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm', 'shape'])('%s', (family) => {
    const ofFamily = Object.entries(features).filter(([name]) => name.startsWith(family));
    expect(ofFamily.length).toBeGreaterThan(4);
    for (const [name, value] of ofFamily) {
      const expected = example.features[name]!;
      expect(Math.abs(value - expected), `${name}: ${value} for ${expected}`).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(expected)),
      );
    }
  });
});

it('refuses images without radiomics', () => {
  const values = Float64Array.of(1, 2, 3, Number.NaN);
  expect(() => radiomicFeatures({ size: [2, 2], spacing: [1, 1], values })).toThrow('usage');
  expect(() => radiomicFeatures({ size: [1, 1], spacing: [1, 1], values: [1] })).toThrow('usage');
  expect(() => radiomicFeatures({ size: [2, 3], spacing: [1, 1], values: [1, 2, 3, 4] })).toThrow('usage');
});

it('has no texture of voxels without neighbours', () => {
  const values = Float64Array.from({ length: 25 }, (_, at) => at * 3);
  const mask = values.map((_, at) => (at === 0 || at === 14 ? 1 : 0));
  const features = radiomicFeatures({ size: [5, 5], spacing: [1, 1], values, mask });
  expect(Object.keys(features)).toEqual(Object.keys(radiomicFeatures({ size: [5, 5], spacing: [1, 1], values })));
  expect([features.glcm_Contrast, features.glrlm_RunEntropy]).toEqual([Number.NaN, Number.NaN]);
  expect([features.firstorder_Mean, features.ngtdm_Coarseness]).toEqual([21, 1e6]);
});

describe('Fréchet radiomic distance', () => {
  const withConstant = (seed: number, rows: number, offset: number) => {
    const { columns, data } = formulaFeatures(seed, rows, 6, offset);
    return { rows, columns, data: data.map((value, at) => (at % 6 === 2 ? 5 : value)) };
  };
  const first = withConstant(61, 20, 3);
  const second = withConstant(62, 25, 3.2);

  it('equals the procedure of frd-score', async () => {
    expect(await frechetRadiomicDistance(first, second, { version: 'v0' })).toBeCloseTo(golden.frd.v0, 5);
    expect(await frechetRadiomicDistance(first, second, { version: 'v1' })).toBeCloseTo(golden.frd.v1, 5);
  });

  it('takes the means alone, and normalises each set by itself', async () => {
    const normalisation = { type: 'zscore', reference: 'independent', range: [0, 1] } as const;
    expect(await frechetRadiomicDistance(first, second, { version: 'v0', normalisation, meansOnly: true })).toBeCloseTo(
      0,
    );
    const joint = { ...normalisation, reference: 'joint' } as const;
    expect(
      await frechetRadiomicDistance(first, second, { version: 'v0', normalisation: joint, meansOnly: true }),
    ).toBeGreaterThan(0.01);
  });

  it('of the same images is 0, in both versions and any order', async () => {
    const random = randomFrom('frd').fork('same');
    for (const [rows, columns] of [
      [4, 102],
      [4, 3],
      [40, 102],
      [300, 20],
    ] as const) {
      const data = Float64Array.from({ length: rows * columns }, () => random.gaussian() * 1000);
      const first = { rows, columns, data };
      const turned = Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
      const second = { rows, columns, data: Float64Array.from(turned.reverse().flat()) };
      expect(await frechetRadiomicDistance(first, second, { version: 'v0' })).toBeCloseTo(0, 6);
      expect(await frechetRadiomicDistance(first, second, { version: 'v1' })).toBe(0);
      second.data[0]! += 300;
      const other = await frechetRadiomicDistance(first, second, { version: 'v1' });
      expect(Number.isFinite(other) && other !== 0).toBe(true);
    }
  });

  it('of images that are all alike is 0, or refused where the others differ', async () => {
    const alike = { rows: 3, columns: 2, data: Float64Array.of(1, 2, 1, 2, 1, 2) };
    const others = { rows: 3, columns: 2, data: Float64Array.of(1, 2, 3, 4, 5, 6) };
    expect(await frechetRadiomicDistance(alike, alike, { version: 'v1' })).toBe(0);
    await expect(frechetRadiomicDistance(alike, others, { version: 'v1' })).rejects.toThrow('no feature varies');
  });

  it('copes with features that are no number', async () => {
    const broken = { ...first, data: first.data.map((value, at) => (at === 7 ? Number.NaN : value)) };
    expect(await frechetRadiomicDistance(broken, second, { version: 'v0' })).toBeGreaterThan(0);
    const without = { rows: 19, columns: 6, data: Float64Array.from(first.data.filter((_, at) => at < 6 || at >= 12)) };
    expect(await frechetRadiomicDistance(broken, second, { version: 'v1' })).toBe(
      await frechetRadiomicDistance(without, second, { version: 'v1' }),
    );
    await expect(
      frechetRadiomicDistance(first, { ...second, columns: 5, rows: 30 }, { version: 'v0' }),
    ).rejects.toThrow('mismatch');
  });
});

// Radiomic features against pyradiomics' formulas followed by hand (test/golden/statistics/make_radiomics.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { frechetRadiomicDistance } from '../../src-main/statistics/radiomics/frechet-radiomic-distance.ts';
import { radiomicFeatures } from '../../src-main/statistics/radiomics/radiomic-features.ts';
import { formulaFeatures, formulaNoise } from './formula-noise.ts';

interface Case {
  readonly seed: number;
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly spacing: readonly number[];
  readonly features: Readonly<Record<string, number>>;
}
const golden = JSON.parse(readFileSync(new URL('../golden/statistics/radiomics.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly frd: { readonly v0: number; readonly v1: number };
};

/** Noise whose every second column of three repeats the first, for runs and zones. */
function draw({ seed, shape, low, high }: Case) {
  const columns = shape.at(-1)!;
  const noise = formulaNoise(
    seed,
    shape.reduce((product, length) => product * length, 1),
  );
  return noise.map((value, at) => Math.floor(low + ((at % columns) % 3 === 1 ? noise[at - 1]! : value) * (high - low)));
}

describe.each(golden.cases)('radiomics of $shape, grey $low to $high', (example) => {
  const features = radiomicFeatures({ size: example.shape, spacing: example.spacing, values: draw(example) });

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

describe('Fréchet radiomic distance', () => {
  const withConstant = (seed: number, rows: number, offset: number) => {
    const { columns, data } = formulaFeatures(seed, rows, 6, offset);
    return { rows, columns, data: data.map((value, at) => (at % 6 === 2 ? 5 : value)) };
  };
  const first = withConstant(61, 20, 3);
  const second = withConstant(62, 25, 3.2);

  it('equals the procedure of frd-score', async () => {
    expect(await frechetRadiomicDistance(first, second, 'v0')).toBeCloseTo(golden.frd.v0, 5);
    expect(await frechetRadiomicDistance(first, second, 'v1')).toBeCloseTo(golden.frd.v1, 5);
  });

  it('copes with features that are no number', async () => {
    const broken = { ...first, data: first.data.map((value, at) => (at === 7 ? Number.NaN : value)) };
    expect(await frechetRadiomicDistance(broken, second, 'v0')).toBeGreaterThan(0);
    const without = { rows: 19, columns: 6, data: Float64Array.from(first.data.filter((_, at) => at < 6 || at >= 12)) };
    expect(await frechetRadiomicDistance(broken, second, 'v1')).toBe(
      await frechetRadiomicDistance(without, second, 'v1'),
    );
    await expect(frechetRadiomicDistance(first, { ...second, columns: 5, rows: 30 }, 'v0')).rejects.toThrow('mismatch');
  });
});

// PatchCore's memory against NumPy and scikit-learn (test/golden/statistics/make_padim.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import {
  greedyCoreset,
  nearestDistances,
  RowSample,
  randomProjection,
  rowsOf,
} from '../../src-main/statistics/coreset.ts';
import type { Matrix } from '../../src-main/statistics/matrix.ts';
import { formulaFeatures } from './formula-noise.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/statistics/padim.json', import.meta.url), 'utf8')) as {
  readonly coreset: readonly number[];
  readonly nearest: readonly number[];
};
const single = ({ rows, columns, data }: Matrix): Matrix => ({ rows, columns, data: Float32Array.from(data) });
const bank = single(formulaFeatures(33, 80, 6, 0.4));

describe("PatchCore's memory", () => {
  it('holds the patches that the greedy rule chooses, at the distances of scikit-learn', async () => {
    const chosen = greedyCoreset(bank, 10);
    expect([...chosen]).toEqual(golden.coreset);
    const distances = await nearestDistances(single(formulaFeatures(34, 9, 6, 0.7)), rowsOf(bank, chosen));
    expect([...distances]).toEqual(golden.nearest.map((value) => expect.closeTo(value, 6)));
  });

  it('holds no patch twice', () => {
    const twice = { rows: 6, columns: 1, data: Float32Array.of(1, 1, 5, 5, 1, 3) };
    expect([...greedyCoreset(twice, 6)]).toEqual([0, 2, 5]);
  });

  it('samples rows of a stream evenly, the same for the same seed', () => {
    const sampled = (seed: number) => {
      const sample = new RowSample(1, 50, randomFrom(seed));
      for (let start = 0; start < 1000; start += 8) {
        const data = Float32Array.from({ length: 8 }, (_, index) => start + index);
        sample.add({ rows: 8, columns: 1, data });
      }
      return [...sample.sample().data];
    };
    expect(sampled(1)).toEqual(sampled(1));
    const all = Array.from({ length: 40 }, (_, seed) => sampled(seed)).flat();
    expect(new Set(sampled(3)).size).toBe(50);
    // 2,000 draws: the mean of 0..999 within three standard errors.
    expect(Math.abs(all.reduce((sum, value) => sum + value, 0) / all.length - 499.5)).toBeLessThan(3 * 6.5);
  });

  it('nearly keeps distances in fewer dimensions, up to a common factor', async () => {
    const wide = single(formulaFeatures(35, 30, 80, 0));
    const narrow = await randomProjection(wide, 40, randomFrom(5));
    expect(narrow.columns).toBe(40);
    const distance = ({ columns, data }: Matrix, a: number, b: number) =>
      Math.hypot(...Array.from({ length: columns }, (_, i) => data[a * columns + i]! - data[b * columns + i]!));
    const ratios = [1, 2, 3, 4, 5].map((b) => distance(narrow, 0, b) / distance(wide, 0, b) / Math.sqrt(40));
    for (const ratio of ratios) expect(ratio).toBeCloseTo(1, 0);
  });
});

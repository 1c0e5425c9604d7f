// Permutation tests, corrections for several tests, conformal p-values (test/golden/statistics/make_features.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { combineScores, conformalP, fitCombination } from '../../src-main/statistics/conformal.ts';
import { falseDiscoveryAdjusted, holmAdjusted, keepSet } from '../../src-main/statistics/multiple-testing.ts';
import { pairedPermutationTest } from '../../src-main/statistics/paired-permutation.ts';
import {
  permutationPower,
  permutationTest,
  publishedPermutationPower,
  publishedPermutationTest,
} from '../../src-main/statistics/permutation-test.ts';
import { formulaNoise } from './formula-noise.ts';

interface Golden {
  readonly permutation: { readonly difference: number; readonly p: number; readonly power: number };
  readonly paired: { readonly difference: number; readonly p: number };
  readonly holm: readonly number[];
  readonly benjaminiHochberg: readonly number[];
  readonly combined: readonly { readonly score: number; readonly p: number }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/statistics/features.json', import.meta.url), 'utf8'),
) as Golden;
const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12) as number);

describe('permutation test of two populations', () => {
  const first = formulaNoise(31, 7).map((value) => value + 0.25);
  const second = formulaNoise(32, 6);
  const options = { alpha: 0.05, simulations: 1000, permutations: 1000 };

  it('comes near the exact p-value, whichever population is the smaller', () => {
    const { difference, p } = permutationTest(first, second, 20_000, randomFrom(1));
    expect(difference).toBeCloseTo(golden.permutation.difference, 12);
    expect(Math.abs(p - golden.permutation.p)).toBeLessThan(0.008);
    const turned = permutationTest(second, first, 20_000, randomFrom(1));
    expect(turned.difference).toBe(-difference);
    expect(Math.abs(turned.p - (1 - golden.permutation.p))).toBeLessThan(0.01);
  });

  it('uses each draw twice between populations of one size', () => {
    // Of the 20 ways to choose 3 of these 6, two have a sum of at least 15.
    const { p } = permutationTest([4, 5, 6], [1, 2, 4.5], 20_000, randomFrom(1));
    expect(Math.abs(p - 0.1)).toBeLessThan(0.008);
    expect((permutationTest([4, 5, 6], [1, 2, 3], 11, randomFrom(1)).p * 13) % 1).toBeCloseTo(0, 9);
  });

  it('never answers 0 and counts equal differences', () => {
    expect(permutationTest([9, 9.1, 9.2], [1, 1.1, 1.2], 10, randomFrom(1)).p).toBeGreaterThanOrEqual(1 / 11);
    expect(permutationTest([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], 500, randomFrom(1)).p).toBeGreaterThan(0.5);
    expect(permutationTest([0.7, 0.7], [0.7, 0.7, 0.7], 50, randomFrom(1)).p).toBe(1);
  });

  it('has the power that an independent simulation finds', () => {
    expect(Math.abs(permutationPower(first, second, options, randomFrom(2)) - golden.permutation.power)).toBeLessThan(
      0.06,
    );
    const none = second.map((value) => value - 0.001);
    expect(permutationPower(second, none, options, randomFrom(2))).toBeLessThan(0.09);
  });

  it('counts both sides and stricter as published, and calls that power', () => {
    const { p } = publishedPermutationTest(first, second, 20_000, randomFrom(1));
    expect(Math.abs(p - 2 * golden.permutation.p)).toBeLessThan(0.02);
    expect(publishedPermutationTest([0.7, 0.7], [0.7, 0.7], 50, randomFrom(1)).p).toBe(0);
    expect(publishedPermutationPower([0.7, 0.7], [0.7, 0.7], { ...options, simulations: 5 }, randomFrom(1))).toBe(1);
    expect(publishedPermutationPower(first, second, { ...options, simulations: 5 }, randomFrom(1))).toBe(0);
  });

  it('refuses empty and unfinished populations', () => {
    expect(() => permutationTest([], [1], 10, randomFrom(1))).toThrow('usage');
    expect(() => permutationPower([1, Number.NaN], [1], options, randomFrom(1))).toThrow('usage');
    expect(() => permutationTest([1], [1], 0, randomFrom(1))).toThrow('usage');
  });
});

describe('paired permutation test of two AUROCs', () => {
  const first = { anomalous: formulaNoise(33, 5).map((value) => value + 0.4), normal: formulaNoise(34, 5) };
  const second = { anomalous: formulaNoise(35, 5).map((value) => value - 0.1), normal: formulaNoise(36, 5) };

  it('comes near the p-value of all exchanges', () => {
    const { difference, p } = pairedPermutationTest(first, second, 20_000, randomFrom(1));
    expect(difference).toBeCloseTo(golden.paired.difference, 12);
    expect(Math.abs(p - golden.paired.p)).toBeLessThan(0.012);
  });

  it('does not mind the scale of a score, and knows one patient from many', () => {
    const scaled = { anomalous: first.anomalous.map(Math.exp), normal: first.normal.map(Math.exp) };
    expect(pairedPermutationTest(scaled, second, 50, randomFrom(1))).toEqual(
      pairedPermutationTest(first, second, 50, randomFrom(1)),
    );
    const one = { anomalous: Array<string>(5).fill('p'), normal: Array<string>(5).fill('p') };
    expect(pairedPermutationTest(first, second, 100, randomFrom(1), one).p).toBe(1);
    expect(() => pairedPermutationTest(first, { ...second, normal: [1] }, 10, randomFrom(1))).toThrow('mismatch');
  });
});

describe('several tests', () => {
  const pValues = [0.01, 0.8, 0.03, 0.004, 0.04, 0.03];

  it('are corrected as defined by Holm and by Benjamini and Hochberg', () => {
    expect(holmAdjusted(pValues)).toEqual(closeTo(golden.holm));
    expect(falseDiscoveryAdjusted(pValues)).toEqual(closeTo(golden.benjaminiHochberg));
    expect(() => holmAdjusted([0.5, Number.NaN])).toThrow('usage');
  });

  it('split an archive at a false discovery rate', () => {
    expect(keepSet(pValues, 0.035)).toEqual({ keep: [1, 2, 4, 5], flagged: [0, 3] });
    expect(keepSet([], 0.1)).toEqual({ keep: [], flagged: [] });
    expect(() => keepSet(pValues, 0)).toThrow('usage');
  });
});

describe('conformal p-values', () => {
  const validation = [0, 1, 2].map((k) =>
    formulaNoise(41, 60)
      .slice(k * 20, (k + 1) * 20)
      .map((value) => Number(value.toFixed(1))),
  );

  it('count the validation normals that score as high', () => {
    expect(conformalP([1, 2, 3, 4], 3)).toBe(3 / 5);
    expect(conformalP([1, 2, 3, 4], 9)).toBe(1 / 5);
  });

  it('of combined scores equal full conformal prediction written out', () => {
    const combination = fitCombination(validation);
    const found = [
      [0.9, 0.8, 1.0],
      [0.1, 0.2, 0.5],
      [0.5, 0.9, 0.3],
    ].map((scores) => combineScores(combination, scores));
    expect(found.flatMap(({ score, p }) => [score, p])).toEqual(
      closeTo(golden.combined.flatMap(({ score, p }) => [score, p])),
    );
    expect(() => combineScores(combination, [1])).toThrow('mismatch');
    expect(() => fitCombination([[1, 2], [1]])).toThrow('mismatch');
    expect(() => fitCombination([])).toThrow('usage');
  });

  it('are valid: a normal image has p <= 0.1 in about one case of ten, however alike the scores', () => {
    const random = randomFrom(3);
    const draw = () => {
      const common = random.gaussian();
      return [common, common + 0.1 * random.gaussian(), random.gaussian()];
    };
    const low = Array.from({ length: 600 }, () => {
      const cohort = Array.from({ length: 39 }, draw);
      const combination = fitCombination([0, 1, 2].map((k) => cohort.map((scores) => scores[k]!)));
      return combineScores(combination, draw()).p;
    }).filter((p) => p <= 0.1).length;
    expect(low / 600).toBeGreaterThan(0.06);
    expect(low / 600).toBeLessThan(0.14);
  });
});

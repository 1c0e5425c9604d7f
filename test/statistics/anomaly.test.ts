// `anomaly`: tails against their definition, valid p-values, what leads and what counts only beyond the normals.
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { type AnomalyColumn, anomalyOf, fitAnomaly } from '../../src-main/statistics/anomaly.ts';
import { fitNormalScores, surpriseOf } from '../../src-main/statistics/surprise.ts';

const random = randomFrom('anomaly');
const gaussians = (count: number) => Array.from({ length: count }, () => random.gaussian());

describe('surprise', () => {
  const normals = Array.from({ length: 100 }, (_, index) => index + 1);

  test('is minus log10 of the share of normals that score as high, within them', () => {
    const fitted = fitNormalScores(normals, 'high');
    // 50 normals score 51 or more: (1 + 50) / 101.
    expect(surpriseOf(fitted, 51)).toBeCloseTo(-Math.log10(51 / 101), 10);
    expect(surpriseOf(fitted, 50.5)).toBeCloseTo(-Math.log10(51.5 / 101), 10);
    expect(surpriseOf(fitted, -1e9)).toBe(0);
  });

  test('rises without a jump into the exponential tail, and never stops', () => {
    const fitted = fitNormalScores(normals, 'high');
    // Of a hundred normals the twenty highest are the tail: they exceed 80.5 by 10 on average.
    expect(surpriseOf(fitted, 80.5)).toBeCloseTo(-Math.log10(21.5 / 101), 10);
    expect(surpriseOf(fitted, 140.5)).toBeCloseTo(-Math.log10((21.5 / 101) * Math.exp(-6)), 10);
    const far = [1e3, 1e4, 1e6].map((value) => surpriseOf(fitted, value));
    expect(far).toEqual(far.toSorted((a, b) => a - b));
    expect(far.every(Number.isFinite)).toBe(true);
  });

  test('looks at the low end, or at both', () => {
    const low = fitNormalScores(normals, 'low');
    expect(surpriseOf(low, 1)).toBeGreaterThan(surpriseOf(low, 100));
    const both = fitNormalScores(normals, 'both');
    expect(surpriseOf(both, -50)).toBeCloseTo(surpriseOf(both, 151), 10);
    expect(surpriseOf(both, 50.5)).toBe(0);
  });

  test('of normals that do not vary: what is like them is usual, what is beyond has an order above all', () => {
    const fitted = fitNormalScores(new Array<number>(20).fill(3), 'high');
    expect(surpriseOf(fitted, 3)).toBeLessThan(0.1);
    expect(surpriseOf(fitted, 4)).toBeGreaterThan(10);
  });

  test('too few normals are refused', () => {
    expect(() => fitNormalScores([1, 2, 3], 'high')).toThrow(expect.objectContaining({ kind: 'usage' }));
  });
});

describe('anomaly', () => {
  const columns: readonly AnomalyColumn[] = [
    { name: 'lead', family: 'a', end: 'high' },
    { name: 'same family', family: 'a', end: 'high' },
    { name: 'other', family: 'b', end: 'high', ofScanner: true },
  ];
  const rows = Array.from({ length: 400 }, () => gaussians(3));
  const model = fitAnomaly(columns, rows);

  test('p-values of normals are valid: not smaller than they should be', () => {
    const values = Array.from({ length: 2000 }, () => anomalyOf(model, gaussians(3)).p);
    for (const level of [0.05, 0.1, 0.5]) {
      const share = values.filter((p) => p <= level).length / values.length;
      expect(share).toBeLessThan(level + 0.04);
      expect(share).toBeGreaterThan(level - 0.06);
    }
    expect(Math.min(...values)).toBeGreaterThanOrEqual(1 / 201);
  });

  test('agrees with its score within the normals, and orders what is beyond them', () => {
    const [one, two] = [8, 12].map((value) => anomalyOf(model, [value, 0, 0]));
    expect(one!.p).toBe(1 / 201);
    expect(two!.p).toBe(1 / 201);
    expect(two!.score).toBeGreaterThan(one!.score);
    expect(one!.most).toBe(0);
  });

  test('another family counts beyond three of a hundred normals, a scanner only beyond all', () => {
    const content = fitAnomaly(
      [columns[0]!, { ...columns[2]!, ofScanner: false }],
      rows.map(([a, , c]) => [a!, c!]),
    );
    expect(anomalyOf(content, [0, 2.6]).score).toBeGreaterThan(anomalyOf(content, [0, 1]).score);
    expect(anomalyOf(content, [0, 1]).score).toBe(anomalyOf(content, [0, 0]).score);
    const usual = anomalyOf(model, [0, 0, 0]).score;
    expect(anomalyOf(model, [0, 0, 2]).score).toBe(usual);
    const far = anomalyOf(model, [0, 0, 9]);
    expect(far.score).toBeGreaterThan(usual + 2);
    expect(far.most).toBe(2);
    // Within the leading family the loudest speaks.
    expect(anomalyOf(model, [0, 9, 0]).most).toBe(1);
  });

  test('of a family whose measurement failed only what is relative counts, and that it failed', () => {
    const measured: readonly AnomalyColumn[] = [
      { name: 'lead', family: 'a', end: 'high' },
      { name: 'distance', family: 'b', end: 'high' },
      { name: 'prominence', family: 'b', end: 'high', relative: true },
      { name: 'everywhere', family: 'b', end: 'high', ofFailure: true },
    ];
    const fitted = fitAnomaly(
      measured,
      Array.from({ length: 400 }, () => gaussians(4)),
    );
    const of = (...row: number[]) => anomalyOf(fitted, row);
    expect(of(0, 9, 0, 0).most).toBe(1);
    // Unusual is not a failure yet: beyond all normals is.
    expect(of(0, 9, 0, 2)).toEqual(of(0, 9, 0, 0));
    expect(of(0, 0, 0, 2)).toEqual(of(0, 0, 0, 0));
    const failed = of(0, 9, 0, 9);
    expect(failed.most).toBe(3);
    expect(failed).toEqual(of(0, 99, 0, 99));
    expect(failed.score).toBeLessThan(of(0, 9, 0, 0).score);
    expect(failed.score).toBeGreaterThan(of(0, 0, 0, 0).score);
    expect(of(0, 9, 9, 9).most).toBe(2);
    // Another family speaks for itself.
    expect(of(9, 9, 0, 9).most).toBe(0);
  });

  test('a family that some normals lack is judged by those that have it', () => {
    const whole = Array.from({ length: 60 }, () => gaussians(3));
    const partly = rows.map(([a, b]): (number | undefined)[] => [a!, b!, undefined]);
    const joined = fitAnomaly(columns, [...partly, ...whole]);
    expect(joined.calibration).toHaveLength(30);
    // The leading family is known from all of them: a value beyond 230 of them is rarer than one beyond 30.
    expect(joined.normals[0]!.upper.sorted).toHaveLength(230);
    expect(joined.normals[2]!.upper.sorted).toHaveLength(30);
    expect(joined.beyond[2]!).toBeLessThan(joined.beyond[0]!);
    const shares = Array.from({ length: 1000 }, () => anomalyOf(joined, gaussians(3)).p).filter((p) => p <= 0.2);
    expect(shares.length / 1000).toBeGreaterThan(0.1);
    expect(shares.length / 1000).toBeLessThan(0.32);
    const few = [...partly, ...whole.slice(0, 19)];
    expect(() => fitAnomaly(columns, few)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  test('refuses too few normals and a row of another length', () => {
    expect(() => fitAnomaly(columns, rows.slice(0, 19))).toThrow(expect.objectContaining({ kind: 'usage' }));
    expect(() => anomalyOf(model, [1])).toThrow(expect.objectContaining({ kind: 'mismatch' }));
  });
});

// AUROC, ROC, DeLong, quantiles, components against scikit-learn, scipy, numpy (test/golden/statistics/make_detection.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auroc } from '../../src-main/statistics/auroc.ts';
import { delongAuroc, delongChance, delongTest } from '../../src-main/statistics/delong.ts';
import { multiply } from '../../src-main/statistics/matrix.ts';
import { normalTail } from '../../src-main/statistics/normal-distribution.ts';
import { fitPrincipalComponents, projectRows } from '../../src-main/statistics/principal-components.ts';
import { quantile } from '../../src-main/statistics/quantile.ts';
import { reviewCurve, rocCurve, sensitivityAtSpecificity } from '../../src-main/statistics/roc-curve.ts';
import { fitTrivialDetectors, trivialScores } from '../../src-main/statistics/trivial-detectors.ts';
import { formulaFeatures, formulaNoise } from './formula-noise.ts';

interface Golden {
  readonly cases: readonly {
    readonly anomalies: number;
    readonly normals: number;
    readonly digits: number;
    readonly auroc: number;
    readonly roc: {
      readonly fpr: readonly number[];
      readonly tpr: readonly number[];
      readonly thresholds: readonly number[];
    };
    readonly sensitivityAt90: number;
    readonly delong: {
      readonly difference: number;
      readonly standardErrors: readonly number[];
      readonly z: number;
      readonly p: number;
    } | null;
  }[];
  readonly quantiles: Readonly<Record<string, number>>;
  readonly components: Readonly<
    Record<'variances' | 'first' | 'residuals' | 'distanceToMean' | 'nearest', readonly number[]>
  >;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/statistics/detection.json', import.meta.url), 'utf8'),
) as Golden;

const closeTo = (values: ArrayLike<number>, digits = 10) =>
  Array.from(values, (value) => expect.closeTo(value, digits) as number);

describe.each(golden.cases)('$anomalies anomalies, $normals normals, rounded to $digits digits', (expected) => {
  const round = (value: number) => Number(value.toFixed(expected.digits));
  const draw = (seed: number, count: number, shift: number) =>
    formulaNoise(seed, count).map((value) => round(value + shift));
  const anomalous = draw(1, expected.anomalies, 0.2);
  const normal = draw(2, expected.normals, 0);

  it('AUROC and ROC curve equal scikit-learn', () => {
    expect(auroc(anomalous, normal)).toBeCloseTo(expected.auroc, 12);
    const [none, ...curve] = rocCurve(anomalous, normal);
    expect(none).toEqual({ threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 });
    expect(curve.map(({ threshold }) => threshold)).toEqual(closeTo(expected.roc.thresholds));
    expect(curve.map(({ falsePositiveRate }) => falsePositiveRate)).toEqual(closeTo(expected.roc.fpr));
    expect(curve.map(({ truePositiveRate }) => truePositiveRate)).toEqual(closeTo(expected.roc.tpr));
    expect(sensitivityAtSpecificity(anomalous, normal, 0.9).sensitivity).toBeCloseTo(expected.sensitivityAt90, 12);
  });

  it("DeLong's test equals its definition", () => {
    const second = {
      anomalous: draw(3, expected.anomalies, 0.1).map((value, i) => value + anomalous[i]! / 2),
      normal: draw(4, expected.normals, 0).map((value, i) => value + normal[i]! / 2),
    };
    const first = { anomalous, normal };
    if (expected.delong === null) {
      expect(() => delongTest(first, second)).toThrow('at least two');
      return;
    }
    const { difference, z, p } = delongTest(first, second);
    expect([difference, z, p]).toEqual(closeTo([expected.delong.difference, expected.delong.z, expected.delong.p], 9));
    const errors = [first, second].map((scores) => delongAuroc(scores).standardError);
    expect(errors).toEqual(closeTo(expected.delong.standardErrors));
    const { auroc: area, lower, upper, standardError } = delongAuroc(first);
    expect(upper - area).toBeCloseTo(Math.min(1.959963984540054 * standardError, 1 - area), 9);
    expect(lower).toBeLessThan(area);
  });
});

it('a few images that are apart altogether are no proof', () => {
  // scipy.stats.mannwhitneyu(…, method='exact').pvalue of groups that are apart.
  const apart = (size: number) => ({
    anomalous: Array.from({ length: size }, (_, i) => 10 + i),
    normal: Array.from({ length: size }, (_, i) => i),
  });
  expect([2, 3, 5].map((size) => delongChance(apart(size)))).toEqual(closeTo([1 / 3, 0.1, 0.007936507936507936], 12));
  expect(delongChance({ anomalous: [1, 4], normal: [2, 3] })).toBe(1);
  const many = { anomalous: formulaNoise(1, 60).map((value) => value + 0.4), normal: formulaNoise(2, 80) };
  const { auroc: area, standardError } = delongAuroc(many);
  expect(delongChance(many)).toBe(2 * normalTail((area - 0.5) / standardError));
  // One score parts two images from two, the other sees none of it: one of sixteen exchanges, in either direction.
  const blind = { anomalous: [0, 0], normal: [0, 0] };
  expect(delongTest(apart(2), blind)).toMatchObject({ difference: 0.5, standardError: 0, p: 1 / 8 });
  expect(delongTest(blind, blind).p).toBe(1);
});

it('takes threshold and specificity that belong together', () => {
  expect(sensitivityAtSpecificity([5, 4, 3, 3], [1, 2, 3, 4.5], 0.75)).toEqual({
    sensitivity: 0.5,
    threshold: 4,
    specificity: 0.75,
  });
  expect(sensitivityAtSpecificity([5], [6], 1)).toMatchObject({ sensitivity: 0, threshold: Number.POSITIVE_INFINITY });
});

it('draws the review curve with equal scores in one step', () => {
  expect(reviewCurve([9, 5], [5, 1])).toEqual([
    { reviewed: 0, found: 0 },
    { reviewed: 0.25, found: 0.5 },
    { reviewed: 0.75, found: 1 },
    { reviewed: 1, found: 1 },
  ]);
});

it.each([
  [[], [1]],
  [[1], []],
  [[Number.NaN], [1]],
  [[1], [Number.POSITIVE_INFINITY]],
])('refuses scores that cannot be ranked: %j %j', (anomalous, normal) => {
  expect(() => auroc(anomalous, normal)).toThrow('usage');
  expect(() => rocCurve(anomalous, normal)).toThrow('usage');
});

it("quantiles equal numpy's", () => {
  for (const [probability, value] of Object.entries(golden.quantiles))
    expect(quantile(formulaNoise(5, 37), Number(probability))).toBe(value);
  expect(() => quantile([], 0.5)).toThrow('usage');
  expect(() => quantile([1], 1.5)).toThrow('usage');
});

describe('principal components and trivial detectors', () => {
  const features = formulaFeatures(6, 30, 12, 0.4);
  const tests = formulaFeatures(7, 9, 12, 0.5);

  it('equal scikit-learn', async () => {
    const { components } = await fitTrivialDetectors(features, 4);
    const scores = await trivialScores({ training: features, components }, tests);
    expect([...components.variances]).toEqual(closeTo(golden.components.variances));
    expect([...components.directions.subarray(0, 12)].map(Math.abs)).toEqual(closeTo(golden.components.first, 8));
    expect([...scores.componentResidual]).toEqual(closeTo(golden.components.residuals));
    expect([...scores.distanceToMean]).toEqual(closeTo(golden.components.distanceToMean));
    expect([...scores.nearestTraining]).toEqual(closeTo(golden.components.nearest, 7));
  });

  it('are the same by either Gram matrix and with few rows', async () => {
    const few = { rows: 8, columns: 12, data: features.data.slice(0, 96) };
    const { variances, directions } = await fitPrincipalComponents(few, 7);
    const { residuals } = await projectRows(await fitPrincipalComponents(few, 7), few);
    expect(Math.max(...residuals)).toBeLessThan(1e-12);
    const identity = multiply(
      directions,
      Float64Array.from({ length: 84 }, (_, at) => directions[(at % 7) * 12 + Math.floor(at / 7)]!),
      7,
      12,
      7,
    );
    expect([...identity]).toEqual(closeTo(identity.map((_, at) => Number(at % 8 === 0))));
    expect([...variances]).toEqual([...variances].toSorted((a, b) => b - a));
    await expect(fitPrincipalComponents(few, 8)).rejects.toThrow('usage');
  });

  it('of a large matrix are found by subspace iteration', async () => {
    const [rows, columns, rank] = [530, 520, 6];
    const left = formulaNoise(8, rows * rank);
    const right = formulaNoise(9, rank * columns).map((value, at) => (value - 0.5) / (1 + Math.floor(at / columns)));
    const large = { rows, columns, data: multiply(left, right, rows, rank, columns).map((value) => value + 3) };
    const all = await fitPrincipalComponents(large, rank);
    const { coordinates, residuals } = await projectRows(all, large);
    expect(Math.max(...residuals)).toBeLessThan(1e-10);
    for (let k = 0; k < rank; k++) {
      const squares = coordinates.filter((_, at) => at % rank === k).reduce((sum, value) => sum + value * value, 0);
      expect(squares / (rows - 1) / all.variances[k]!).toBeCloseTo(1, 9);
    }
    const few = await fitPrincipalComponents(large, 3);
    expect([...few.variances].map((value, k) => value / all.variances[k]!)).toEqual(closeTo([1, 1, 1], 6));
  });
});

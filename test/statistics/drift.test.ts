// Kolmogorov-Smirnov against SciPy; control charts against the worked example of the NIST/SEMATECH e-Handbook.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ewmaChart, individualsChart } from '../../src-main/statistics/control-chart.ts';
import { kolmogorovSmirnov, kolmogorovTail } from '../../src-main/statistics/kolmogorov-smirnov.ts';

interface Golden {
  readonly samples: readonly {
    readonly first: number[];
    readonly second: number[];
    readonly distance: number;
    readonly p: number;
  }[];
  readonly tails: readonly { readonly x: number; readonly p: number }[];
  readonly large: readonly { readonly size: number; readonly distance: number; readonly p: number }[];
  readonly flow: readonly number[];
  readonly centre: number;
  readonly range: number;
  readonly averages: readonly number[];
}
const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, '../golden/statistics/drift.json'), 'utf8'));

describe('the two-sample test', () => {
  it.each(golden.samples.map((each, index) => [index, each] as const))('is that of scipy, case %i', (_, each) => {
    const found = kolmogorovSmirnov(each.first, each.second);
    expect(found.distance).toBeCloseTo(each.distance, 12);
    expect(Math.abs(found.p - each.p)).toBeLessThan(1e-9 + 1e-6 * each.p);
    expect(kolmogorovSmirnov(each.second, each.first).p).toBeCloseTo(found.p, 9);
  });

  it('has the limit of scipy for large samples', () => {
    for (const { x, p } of golden.tails) expect(Math.abs(kolmogorovTail(x) - p)).toBeLessThan(1e-12 + 1e-9 * p);
    for (const { size, distance, p } of golden.large) {
      // SciPy's asymptotic method has another correction for finite samples: a few percent of p.
      const ours = kolmogorovTail((size + 0.12 + 0.11 / size) * distance);
      expect(Math.abs(ours / p - 1)).toBeLessThan(0.05);
    }
  });

  it('knows equal samples, disjoint ones and none', () => {
    expect(kolmogorovSmirnov([1, 2, 3], [1, 2, 3])).toEqual({ distance: 0, p: 1 });
    expect(kolmogorovSmirnov([1, 2], [3, 4, 5])).toMatchObject({ distance: 1 });
    expect(kolmogorovSmirnov([1, 2], [3, 4, 5]).p).toBeCloseTo(0.2, 12);
    const many = Float64Array.from({ length: 3000 }, (_, index) => index);
    expect(
      kolmogorovSmirnov(
        many,
        many.map((value) => value + 9000),
      ),
    ).toEqual({ distance: 1, p: 0 });
    expect(() => kolmogorovSmirnov([], [1])).toThrow('empty');
  });
});

describe('control charts', () => {
  it('have the limits of the handbook', () => {
    const { centre, sigma, points } = individualsChart(golden.flow, golden.flow.length);
    expect(centre).toBeCloseTo(golden.centre, 12);
    // Section 6.3.2.2: mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041.
    expect(centre).toBeCloseTo(50.81, 2);
    expect(sigma * 1.128).toBeCloseTo(golden.range, 12);
    expect(points[0]!.lower).toBeCloseTo(45.8159, 3);
    expect(points[0]!.upper).toBeCloseTo(55.8041, 3);
    expect(points.every(({ signal }) => signal === null)).toBe(true);
    const moving = ewmaChart(golden.flow, golden.flow.length).points;
    for (const [index, { value }] of moving.entries()) expect(value).toBeCloseTo(golden.averages[index]!, 12);
    // The first limits are those of one value of weight 0.2; the last ones are nearly 3 sigma times a third.
    expect(moving[0]!.upper - centre).toBeCloseTo(3 * sigma * 0.2, 12);
    expect((moving.at(-1)!.upper - centre) / sigma).toBeCloseTo(3 * Math.sqrt((0.2 / 1.8) * (1 - 0.8 ** 20)), 12);
  });

  it('find a jump, a lasting shift, and nothing in a baseline that does not vary', () => {
    const calm = [10, 11, 10, 9, 10, 11, 10, 9];
    const jump = individualsChart([...calm, 20, 10], calm.length).points.map(({ signal }) => signal);
    expect(jump).toEqual([null, null, null, null, null, null, null, null, 'beyond', null]);
    const shifted = [...calm, ...Array.from({ length: 9 }, () => 11)];
    expect(
      individualsChart(shifted, calm.length)
        .points.map(({ signal }) => signal)
        .slice(8),
    ).toEqual([...Array.from({ length: 7 }, () => null), 'run', 'run']);
    // Too small for one value to be out, it is found once it has lasted.
    const lasting = ewmaChart([...calm, ...Array.from({ length: 9 }, () => 11.5)], calm.length).points;
    expect(lasting.slice(8).map(({ signal }) => signal === null)).toContain(true);
    expect(lasting.at(-1)!.signal).toBe('beyond');
    expect(individualsChart([5, 5, 5, 6], 3).points.map(({ signal }) => signal)).toEqual([null, null, null, 'beyond']);
    expect(() => individualsChart([1, 2, 3], 1)).toThrow('at least two periods');
  });
});

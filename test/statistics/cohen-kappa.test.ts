// Cohen's kappa against scikit-learn's, its interval against the published formula and a bootstrap.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreementTable, cohenKappa } from '../../src-main/statistics/cohen-kappa.ts';

interface Case {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly kappa: number;
  readonly error: number;
  readonly bootstrap: readonly [number, number];
}
const cases: readonly Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/statistics/kappa.json'), 'utf8'),
);
const verdicts = ['keep', 'reject', 'unsure'];

describe('kappa', () => {
  it.each(cases.map((each, index) => [index, each] as const))('is that of scikit-learn, case %i', (_, each) => {
    const found = cohenKappa(agreementTable(verdicts, each.first, each.second));
    expect(found.images).toBe(each.first.length);
    expect(found.kappa!).toBeCloseTo(each.kappa, 12);
    const half = 1.959963984540054 * each.error;
    expect(found.lower!).toBeCloseTo(Math.max(-1, each.kappa - half), 9);
    expect(found.upper!).toBeCloseTo(Math.min(1, each.kappa + half), 9);
    // A bootstrap of the images has about the same interval: within a quarter of its width.
    const [low, high] = each.bootstrap;
    expect(Math.abs(found.lower! - low)).toBeLessThan((high - low) / 4);
    expect(Math.abs(found.upper! - high)).toBeLessThan((high - low) / 4);
  });

  it('is 1 without an interval where all agree, and unknown where one verdict is all that was given', () => {
    const agreed = cohenKappa([
      [5, 0],
      [0, 3],
    ]);
    expect(agreed).toEqual({ images: 8, observed: 1, kappa: 1, lower: null, upper: null });
    expect(cohenKappa([[7, 0].slice(0, 1)])).toMatchObject({ images: 7, observed: 1, kappa: null });
    expect(cohenKappa([[0]])).toMatchObject({ images: 0, kappa: null });
    expect(() => cohenKappa([[1, 2]])).toThrow('square');
  });
});

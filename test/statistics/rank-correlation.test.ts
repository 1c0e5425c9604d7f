// Spearman's rank correlation against scipy.stats.spearmanr, and its interval.
import { describe, expect, it } from 'vitest';
import { mostDoubtful } from '../../src-main/operations/doubtful.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { rankAgreement, spearman } from '../../src-main/statistics/rank-correlation.ts';

describe('rank agreement', () => {
  it('is that of scipy, with ties', () => {
    // scipy.stats.spearmanr([1, 2, 2, 4, 5, 5, 5, 9], [2, 1, 3, 3, 8, 4, 8, 7])
    expect(spearman([1, 2, 2, 4, 5, 5, 5, 9], [2, 1, 3, 3, 8, 4, 8, 7])).toBeCloseTo(0.8262304062195839, 12);
    expect(spearman([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(() => spearman([1, 2], [1])).toThrow('2 scores cannot be compared with 1');
  });

  it('has an interval that narrows with more images, and none with one patient', () => {
    const noisy = (count: number) => {
      const { gaussian } = randomFrom(count);
      const first = Array.from({ length: count }, gaussian);
      return { first, second: first.map((value) => value + gaussian()) };
    };
    const [few, many] = [rankAgreement(noisy(10)), rankAgreement(noisy(200))];
    expect(few.lower!).toBeLessThan(few.spearman!);
    expect(many.upper! - many.lower!).toBeLessThan((few.upper! - few.lower!) / 2);
    expect(rankAgreement({ first: [1, 2], second: [1, 2], patients: ['a', 'a'] })).toEqual({
      ...{ images: 2, spearman: 1, lower: null, upper: null },
    });
  });

  it('looks at the highest share, at least one image', () => {
    const scored = [3, 1, 4, 1, 5].map((value, image) => ({ image, value }));
    expect(mostDoubtful(scored, 0.4).map(({ image }) => image)).toEqual([4, 2]);
    expect(mostDoubtful(scored, 0.01).map(({ image }) => image)).toEqual([4]);
  });
});

// Moments of rows that come in parts against those of all rows at once.
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { featureMoments } from '../../src-main/statistics/frechet-distance.ts';
import { MomentAccumulator } from '../../src-main/statistics/moment-accumulator.ts';

describe('moments in parts', () => {
  it.each([[[7]], [[1000, 500, 700]], [[1024, 1, 1023]]])('of %j rows are those of all', async (parts) => {
    const columns = 3;
    const random = randomFrom('moments');
    const sum = new MomentAccumulator(columns);
    const all: number[] = [];
    for (const rows of parts) {
      const data = random.gaussians(rows * columns).map((value, i) => value * ((i % columns) + 1) + 5);
      all.push(...data);
      await sum.add({ rows, columns, data });
    }
    const rows = all.length / columns;
    const expected = await featureMoments({ rows, columns, data: Float64Array.from(all) });
    const unbiased = await sum.moments('unbiased');
    const biased = await sum.moments('biased');
    expect(unbiased.mean.every((value, i) => Math.abs(value - expected.mean[i]!) < 1e-9)).toBe(true);
    for (const [i, value] of expected.covariance.entries()) {
      expect(unbiased.covariance[i]).toBeCloseTo(value, 9);
      expect(biased.covariance[i]).toBeCloseTo((value * (rows - 1)) / rows, 9);
    }
  });

  it('of one row are refused', async () => {
    const sum = new MomentAccumulator(2);
    await sum.add({ rows: 1, columns: 2, data: Float64Array.of(1, 2) });
    await expect(sum.moments('unbiased')).rejects.toMatchObject({ kind: 'usage' });
  });
});

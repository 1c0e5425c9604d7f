// Learning from verdicts: logistic regression against scikit-learn, and what a model of some verdicts is worth.
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { learnVerdicts } from '../../src-main/statistics/learn-verdicts.ts';
import { fitLogistic, logits } from '../../src-main/statistics/logistic-regression.ts';
import golden from '../golden/statistics/logistic.json' with { type: 'json' };

describe('logistic regression', () => {
  test.each(golden)('equals scikit-learn with C $c, balanced $balanced', (one) => {
    const { rows, columns, c, balanced } = one;
    const labels = one.y as (0 | 1)[];
    const { weights, intercept } = fitLogistic({ rows, columns, data: Float64Array.from(one.x) }, labels, {
      c,
      balanced,
    });
    for (const [index, weight] of weights.entries()) expect(weight).toBeCloseTo(one.weights[index]!, 4);
    expect(intercept).toBeCloseTo(one.intercept, 4);
  });

  test('groups that are told apart for certain have finite weights; one group alone is refused', () => {
    const matrix = { rows: 4, columns: 1, data: Float64Array.of(-2, -1, 1, 2) };
    const model = fitLogistic(matrix, [0, 0, 1, 1], { c: 1e6, balanced: true });
    expect([...model.weights, model.intercept].every(Number.isFinite)).toBe(true);
    expect([...logits(model, matrix)].map(Math.sign)).toEqual([-1, -1, 1, 1]);
    expect(() => fitLogistic(matrix, [1, 1, 1, 1], { c: 1, balanced: true })).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
  });
});

describe('learning from verdicts', () => {
  /** 300 images; a third is abnormal by a feature that the score does not see. */
  const random = randomFrom('verdicts');
  const columns = 20;
  const rejected = Array.from({ length: 300 }, (_, row) => row % 3 === 0);
  const data = new Float32Array(300 * columns);
  for (let at = 0; at < data.length; at++) data[at] = random.gaussian();
  for (const [row, is] of rejected.entries()) if (is) data[row * columns + 4]! += 2.5;
  const anomaly = Float64Array.from(rejected, () => random.gaussian());
  const images = { anomaly, features: { rows: 300, columns, data } };
  const verdictsOn = (count: number) =>
    Array.from({ length: count }, (_, row) => ({ row, rejected: rejected[row]!, patient: `patient ${row >> 1}` }));

  test('ranks the images without a verdict better than the score before, as the cross-validation says', async () => {
    const learned = await learnVerdicts(images, verdictsOn(90), randomFrom(1));
    const rest = rejected.map((is, row) => ({ is, row })).slice(90);
    const wins = (of: (row: number) => number) => {
      const [up, down] = [true, false].map((wanted) =>
        rest.filter(({ is }) => is === wanted).map(({ row }) => of(row)),
      );
      return (
        up!.flatMap((a) => down!.map((b) => Number(a > b))).reduce((sum, win) => sum + win, 0) /
        (up!.length * down!.length)
      );
    };
    const [before, after] = [wins((row) => anomaly[row]!), wins((row) => learned.scores[row]!)];
    expect(before).toBeLessThan(0.6);
    expect(after).toBeGreaterThan(before + 0.15);
    expect(Math.abs(learned.crossValidated.auroc - after)).toBeLessThan(0.15);
    const { lower, upper } = learned.crossValidated.interval!;
    expect(lower).toBeLessThan(learned.crossValidated.auroc);
    expect(upper).toBeGreaterThan(learned.crossValidated.auroc);
    expect(await learnVerdicts(images, verdictsOn(90), randomFrom(1))).toEqual(learned);
  });

  test('verdicts that mean nothing are not believed', async () => {
    const noise = verdictsOn(90).map((verdict) => ({ ...verdict, rejected: random.uniform() < 0.5 }));
    const { crossValidated } = await learnVerdicts(images, noise, randomFrom(1));
    expect(Math.abs(crossValidated.auroc - 0.5)).toBeLessThan(0.15);
  });

  test('too few verdicts are refused, with their numbers', async () => {
    await expect(learnVerdicts(images, verdictsOn(19), randomFrom(1))).rejects.toMatchObject({ kind: 'usage' });
    const oneSided = verdictsOn(90).filter((verdict) => !verdict.rejected);
    await expect(learnVerdicts(images, oneSided, randomFrom(1))).rejects.toThrow('60 keep and 0 reject');
  });
});

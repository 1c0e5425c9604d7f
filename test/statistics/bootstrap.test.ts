// The bootstrap: seeded, stratified, clustered; and the published subsampling.
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { auroc } from '../../src-main/statistics/auroc.ts';
import {
  bootstrap,
  bootstrapAuroc,
  bootstrapSensitivity,
  percentileInterval,
  subsampledAuroc,
} from '../../src-main/statistics/bootstrap.ts';
import { delongAuroc } from '../../src-main/statistics/delong.ts';
import { mean, variance } from '../../src-main/statistics/moments.ts';
import { sensitivityAtSpecificity } from '../../src-main/statistics/roc-curve.ts';
import { formulaNoise } from './formula-noise.ts';

const anomalous = formulaNoise(1, 60).map((value) => value + 0.25);
const normal = formulaNoise(2, 80);

describe('bootstrap of the AUROC', () => {
  it('varies as much as DeLong says, around the AUROC', () => {
    const values = bootstrapAuroc({ scores: anomalous }, { scores: normal }, 4000, randomFrom(1));
    const { standardError } = delongAuroc({ anomalous, normal });
    expect(Math.sqrt(variance(values, 1)) / standardError).toBeCloseTo(1, 1);
    expect(mean(values)).toBeCloseTo(auroc(anomalous, normal), 2);
    const { lower, upper, level } = percentileInterval(values);
    expect(level).toBe(0.95);
    expect((upper - lower) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1);
  });

  it('depends on its seed alone', () => {
    const draw = (seed: number) => bootstrapAuroc({ scores: anomalous }, { scores: normal }, 20, randomFrom(seed));
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('is wider when images of one patient are alike', () => {
    const repeat = (scores: Float64Array) => Array.from(scores).flatMap((score) => [score, score, score, score]);
    const patients = (scores: Float64Array, group: string) =>
      Array.from(scores).flatMap((_, i) => Array.from({ length: 4 }, () => `${group}${i}`));
    const spread = (clustered: boolean) =>
      Math.sqrt(
        variance(
          bootstrapAuroc(
            { scores: repeat(anomalous), ...(clustered ? { patients: patients(anomalous, 'a') } : {}) },
            { scores: repeat(normal), ...(clustered ? { patients: patients(normal, 'n') } : {}) },
            1000,
            randomFrom(5),
          ),
          1,
        ),
      );
    expect(spread(true) / spread(false)).toBeGreaterThan(1.7);
    expect(spread(true) / spread(false)).toBeLessThan(2.3);
  });
});

describe('bootstrap', () => {
  it('keeps the size of each group and draws whole patients across groups', () => {
    const groups = [
      { size: 4, patients: ['p', 'q', undefined, 'r'] },
      { size: 3, patients: ['p', 'p', 's'] },
    ];
    const seen = new Set<string>();
    bootstrap(
      groups,
      ([first, second]) => {
        // Only p has images in both groups, so it is always drawn once; q, the unknown one and r share a stratum; so s.
        expect(first).toContain(0);
        expect(first!.length).toBe(4);
        expect(second!.toSorted()).toEqual([0, 1, 2]);
        seen.add(first!.toSorted().join());
        return 0;
      },
      300,
      randomFrom(6),
    );
    expect(seen.size).toBe(10);
  });

  it('refuses a senseless number of resamples', () => {
    expect(() => bootstrap([{ size: 1 }], () => 0, 0, randomFrom(1))).toThrow('usage');
  });
});

it('of the sensitivity at a specificity varies about as a share does, and more for the threshold', () => {
  const values = bootstrapSensitivity({ scores: anomalous }, { scores: normal }, 0.8, 1000, randomFrom(8));
  const { sensitivity } = sensitivityAtSpecificity(anomalous, normal, 0.8);
  const ofShare = Math.sqrt((sensitivity * (1 - sensitivity)) / anomalous.length);
  expect(Math.abs(mean(values) - sensitivity)).toBeLessThan(ofShare);
  expect(Math.sqrt(variance(values, 1))).toBeGreaterThan(ofShare);
  expect(Math.sqrt(variance(values, 1))).toBeLessThan(3 * ofShare);
});

describe('published subsampling', () => {
  it('is exact when both groups are of one size', () => {
    const values = subsampledAuroc(anomalous, normal.slice(0, 60), 5, randomFrom(1));
    expect([...values]).toEqual(Array(5).fill(auroc(anomalous, normal.slice(0, 60))));
  });

  it('varies less than the AUROC does', () => {
    const subsampled = subsampledAuroc(anomalous, normal, 500, randomFrom(1));
    expect(mean(subsampled)).toBeCloseTo(auroc(anomalous, normal), 2);
    expect(Math.sqrt(variance(subsampled, 0))).toBeLessThan(delongAuroc({ anomalous, normal }).standardError / 1.5);
  });
});

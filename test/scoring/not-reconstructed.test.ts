// A reconstruction that failed as a whole is told apart from one that misses a place, in words and in the ranking: phantoms.
import { describe, expect, test } from 'vitest';
import { scoresForCatalog, scoresOfResult } from '../../src-main/holdings/image-results.ts';
import type { AnomalyKind } from '../../src-main/phantom/anomaly.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { anomalyJudge, type Found } from '../../src-main/scoring/judge-anomaly.ts';
import { scoreImage } from '../../src-main/scoring/score-image.ts';

const size = 64;
const slice = (index: number, anomaly?: AnomalyKind): GreyImage =>
  phantomGrey(phantom({ protocol: 'liver', seed: 7, index, size, ...(anomaly === undefined ? {} : { anomaly }) }));

const random = randomFrom('reconstructions');

/** As a network of normals draws a slice: without its noise, and more or less like another patient's. */
function redrawn({ width, height, data }: GreyImage): GreyImage {
  const within = (place: number) => Math.min(size - 1, Math.max(0, place));
  const share = 0.2 * random.uniform();
  const other = normals[random.below(normals.length)]!.data;
  const blurred = Uint8Array.from(data, (_, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const at = within(y + dy) * width + within(x + dx);
        sum += (1 - share) * data[at]! + share * other[at]!;
      }
    }
    return sum / 9;
  });
  return { width, height, data: blurred };
}

const normals = Array.from({ length: 80 }, (_, index) => slice(index));
/** What is drawn from the mean latent, where every projection starts. */
const startingPoint: GreyImage = {
  width: size,
  height: size,
  data: normals[0]!.data.map((_, pixel) => normals.reduce((sum, { data }) => sum + data[pixel]!, 0) / normals.length),
};
const upsideDown = ({ width, height, data }: GreyImage): GreyImage => ({
  width,
  height,
  data: data.map((_, pixel) => data[(height - 1 - Math.floor(pixel / width)) * width + (pixel % width)]!),
});

const latent = (centre: number) => centre + 0.07 * random.gaussian();

/** What the reconstruction of an image finds, as a run of the catalog stores it. */
function reconstructed(target: GreyImage, reconstruction: GreyImage, latentDistance: number): Found {
  const scores = scoreImage(target, reconstruction, {
    distances: ['MSE', 'WD'],
    regions: ['full', 'patch'],
    patchSize: 16,
    patchCount: 1,
  });
  const loss = target.data.reduce((sum, value, at) => sum + (value - reconstruction.data[at]!) ** 2, 0);
  const values = scoresOfResult({ scores, loss, latentDistance }).map((each) => [
    each.score,
    'value' in each ? each.value : Number.NaN,
  ]);
  const { scoreReasons } = scoresForCatalog(scores);
  const reasons = Object.fromEntries(scoreReasons.map(({ score, ...said }) => [score, said]));
  return [{ family: 'reconstruction', values: Object.fromEntries(values), reasons }];
}

const usual = normals.map((image) => reconstructed(image, redrawn(image), latent(0.7)));
const judge = anomalyJudge(usual.slice(0, 60))!;
const scoreOf = (found: Found) => judge(found).result.values.anomaly!;
const isFailure = (found: Found) => judge(found).why.reason === 'not reconstructed';

describe('a reconstruction', () => {
  const several = <T>(first: number, make: (index: number) => T): readonly T[] =>
    Array.from({ length: 12 }, (_, index) => make(first + index));
  const ofKind = (kind: AnomalyKind) =>
    several(100, (index) => reconstructed(slice(index, kind), redrawn(slice(index)), latent(0.75)));
  const missing = ofKind('missing-segment');
  const fewSteps = several(200, (index) => reconstructed(slice(index), startingPoint, latent(0.2)));
  const otherPictures = several(300, (index) => {
    const image = slice(index);
    return reconstructed(upsideDown(image), redrawn(image), latent(1.4));
  });

  test('that misses a place says where', () => {
    for (const found of missing) {
      expect(judge(found).why.reason).toBe('something');
      // The liver is on the left of the picture.
      expect(judge(found).why.place).toContain('left');
      expect(scoreOf(found)).toBeGreaterThan(3);
    }
    const others = [...ofKind('clip'), ...ofKind('needle'), ...ofKind('ascites')];
    // Streaks and fluid change much of a picture.
    expect(others.filter(isFailure).length).toBeLessThanOrEqual(6);
  });

  test('that failed as a whole says so, after too few steps as of another picture', () => {
    expect(fewSteps.filter(isFailure).length).toBeGreaterThanOrEqual(9);
    expect(otherPictures.filter(isFailure).length).toBeGreaterThanOrEqual(11);
    expect(usual.slice(60).filter(isFailure)).toEqual([]);
  });

  test('that failed is not ranked with places that are missed, though it differs from its image by more', () => {
    const lowest = Math.min(...missing.map(scoreOf));
    const failed = [...fewSteps, ...otherPictures].filter(isFailure);
    const difference = (found: Found) => found[0]!.values['MSE full']!;
    expect(Math.max(...failed.map(difference))).toBeGreaterThan(2 * Math.max(...missing.map(difference)));
    for (const found of failed) {
      expect(scoreOf(found)).toBeLessThan(lowest);
      // It does not vanish among the normals either.
      expect(usual.slice(60).filter((normal) => scoreOf(normal) < scoreOf(found)).length).toBeGreaterThanOrEqual(18);
    }
  });
});

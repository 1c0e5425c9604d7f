// Scores against scipy, scikit-image and the published rules (test/golden/scoring/make_scores.py draws the same images).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../../src-main/platform/errors.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import type { Distance } from '../../src-main/scoring/distances.ts';
import { type Region, type ScoringOptions, scoreImage } from '../../src-main/scoring/score-image.ts';

type PairGolden = Record<'full' | 'mapMean' | 'first' | 'last' | 'highest', number> & {
  readonly published: number | null;
};
type BodyGolden = { readonly pixels: number; readonly MSE: number; readonly WD: number } | null;
interface Golden {
  readonly pairs: readonly ({ width: number; height: number; patchSize: number; low: number; high: number } & Record<
    Distance,
    PairGolden
  >)[];
  readonly bodies: readonly {
    name: string;
    width: number;
    height: number;
    discs: readonly (readonly [number, number, number, number])[];
    corrected: BodyGolden;
    published: BodyGolden;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/scoring/scores.json', import.meta.url), 'utf8')) as Golden;

const both: readonly Distance[] = ['MSE', 'WD'];
const defaults: ScoringOptions = { distances: both, regions: ['full'], patchSize: 32, patchCount: 1 };

function noise(width: number, height: number, seed: number, low: number, high: number): GreyImage {
  let state = seed;
  const data = Uint8Array.from({ length: width * height }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((state >>> 16) % (high - low + 1));
  });
  return { width, height, data };
}

function shapes(width: number, height: number, discs: Golden['bodies'][number]['discs']): GreyImage {
  const data = new Uint8Array(width * height);
  for (const [row, column, radius, grey] of discs)
    for (let i = 0; i < data.length; i++)
      if ((Math.floor(i / width) - row) ** 2 + ((i % width) - column) ** 2 <= radius ** 2) data[i] = grey;
  return { width, height, data };
}

function scoreOf(original: GreyImage, reconstruction: GreyImage, options: Partial<ScoringOptions>, distance: Distance) {
  const { scores } = scoreImage(original, reconstruction, { ...defaults, ...options });
  const score = scores.find((entry) => entry.distance === distance)!;
  return score.value ?? score.absence;
}

describe.each(golden.pairs)('$width x $height noise, patches of $patchSize', (pair) => {
  const original = noise(pair.width, pair.height, 11, pair.low, pair.high);
  const reconstruction = noise(pair.width, pair.height, 12, pair.low, pair.high);
  const { patchSize } = pair;

  it.each(both)('%s of the full image and of every window equals scipy and scikit-image', (distance) => {
    const expected = pair[distance];
    expect(scoreOf(original, reconstruction, {}, distance)).toBeCloseTo(expected.full, 9);
    expect(scoreOf(original, reconstruction, { regions: ['patch'], patchSize }, distance)).toBeCloseTo(
      expected.highest,
      9,
    );
    const map = scoreImage(original, reconstruction, { ...defaults, regions: ['patch'], patchSize }).maps[distance]!;
    expect([map.width, map.height]).toEqual([pair.width - patchSize + 1, pair.height - patchSize + 1]);
    expect(map.values[0]).toBe(Math.fround(expected.first));
    expect(map.values.at(-1)).toBe(Math.fround(expected.last));
    const mean = map.values.reduce((sum, value) => sum + value, 0) / map.values.length;
    expect(mean / expected.mapMean).toBeCloseTo(1, 6);
  });

  it.each(both)('%s of patches as published, or a reason', (distance) => {
    const found = scoreOf(original, reconstruction, { regions: ['patch'], patchSize, published: true }, distance);
    const { published } = pair[distance];
    if (published === null) expect(found).toBe('published-portrait');
    else expect(found).toBeCloseTo(published, 9);
  });
});

describe.each(golden.bodies)('body: $name', (image) => {
  const original = shapes(image.width, image.height, image.discs);
  const reconstruction = noise(image.width, image.height, 5, 0, 255);
  it.each(both)('%s corrected and as published', (distance) => {
    for (const rule of ['corrected', 'published'] as const) {
      const options = { regions: ['body'] as const, published: rule === 'published' };
      const found = scoreOf(original, reconstruction, options, distance);
      if (image[rule] === null) expect(found).toBeTypeOf('string');
      else expect(found).toBeCloseTo(image[rule][distance], 9);
    }
  });
});

describe('scoreImage', () => {
  const original = noise(12, 9, 1, 0, 255);
  const reconstruction = noise(12, 9, 2, 0, 255);

  it('scores a segmentation by its pixels', () => {
    const segmentation = shapes(12, 9, [[4, 5, 2, 1]]);
    const inside = (image: GreyImage): GreyImage => {
      const data = image.data.filter((_, pixel) => segmentation.data[pixel] === 1);
      return { width: data.length, height: 1, data };
    };
    for (const distance of both)
      expect(scoreOf(original, reconstruction, { regions: ['mask'], segmentation }, distance)).toBe(
        scoreOf(inside(original), inside(reconstruction), {}, distance),
      );
  });

  it('gives a reason instead of a score', () => {
    const absence = (region: Region, options: Partial<ScoringOptions>, image = original) =>
      scoreOf(image, reconstruction, { ...options, regions: [region] }, 'MSE');
    const black = { width: 12, height: 9, data: new Uint8Array(108) };
    expect(absence('mask', {})).toBe('no-segmentation');
    expect(absence('mask', { segmentation: black })).toBe('empty-segmentation');
    expect(absence('patch', { patchSize: 10 })).toBe('smaller-than-patch');
    expect(absence('body', {}, black)).toBe('empty-body');
  });

  it('orders the scores by distance, then region, as asked', () => {
    const { scores } = scoreImage(original, reconstruction, { ...defaults, regions: ['patch', 'full'], patchSize: 3 });
    expect(scores.map(({ distance, region }) => `${distance} ${region}`)).toEqual([
      'MSE patch',
      'MSE full',
      'WD patch',
      'WD full',
    ]);
  });

  it('refuses what does not fit', () => {
    const kindOf = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return isProblem(error) ? error.kind : error;
      }
      return undefined;
    };
    const wide = noise(9, 12, 3, 0, 255);
    expect(kindOf(() => scoreImage(original, wide, defaults))).toBe('mismatch');
    expect(kindOf(() => scoreImage(original, reconstruction, { ...defaults, segmentation: wide }))).toBe('mismatch');
    expect(kindOf(() => scoreImage(original, reconstruction, { ...defaults, patchSize: 2.5 }))).toBe('usage');
  });
});

// Localisation: overlap, covered area, and what a random patch would reach.
import { expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { localise, summariseLocalisations } from '../../src-main/statistics/localisation.ts';

/** 6 x 5 pixels; the anomaly is the 2 x 2 square at row 1, column 3. */
const annotation = {
  width: 6,
  height: 5,
  data: Uint8Array.from([...`${'000000'}${'000110'}${'000110'}${'000000'}${'000000'}`], Number),
};

it('measures overlap and covered area', () => {
  expect(localise({ row: 0, column: 2, size: 2 }, annotation)).toMatchObject({ overlaps: true, covered: 0.25 });
  expect(localise({ row: 1, column: 3, size: 2 }, annotation)).toMatchObject({ overlaps: true, covered: 1 });
  expect(localise({ row: 3, column: 3, size: 2 }, annotation)).toMatchObject({ overlaps: false, covered: 0 });
});

it('knows what a random patch reaches', () => {
  // 4 x 5 positions of a 2x2 patch; rows 0..2 and columns 2..4 overlap; together they cover each pixel four times.
  const { overlapByChance, coveredByChance } = localise({ row: 0, column: 0, size: 2 }, annotation);
  expect(overlapByChance).toBe(9 / 20);
  expect(coveredByChance).toBe(16 / 20 / 4);
});

it('sums up a cohort with intervals', () => {
  const misses = [0, 1, 2].map((row) => localise({ row, column: 0, size: 3 }, annotation));
  const hits = [0, 1, 2].map((row) => localise({ row, column: 3, size: 3 }, annotation));
  const { overlap, covered } = summariseLocalisations([...misses, ...hits], undefined, 2000, randomFrom(1));
  expect(overlap.share).toBe(0.5);
  expect(overlap.interval!.lower).toBeLessThan(0.2);
  expect(overlap.interval!.upper).toBeGreaterThan(0.8);
  expect(covered.share).toBe((1 + 1 + 0.5) / 6);
  expect(overlap.byChance).toBe(9 / 12);
  expect(covered.byChance).toBeLessThan(overlap.byChance);
});

it('has no interval of a single patient', () => {
  const images = [0, 1, 2].map((row) => localise({ row, column: 3, size: 3 }, annotation));
  const one = summariseLocalisations(images.slice(1, 2), undefined, 100, randomFrom(1));
  expect([one.overlap.share, one.overlap.interval, one.covered.interval]).toEqual([1, null, null]);
  expect(summariseLocalisations(images, ['P', 'P', 'P'], 100, randomFrom(1)).overlap.interval).toBeNull();
  expect(summariseLocalisations(images, ['P', 'P', undefined], 100, randomFrom(1)).overlap.interval).not.toBeNull();
});

it('refuses what cannot be localised', () => {
  const empty = { width: 6, height: 5, data: new Uint8Array(30) };
  expect(() => localise({ row: 0, column: 0, size: 2 }, empty)).toThrow('usage');
  expect(() => localise({ row: 4, column: 0, size: 2 }, annotation)).toThrow('mismatch');
  expect(() => summariseLocalisations([], undefined, 10, randomFrom(1))).toThrow('usage');
});

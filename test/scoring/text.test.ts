// Burned-in text: found where it is, in pixels of the image, and nothing else; geometry of rectangles, tiles and boxes.
import { afterAll, describe, expect, it } from 'vitest';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { joined, openTextFinder, type TextBox } from '../../src-main/scoring/text/find-text.ts';
import { boxAround, smallestRectangle } from '../../src-main/scoring/text/rectangle.ts';
import { scalesOf, tileSide, tilesOf } from '../../src-main/scoring/text/tiles.ts';
import { drawText } from './bitmap-text.ts';

const finder = await openTextFinder();
afterAll(() => finder.release());

/** Two dark lungs in a bright body, with noise. */
function chest(width: number, height: number): GreyImage {
  const noise = randomFrom(7);
  const data = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [(at % width) / width - 0.5, Math.floor(at / width) / height - 0.5];
    const lung = (side: number) => 1 / (1 + Math.exp(14 * (Math.hypot((x - side * 0.2) / 0.16, y / 0.35) - 1)));
    return Math.round(150 - 100 * (lung(1) + lung(-1)) - 90 * Math.abs(x) + 6 * noise.uniform());
  });
  return { width, height, data };
}

const covered = (ink: readonly number[], boxes: readonly TextBox[], width: number) =>
  ink.filter((pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return boxes.some(({ left, top, right, bottom }) => x >= left && x < right && y >= top && y < bottom);
  }).length / ink.length;

describe('burned-in text', () => {
  it('is found, upright and turned by a quarter, the same each time; an image without it has none', async () => {
    const image = chest(320, 300);
    expect(await finder.find(image)).toEqual([]);
    const name = drawText(image, 'DOE JOHN', { left: 12, top: 10, dot: 2, level: 255 });
    const date = drawText(image, '1987-03-12', { left: 292, top: 120, dot: 2, level: 240, upwards: true });
    const boxes = await finder.find(image);
    expect(boxes).toHaveLength(2);
    expect(covered(name, boxes, 320)).toBeGreaterThan(0.98);
    expect(covered(date, boxes, 320)).toBeGreaterThan(0.98);
    // A box is not much larger than its line.
    for (const { left, top, right, bottom } of boxes) expect((right - left) * (bottom - top)).toBeLessThan(140 * 40);
    expect(boxes.every(({ confidence }) => confidence > 0.6 && confidence <= 1)).toBe(true);
    expect(await finder.find(image)).toEqual(boxes);
  });

  it('is found whole where tiles meet, in an image of several', async () => {
    const image = chest(700, 120);
    const ink = drawText(image, '1987-03-12', { left: 360, top: 50, dot: 3, level: 255 });
    expect(covered(ink, await finder.find(image), 700)).toBeGreaterThan(0.98);
  });
});

describe('geometry', () => {
  it('has the smallest rectangle around slanted points, and the upright box around that', () => {
    const points = Array.from({ length: 101 }, (_, along) =>
      [-2, 0, 2].map((across) => ({ x: 50 + 0.6 * along - 0.8 * across, y: 10 + 0.8 * along + 0.6 * across })),
    ).flat();
    const { width, height, angle, centerX, centerY } = smallestRectangle(points);
    // An angle beyond 45 degrees is told as its complement, with width and height exchanged.
    expect(angle).toBeCloseTo(Math.atan2(0.8, 0.6) - Math.PI / 2, 6);
    expect([width, height]).toEqual([expect.closeTo(5, 6), expect.closeTo(101, 6)]);
    expect([centerX, centerY]).toEqual([expect.closeTo(80, 6), expect.closeTo(50, 6)]);
    const upright = { centerX: 10, centerY: 4, width: 7, height: 3, angle: 0 };
    expect(boxAround(upright, { width: 12, height: 20 })).toEqual({ left: 7, top: 3, right: 12, bottom: 6 });
    expect(() => smallestRectangle([])).toThrow(RangeError);
  });

  it('covers an image of any size with tiles, each scale half of the one before', () => {
    for (const [width, height] of [
      [2100, 700],
      [640, 640],
      [10, 3000],
    ] as const) {
      const scales = scalesOf({ width, height, data: new Uint8Array(width * height) });
      for (const scaled of scales) {
        const seen = new Uint8Array(scaled.width * scaled.height);
        for (const { left, top, width: w, height: h } of tilesOf(scaled)) {
          expect(Math.max(w, h)).toBeLessThanOrEqual(tileSide);
          for (let y = top; y < top + h; y++) seen.fill(1, y * scaled.width + left, y * scaled.width + left + w);
        }
        expect(seen.every((value) => value === 1)).toBe(true);
      }
      const last = scales.at(-1)!;
      expect(Math.max(last.width, last.height)).toBeLessThanOrEqual(tileSide);
      expect(scales.map(({ scale }) => scale / scales[0]!.scale)).toEqual(scales.map((_, at) => 2 ** at));
    }
  });

  it('joins boxes that lie mostly in one another, and no others', () => {
    const box = (left: number, right: number, confidence: number): TextBox => ({
      ...{ left, right, top: 0, bottom: 10 },
      confidence,
    });
    expect(joined([box(0, 10, 0.7), box(4, 30, 0.9), box(40, 50, 0.8), box(49, 60, 0.6)])).toEqual([
      box(0, 30, 0.9),
      box(40, 50, 0.8),
      box(49, 60, 0.6),
    ]);
  });
});

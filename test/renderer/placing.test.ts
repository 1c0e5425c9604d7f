// Rectangles that are placed by keys: where they begin, and that they stay within the image.
import { describe, expect, it } from 'vitest';
import { boxInWords, firstBox, moved, resized, stepsOf, withBox } from '../../src-renderer/inspect/placing.ts';
import { wholePicture } from '../../src-renderer/inspect/sight.ts';

const size = { width: 200, height: 100 };

describe('a rectangle placed by keys', () => {
  it('begins in the middle of what is seen, a fifth as large', () => {
    expect(firstBox(wholePicture, size)).toEqual({ x: 80, y: 40, width: 40, height: 20 });
    expect(firstBox({ x: 0.25, y: 0.5, zoom: 4 }, size)).toEqual({ x: 45, y: 48, width: 10, height: 5 });
  });

  it('begins within the image, and is never empty', () => {
    expect(firstBox({ x: 1, y: 0, zoom: 2 }, size)).toEqual({ x: 180, y: 0, width: 20, height: 10 });
    expect(firstBox({ ...wholePicture, zoom: 32 }, { width: 8, height: 8 })).toEqual({
      x: 4,
      y: 4,
      width: 1,
      height: 1,
    });
  });

  it('goes by a fiftieth of what is seen, or by single pixels', () => {
    expect(stepsOf(wholePicture, size, false)).toEqual({ right: 4, down: 2 });
    expect(stepsOf({ ...wholePicture, zoom: 8 }, size, false)).toEqual({ right: 1, down: 1 });
    expect(stepsOf(wholePicture, size, true)).toEqual({ right: 1, down: 1 });
  });

  it('moves and grows to the edges of the image and no further', () => {
    const box = { x: 150, y: 10, width: 40, height: 20 };
    expect(moved(box, { right: 30, down: -30 }, size)).toEqual({ x: 160, y: 0, width: 40, height: 20 });
    expect(resized(box, { right: 30, down: 90 }, size)).toEqual({ x: 150, y: 10, width: 50, height: 90 });
    expect(resized(box, { right: -90, down: -90 }, size)).toEqual({ x: 150, y: 10, width: 1, height: 1 });
  });

  it('is brought into sight when it has left it', () => {
    const sight = { x: 0.25, y: 0.5, zoom: 4 };
    expect(withBox(sight, { x: 50, y: 45, width: 10, height: 10 }, size)).toBe(sight);
    expect(withBox(sight, { x: 150, y: 45, width: 20, height: 10 }, size)).toEqual({ x: 0.8, y: 0.5, zoom: 4 });
  });

  it('is said in words', () => {
    expect(boxInWords({ x: 1, y: 2, width: 3, height: 4 })).toBe('3 by 4 pixels at 1, 2');
  });
});

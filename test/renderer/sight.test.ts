// Where things are in the viewer: pan and zoom, boxes that are drawn, model space in the stored image, readings.
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { asFrame, type Pair, sharesOf } from '../../src-renderer/inspect/picture.ts';
import {
  mapReading,
  originalReading,
  reconstructionReading,
  residualReading,
} from '../../src-renderer/inspect/readings.ts';
import { boxBetween, imageOnScreen, placeAt, wholePicture, zoomedAround } from '../../src-renderer/inspect/sight.ts';
import { extentOf } from '../../src-renderer/inspect/use-layers.ts';

const size = { width: 400, height: 200 };
const wide = { width: 100, height: 50 };

describe('sight', () => {
  it('fits the whole picture, and keeps what is under the pointer where it is while zooming', () => {
    const before = imageOnScreen(size, { width: 100, height: 100 }, wholePicture);
    expect(before).toMatchObject({ x: 100, y: 0, width: 200, height: 200, scale: 2 });
    const pointer = { x: 150, y: 60 };
    const at = placeAt(before, pointer);
    const zoomed = zoomedAround(wholePicture, at, -500);
    expect(zoomed.zoom).toBeGreaterThan(2);
    const after = placeAt(imageOnScreen(size, { width: 100, height: 100 }, zoomed), pointer);
    expect(after.x).toBeCloseTo(at.x, 12);
    expect(after.y).toBeCloseTo(at.y, 12);
    expect(zoomedAround(zoomed, at, 5000)).toEqual(wholePicture);
  });

  it('makes whole pixels of a drawn box in any direction, cut at the edges; nothing of a click', () => {
    expect(boxBetween({ x: 0.5, y: 0.9 }, { x: 0.1, y: 0.2 }, wide)).toEqual({ x: 10, y: 10, width: 40, height: 35 });
    expect(boxBetween({ x: -1, y: 0.5 }, { x: 0.5, y: 2 }, wide)).toEqual({ x: 0, y: 25, width: 50, height: 25 });
    expect(boxBetween({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 }, wide)).toBeUndefined();
  });

  it('shows pixels that are not square in their true shape', () => {
    expect(extentOf({ ...wide, spacing: [3, 0.5] })).toEqual({ width: 50, height: 150 });
    expect(extentOf({ ...wide, spacing: null })).toEqual(wide);
  });
});

/** A CT frame of 100 x 50 whose centre of 50 x 50 the network saw in 25 x 25, window -160 to 240. */
const frame: Frame = {
  ...{ width: 100, height: 50, channels: 1, slope: 1, intercept: -1024, inverted: false, windows: [], spacing: null },
  samples: Int16Array.from({ length: 5000 }, () => 1064),
};
const grey = (level: number) =>
  ({ width: 25, height: 25, channels: 1, samples: new Uint8Array(625).fill(level) }) as const;
const pair: Pair = {
  original: grey(128),
  reconstruction: grey(51),
  placement: { x: 25, y: 0, width: 50, height: 50 },
  levels: { black: -160, white: 240 },
};

describe('readings', () => {
  it('tell place, value and labels of the original', () => {
    const mask = { role: 'predicted', width: 100, height: 50, samples: new Uint16Array(5000).fill(2) } as const;
    expect(originalReading(frame, 'HU', [mask], { x: 0.5, y: 0.5 })).toBe('(50, 25) 40 HU, predicted 2');
  });

  it('tell the reconstruction in units of the image, and nothing beyond what the network saw', () => {
    expect(reconstructionReading(pair, frame, 'HU', { x: 0.5, y: 0.5 })).toBe('-80 HU');
    expect(reconstructionReading(pair, frame, 'HU', { x: 0.1, y: 0.5 })).toBe('');
    expect(sharesOf(pair.placement, frame)).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 });
    expect(asFrame(pair.original, null, frame)).toMatchObject({ slope: 1, intercept: 0, inverted: false });
  });

  it('tell the difference, and the score of the patch around the pointer', () => {
    const differences = new Float32Array(625).fill(77);
    expect(residualReading(differences, pair, frame, { x: 0.5, y: 0.5 })).toBe('77 of 255');
    // Patches of 5 pixels have 21 x 21 places; the middle of the picture is the middle of the one at (10, 10).
    const values = Float32Array.from({ length: 441 }, (_, index) => index);
    const map = { width: 21, height: 21, patchSize: 5, step: 1, side: 25, placement: pair.placement, values };
    expect(mapReading(map, frame, { x: 0.5, y: 0.5 })).toBe('patch 220');
    expect(mapReading(map, frame, { x: 0.2, y: 0.5 })).toBe('');
  });
});

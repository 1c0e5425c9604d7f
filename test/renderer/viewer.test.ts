// What the viewer shows: window and level, colours, words.
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { coloured } from '../../src-renderer/inspect/colour-map.ts';
import { residual } from '../../src-renderer/inspect/picture.ts';
import { dragged, isInHounsfield, ownWindow, valueRange, windowed } from '../../src-renderer/inspect/window-level.ts';
import { scoreText } from '../../src-renderer/triage/score-names.ts';

const slice: Frame = {
  width: 4,
  height: 1,
  channels: 1,
  samples: Int16Array.of(0, 824, 1064, 2000),
  slope: 1,
  intercept: -1024,
  inverted: false,
  windows: [],
  spacing: null,
};
const greys = (frame: Frame, window: { center: number; width: number }, invert = false) =>
  [0, 1, 2, 3].map((pixel) => windowed(frame, window, invert)[pixel * 4]);

describe('window and level', () => {
  it('shows the limits of the window as black and white, its centre as middle grey (PS3.3 C.11.2.1.2.1)', () => {
    // Level 40, width 401: -160.5 and below is black, 239.5 and above white.
    expect(greys(slice, { center: 40, width: 401 })).toEqual([0, 0, 128, 255]);
  });

  it('inverts when asked, and MONOCHROME1 by itself; both together cancel', () => {
    const window = { center: 40, width: 401 };
    expect(greys(slice, window, true)).toEqual([255, 255, 127, 0]);
    expect(greys({ ...slice, inverted: true }, window)).toEqual([255, 255, 127, 0]);
    expect(greys({ ...slice, inverted: true }, window, true)).toEqual([0, 0, 128, 255]);
  });

  it('begins with the window of the file, eight bits as they are, or the whole range', () => {
    const windows = [{ name: 'lung', center: -600, width: 1500 }];
    expect(ownWindow({ ...slice, windows })).toEqual({ center: -600, width: 1500 });
    const bytes = { ...slice, samples: Uint8Array.of(0, 1, 128, 255), intercept: 0 };
    expect(greys(bytes, ownWindow(bytes))).toEqual([0, 1, 128, 255]);
    expect(valueRange(slice)).toEqual([-1024, 976]);
    expect(greys(slice, ownWindow(slice)).at(-1)).toBe(255);
    expect(greys(slice, ownWindow(slice))[0]).toBe(0);
  });

  it('offers windows for CT where the file says so, or says nothing and has values below fat', () => {
    const eightBits = { ...slice, samples: Uint8Array.of(0, 1, 128, 255), intercept: 0 };
    expect([null, 'CT', 'MR'].map((modality) => isInHounsfield(slice, modality))).toEqual([true, true, false]);
    expect([null, 'CT', 'DX'].map((modality) => isInHounsfield(eightBits, modality))).toEqual([false, true, false]);
  });

  it('dragging right widens, dragging down brightens, and the width stays positive', () => {
    expect(dragged({ center: 40, width: 400 }, 100, 50, 1000, 500)).toEqual({ center: -60, width: 600 });
    expect(dragged({ center: 40, width: 400 }, -10_000, 0, 1000, 500).width).toBe(1);
  });
});

describe('maps', () => {
  it('gives the ends of the range the ends of the colours, and fades with the value', () => {
    const look = { map: 'viridis', opacity: 0.5, fade: true } as const;
    expect([...coloured([0, 10], [0, 10], look)]).toEqual([68, 1, 84, 0, 253, 231, 37, 128]);
    expect([...coloured([5], [5, 5], { ...look, fade: false })]).toEqual([68, 1, 84, 128]);
  });

  it('the residual is the absolute difference, averaged over the channels', () => {
    const picture = (...samples: number[]) =>
      ({ width: 1, height: 1, channels: 3, samples: Uint8Array.from(samples) }) as const;
    expect([...residual(picture(10, 20, 30), picture(40, 20, 0))]).toEqual([20]);
  });
});

describe('words', () => {
  it('writes scores with three significant digits', () => {
    expect([0, 0.5, -2, 99.96, 29.8412, 0.012345, 1234.5, 0.00001234].map(scoreText)).toEqual([
      '0',
      '0.500',
      '-2.00',
      '100',
      '29.8',
      '0.0123',
      '1230',
      '1.23e-5',
    ]);
  });
});

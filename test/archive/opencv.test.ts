// Resizing and blurring as OpenCV does, against OpenCV itself (test/golden/archive/opencv.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type OpenCvSamples, rescaleAsItk, resizeAsOpenCv } from '../../src-main/archive/opencv-resize.ts';
import { blurred } from '../../src-main/archive/preparation/add-noise.ts';

interface Golden {
  readonly resizes: readonly {
    readonly kind: 'uint8' | 'uint16' | 'int16';
    readonly width: number;
    readonly height: number;
    readonly to: readonly [number, number];
    readonly image: readonly number[];
    readonly expected: readonly number[];
    readonly rescaled: readonly number[];
  }[];
  readonly constant: readonly (readonly number[])[];
  readonly blur: {
    readonly width: number;
    readonly height: number;
    readonly image: readonly number[];
    readonly cases: readonly {
      readonly kernel: readonly [number, number];
      readonly sigma: number;
      readonly expected: readonly number[];
    }[];
  };
}
const golden: Golden = JSON.parse(readFileSync(new URL('../golden/archive/opencv.json', import.meta.url), 'utf8'));
const arrays = { uint8: Uint8Array, uint16: Uint16Array, int16: Int16Array };

describe('cv2.resize', () => {
  it.each(golden.resizes)(
    '$kind, $width x $height to $to',
    ({ kind, width, height, to, image, expected, rescaled }) => {
      const samples: OpenCvSamples = arrays[kind].from(image);
      const resized = resizeAsOpenCv(samples, width, height, to[0], to[1]);
      expect([...resized]).toEqual(expected);
      expect([...rescaleAsItk(resized)]).toEqual(rescaled);
    },
  );

  it('of constant images rescales to black, whatever the value', () => {
    for (const [index, value] of [0, 1, 700].entries()) {
      expect([...rescaleAsItk(new Uint16Array(4).fill(value))]).toEqual(golden.constant[index]);
    }
  });
});

describe('cv2.GaussianBlur', () => {
  const { width, height, image, cases } = golden.blur;
  it.each(cases)('kernel $kernel, sigma $sigma', ({ kernel, sigma, expected }) => {
    const samples = Uint16Array.from(image);
    const found = blurred({ samples, width, height, channels: 1 }, { type: 'blur', kernel, sigma });
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(expected[at]!, 6);
  });
});

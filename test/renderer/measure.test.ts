// Lengths and regions measured on an image.
import { describe, expect, it } from 'vitest';
import { boxOf, lengthText, measureText, regionValues } from '../../src-renderer/inspect/measure.ts';

const frame = {
  ...{ width: 4, height: 2, channels: 1 as const, slope: 2, intercept: -10, inverted: false, windows: [] },
  samples: Int16Array.of(0, 1, 2, 3, 10, 11, 12, 13),
  spacing: [0.5, 0.25] as [number, number],
};
const place = (x: number, y: number) => ({ x, y });

describe('measurements', () => {
  it('of lengths are in millimetres by the spacing of rows and columns, in pixels without', () => {
    const across = { kind: 'length' as const, from: place(0, 0.5), to: place(1, 0.5) };
    const down = { kind: 'length' as const, from: place(0.5, 1), to: place(0.5, 0) };
    expect(lengthText(frame, across)).toBe('1 mm');
    expect(lengthText(frame, down)).toBe('1 mm');
    expect(lengthText({ ...frame, spacing: null }, across)).toBe('4 px');
    expect(lengthText({ ...frame, spacing: null }, { kind: 'length', from: place(0, 0), to: place(0.75, 1) })).toBe(
      '3.61 px',
    );
  });

  it('of regions are those of the values, not of the samples', () => {
    const whole = { kind: 'region' as const, from: place(1, 1), to: place(0, 0) };
    expect(boxOf(frame, whole)).toEqual({ x: 0, y: 0, width: 4, height: 2 });
    const values = regionValues(frame, { x: 1, y: 0, width: 2, height: 2 })!;
    // Samples 1, 2, 11, 12.
    expect(values).toMatchObject({ pixels: 4, mean: 3, lowest: -8, highest: 14 });
    expect(values.deviation).toBeCloseTo(2 * Math.sqrt((5.5 ** 2 + 4.5 ** 2 + 4.5 ** 2 + 5.5 ** 2) / 4), 10);
    expect(measureText(frame, whole, 'HU')).toBe('mean 3 ± 10.2 HU, -10 to 16, 1 mm²');
    expect(regionValues(frame, { x: 3.6, y: 0, width: 0.3, height: 2 })).toBe(undefined);
  });
});

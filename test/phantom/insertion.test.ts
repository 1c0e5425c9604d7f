// Anomalies put into a slice that is there already: where they change it, that they are seeded, what cannot be altered.
import { describe, expect, it } from 'vitest';
import { anomalyKinds } from '../../src-main/phantom/anomaly.ts';
import { insertAnomaly, type RealSlice } from '../../src-main/phantom/insertion.ts';
import { outlineOf } from '../../src-main/phantom/outline-of-mask.ts';
import { phantom } from '../../src-main/phantom/phantom.ts';

const size = 96;
const { hounsfield, body, liver, pixelSpacing } = phantom({ protocol: 'liver', seed: 5, index: 0, size });
const slice: RealSlice = { size, hounsfield: Float32Array.from(hounsfield), pixelSpacing, body, liver };

describe('an anomaly in a real slice', () => {
  it.each(anomalyKinds)('%s: changes the slice inside its box only, the same with the same seed', (kind) => {
    const { hounsfield: altered, anomaly } = insertAnomaly(slice, kind, { seed: 1, index: 3 });
    const { left, top, width, height } = anomaly.box;
    let changed = 0;
    for (const [at, value] of altered.entries()) {
      if (Math.abs(value - slice.hounsfield[at]!) <= 20.001) continue;
      changed += 1;
      const [column, row] = [at % size, Math.floor(at / size)];
      expect(column >= left && column < left + width && row >= top && row < top + height).toBe(true);
    }
    expect(changed).toBe(anomaly.mask.reduce((sum, inside) => sum + inside, 0));
    expect(changed).toBeGreaterThan(5);
    expect(insertAnomaly(slice, kind, { seed: 1, index: 3 }).hounsfield).toEqual(altered);
    expect(insertAnomaly(slice, kind, { seed: 2, index: 3 }).hounsfield).not.toEqual(altered);
  });

  it('fluid and a missing segment take the place of liver, and nothing else', () => {
    for (const kind of ['ascites', 'missing-segment'] as const) {
      const { hounsfield: altered, anomaly } = insertAnomaly(slice, kind, { seed: 1, index: 0 });
      const inside = [...anomaly.mask.keys()].filter((at) => anomaly.mask[at] === 1);
      // The blur of a pixel's width is all that reaches beyond.
      const near = (at: number) => [-size, -1, 0, 1, size].some((step) => liver[at + step] === 1);
      expect(inside.every(near)).toBe(true);
      const mean = inside.reduce((sum, at) => sum + altered[at]! - slice.hounsfield[at]!, 0) / inside.length;
      expect(mean).toBeLessThan(-40);
    }
  });

  it('a needle comes from outside the body, as bright as metal', () => {
    const { hounsfield: altered, anomaly } = insertAnomaly(slice, 'needle', { seed: 1, index: 0 });
    const outside = [...anomaly.mask.keys()].filter((at) => anomaly.mask[at] === 1 && body[at] === 0);
    expect(outside.length).toBeGreaterThan(3);
    expect(Math.max(...outside.map((at) => altered[at]!))).toBeGreaterThan(300);
  });

  it('refuses a slice without a liver', () => {
    const empty = { ...slice, liver: new Uint8Array(size * size) };
    expect(() => insertAnomaly(empty, 'clip', { seed: 1, index: 0 })).toThrow(/content/);
  });
});

it('the outline of a disc is its rim', () => {
  const disc = Uint8Array.from({ length: size * size }, (_, at) =>
    Math.hypot((at % size) - 40, Math.floor(at / size) - 50) <= 20 ? 1 : 0,
  );
  const outline = outlineOf(disc, size, 2 * size)!;
  for (let at = 0; at < outline.length; at += 2) {
    const radius = Math.hypot(outline[at]! / 2 + size / 2 - 40.5, outline[at + 1]! / 2 + size / 2 - 50.5);
    expect(Math.abs(radius - 20)).toBeLessThan(1.2);
  }
  expect(outlineOf(new Uint8Array(size * size), size, 1)).toBeNull();
});

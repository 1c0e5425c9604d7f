// The resampler, luma and the published recipe against values that Pillow answered (test/golden/archive/resample.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lumaBytes } from '../../src-main/archive/grey.ts';
import { applyRecipe, publishedRecipe } from '../../src-main/archive/recipe.ts';
import { type Filter, resample } from '../../src-main/archive/resample.ts';
import { greyImage, levels } from './synthetic.ts';

interface Case {
  readonly filter: Filter;
  readonly mode: 'L' | 'RGB' | 'F';
  readonly size: readonly [number, number, number, number];
  readonly out: string;
}
const golden: { cases: Case[]; luma: string; projectorTarget: string } = JSON.parse(
  readFileSync(new URL('../golden/archive/resample.json', import.meta.url), 'utf8'),
);
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

describe('resample equals Pillow', () => {
  it.each(golden.cases.map((one) => [`${one.mode} ${one.filter} ${one.size}`, one] as const))('%s', (_, one) => {
    const [width, height, newWidth, newHeight] = one.size;
    const channels = one.mode === 'RGB' ? 3 : 1;
    const input = levels(width * height * channels);
    if (one.mode === 'F') {
      const float = Float32Array.from(input, (level) => level * 3 - 100);
      const result = resample(float, width, height, 1, newWidth, newHeight, one.filter);
      const expected = new Float32Array(bytes(one.out).buffer);
      expect(result.length).toBe(expected.length);
      // Pillow's C compiler may fuse multiplications and additions: one float32 rounding apart at most.
      for (const [index, value] of expected.entries()) expect(Math.abs(result[index]! - value)).toBeLessThan(2e-4);
    } else {
      expect(resample(input, width, height, channels, newWidth, newHeight, one.filter)).toEqual(bytes(one.out));
    }
  });
});

describe('published conversions', () => {
  it('luma is Pillow mode L', () => {
    expect(lumaBytes(levels(300))).toEqual(bytes(golden.luma));
  });

  it('the published recipe crops the centre and resizes as the projector', () => {
    const model = applyRecipe(greyImage(levels(23 * 17), 23, 17), publishedRecipe(8, 1));
    expect(Uint8Array.from(model, (value) => Math.round((value + 1) * 127.5))).toEqual(bytes(golden.projectorTarget));
  });
});

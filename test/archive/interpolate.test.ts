// Bilinear interpolation against PyTorch's, in both alignments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Alignment, interpolate } from '../../src-main/archive/interpolate.ts';

type Case = Readonly<Record<'size' | 'samples' | Alignment, readonly number[]>>;
const stored = readFileSync(join(import.meta.dirname, '../golden/archive/interpolate.json'), 'utf8');
const cases = (JSON.parse(stored) as readonly Case[]).flatMap((one) =>
  (['centre', 'corner'] as const).map((alignment) => [one.size.join(' '), alignment, one] as const),
);

describe('interpolate', () => {
  it.each(cases)('%s by the %s', (_, alignment, { size, samples, [alignment]: expected }) => {
    const [width, height, channels, newWidth, newHeight] = size as [number, number, number, number, number];
    const found = interpolate(samples, width, height, channels, newWidth, newHeight, alignment);
    expect(found.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 3);
  });
});

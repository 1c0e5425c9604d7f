// Small images for the tests of the archive, made from a seed: no picture of anybody.
import { type DecodedImage, unadorned } from '../../src-main/archive/decoded-image.ts';

/** Pseudo-random bytes, the same as `levels` of test/golden/archive/resample.py. */
export function levels(count: number): Uint8Array<ArrayBuffer> {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** A plain 8-bit grey image; `changes` replaces fields. */
export function greyImage(
  samples: DecodedImage['samples'],
  width: number,
  height: number,
  changes: Partial<DecodedImage> = {},
): DecodedImage {
  return {
    ...unadorned,
    format: 'PNG',
    width,
    height,
    channels: 1,
    samples,
    bitsStored: samples.BYTES_PER_ELEMENT * 8,
    photometric: 'MONOCHROME2',
    frame: { index: 0, count: 1 },
    warnings: [],
    ...changes,
  };
}

// What the reconstruction misses, as an image for display.
import type { GreyImage } from '../platform/grey-image.ts';
import { assertSameSize } from './distances.ts';

/** |original - reconstruction| of every pixel. Throws `mismatch` when the sizes differ. */
export function residualImage(original: GreyImage, reconstruction: GreyImage): GreyImage {
  assertSameSize('size of the reconstruction', original, reconstruction);
  const { width, height } = original;
  return { width, height, data: original.data.map((value, pixel) => Math.abs(value - reconstruction.data[pixel]!)) };
}

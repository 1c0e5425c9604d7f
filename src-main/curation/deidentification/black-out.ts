// Blacks out rectangles of an image: every other sample stays as it is.
import type { Frame, Samples } from '../../archive/decoded-image.ts';
import type { Rectangle } from '../../catalog/tables/marks.ts';

/** Whole pixels of an image of this size that a rectangle touches, as row and column ranges; `end` is the first one outside. */
export function touchedPixels(
  { x, y, width, height }: Rectangle,
  image: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } {
  return {
    left: Math.max(0, Math.floor(x)),
    top: Math.max(0, Math.floor(y)),
    right: Math.min(image.width, Math.ceil(x + width)),
    bottom: Math.min(image.height, Math.ceil(y + height)),
  };
}

/**
 * A copy of a frame whose pixels in the rectangles are as dark as its darkest: the range of its values stays as it is. Colours
 * become black.
 */
export function blackened<F extends Frame>(frame: F, boxes: readonly Rectangle[]): F {
  if (boxes.length === 0) return frame;
  const { width, channels, photometric } = frame;
  const samples: Samples = frame.samples.slice();
  const fill = channels === 3 ? 0 : darkest(samples, photometric === 'MONOCHROME1');
  for (const box of boxes) {
    const { left, top, right, bottom } = touchedPixels(box, frame);
    for (let row = top; row < bottom; row++)
      samples.fill(fill, (row * width + left) * channels, (row * width + Math.max(left, right)) * channels);
  }
  return { ...frame, samples };
}

/** The lowest value, or the highest where that is shown darkest. */
function darkest(samples: ArrayLike<number>, isInverted: boolean): number {
  let found = Number.NaN;
  for (let at = 0; at < samples.length; at++) {
    const value = samples[at]!;
    if (!Number.isFinite(value)) continue;
    if (Number.isNaN(found) || (isInverted ? value > found : value < found)) found = value;
  }
  return Number.isNaN(found) ? 0 : found;
}

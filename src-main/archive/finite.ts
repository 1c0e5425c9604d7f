// NaN and infinite samples: an image with any is displayed, but it is neither scored nor used as a reference or for training.
import { Problem } from '../platform/errors.ts';
import type { DecodedImage, Samples } from './decoded-image.ts';

/** How many samples are NaN or infinite; integers never are. */
export function countNotFinite(samples: Samples): number {
  if (!(samples instanceof Float32Array || samples instanceof Float64Array)) return 0;
  let count = 0;
  for (let at = 0; at < samples.length; at++) if (!Number.isFinite(samples[at]!)) count++;
  return count;
}

/** The note of an image with so many such samples. */
export function notFiniteNote(count: number): string {
  return `${count} samples are NaN or infinite: it gets no score`;
}

/** Throws `content` when a sample of the image called `name` is no number. */
export function refuseNotFinite({ notFinite }: DecodedImage, name: string): void {
  if (notFinite !== undefined) throw new Problem('content', { file: name, reason: notFiniteNote(notFinite) });
}

// The note of an image whose rescale is not known.
import type { Rescale } from './decoded-image.ts';

/** In words; undefined for an image whose rescale is known. */
export function rescaleNote({ unknown: reason }: Rescale): string | undefined {
  return reason === undefined ? undefined : `${reason}: values are as stored, their unit is not known`;
}

// Random fields: the coarse structure of tissue, and the scanner's noise.
import type { Random } from '../platform/random/random.ts';

/** A smooth random field over a square field of view: independent values every `grain` mm, bilinear between. */
export interface Texture {
  readonly grain: number;
  readonly columns: number;
  /** [columns, columns], standard deviation 1 after interpolation. */
  readonly values: Float32Array;
}

/** Tissue structure with grains of `grain` mm over a field of view of `fieldOfView` mm. */
export function textureOf(random: Random, fieldOfView: number, grain: number): Texture {
  const columns = Math.ceil(fieldOfView / grain) + 2;
  const values = random.gaussians(columns * columns);
  // Bilinear interpolation keeps (2/3)^2 of the variance on average.
  for (let at = 0; at < values.length; at++) values[at]! *= 1.5;
  return { grain, columns, values };
}

/**
 * Noise of filtered back projection on size x size pixels of `pixel` mm: its power grows with the frequency up to the
 * pixel's limit, so that neighbours are anti-correlated (Riederer, Pelc, Chesler 1978, "The noise power spectrum in
 * computed X-ray tomography"), and its standard deviation falls with pixel^1.5. `strength`: HU at 1 mm.
 */
export function scannerNoise(random: Random, size: number, pixel: number, strength: number): Float32Array {
  const white = random.gaussians(size * size);
  const fine = blurred(white, size, 0.55 / pixel);
  const coarse = blurred(white, size, Math.max(0.7, 1.4 / pixel));
  let power = 0;
  for (let at = 0; at < fine.length; at++) {
    fine[at]! -= coarse[at]!;
    power += fine[at]! ** 2;
  }
  const scale = (strength * Math.min(1, pixel ** -1.5)) / Math.sqrt(power / fine.length);
  for (let at = 0; at < fine.length; at++) fine[at]! *= scale;
  return fine;
}

/** Gaussian blur of [size, size] with `sigma` in pixels, edges repeated; a copy when `sigma` is too small to matter. */
export function blurred(image: Float32Array, size: number, sigma: number): Float32Array {
  if (sigma < 0.25) return image.slice();
  const reach = Math.ceil(sigma * 2.5);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-0.5 * ((at - reach) / sigma) ** 2));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  for (let at = 0; at < kernel.length; at++) kernel[at]! /= sum;
  const rows = new Float32Array(size * size);
  const result = new Float32Array(size * size);
  for (let line = 0; line < size; line++) blurLine(image, rows, line * size, 1, size, kernel);
  for (let line = 0; line < size; line++) blurLine(rows, result, line, size, size, kernel);
  return result;
}

function blurLine(
  source: Float32Array,
  target: Float32Array,
  start: number,
  step: number,
  size: number,
  kernel: Float64Array,
): void {
  const reach = (kernel.length - 1) / 2;
  const padded = new Float64Array(size + 2 * reach);
  for (let at = 0; at < padded.length; at++) {
    padded[at] = source[start + Math.max(0, Math.min(size - 1, at - reach)) * step]!;
  }
  for (let at = 0; at < size; at++) {
    let total = 0;
    for (let tap = 0; tap < kernel.length; tap++) total += kernel[tap]! * padded[at + tap]!;
    target[start + at * step] = total;
  }
}

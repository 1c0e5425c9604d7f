// Resizing as OpenCV's cv2.resize does by default, without antialiasing: for --compat published.

import { rangeOf } from './grey.ts';

/** Grey samples that OpenCV resizes as integers. */
export type OpenCvSamples = Uint8Array | Uint16Array | Int16Array;

/**
 * For each output position the first of the two inputs that are mixed, which may be -1, and the share of the second
 * (INTER_LINEAR). Across, nothing is mixed beyond the edges; down, the row at the edge is mixed with itself, which rounds.
 */
function taps(from: number, to: number, across: boolean): { readonly first: Int32Array; readonly share: Float32Array } {
  const scale = from / to;
  const first = new Int32Array(to);
  const share = new Float32Array(to);
  for (let at = 0; at < to; at++) {
    const place = Math.fround((at + 0.5) * scale - 0.5);
    const below = Math.floor(place);
    const beyond = across && (below < 0 || below >= from - 1);
    first[at] = beyond ? Math.min(from - 1, Math.max(0, below)) : below;
    share[at] = beyond ? 0 : place - below;
  }
  return { first, share };
}

/**
 * [height, width] grey samples at another size, as `cv2.resize(image, (toWidth, toHeight))`: bilinear between pixel centres,
 * an exact halving of both sides as the mean of four. 8 bits in OpenCV's fixed-point arithmetic, 16 bits in single precision.
 */
export function resizeAsOpenCv<S extends OpenCvSamples>(
  image: S,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): S {
  const result = new (image.constructor as new (length: number) => S)(toWidth * toHeight);
  if (width === toWidth && height === toHeight) result.set(image);
  else if (width === 2 * toWidth && height === 2 * toHeight) halve(image, width, result, toWidth);
  else interpolate(image, width, height, result, toWidth, toHeight);
  return result;
}

/** INTER_AREA for a factor of two, which OpenCV takes for INTER_LINEAR then. */
function halve(image: OpenCvSamples, width: number, result: OpenCvSamples, toWidth: number): void {
  for (let at = 0; at < result.length; at++) {
    const corner = 2 * Math.floor(at / toWidth) * width + 2 * (at % toWidth);
    const sum = image[corner]! + image[corner + 1]! + image[corner + width]! + image[corner + width + 1]!;
    result[at] = (sum + 2) >> 2;
  }
}

function interpolate(
  image: OpenCvSamples,
  width: number,
  height: number,
  result: OpenCvSamples,
  toWidth: number,
  toHeight: number,
): void {
  const [columns, rows] = [taps(width, toWidth, true), taps(height, toHeight, false)];
  const mix = image instanceof Uint8Array ? fixedPoint : singlePrecision;
  for (let y = 0; y < toHeight; y++) {
    const above = Math.max(0, rows.first[y]!) * width;
    const below = Math.min(height - 1, rows.first[y]! + 1) * width;
    for (let x = 0; x < toWidth; x++) {
      const left = columns.first[x]!;
      const right = Math.min(width - 1, left + 1);
      const corners = [
        image[above + left]!,
        image[above + right]!,
        image[below + left]!,
        image[below + right]!,
      ] as const;
      result[y * toWidth + x] = mix(corners, columns.share[x]!, rows.share[y]!);
    }
  }
}

type Corners = readonly [number, number, number, number];

/** 16 bits: float32 sums, rounded to the nearest, halves to even. */
function singlePrecision([a, b, c, d]: Corners, across: number, down: number): number {
  const mix = (first: number, second: number, share: number) =>
    Math.fround(Math.fround(first * Math.fround(1 - share)) + Math.fround(second * share));
  return nearestEven(mix(mix(a, b, across), mix(c, d, across), down));
}

/** 8 bits: weights of 11 bits; the two passes are cut as OpenCV's vertical pass cuts them. */
function fixedPoint([a, b, c, d]: Corners, across: number, down: number): number {
  const weights = (share: number) => [nearestEven(Math.fround(1 - share) * 2048), nearestEven(share * 2048)] as const;
  const [left, right] = weights(across);
  const [top, bottom] = weights(down);
  const [upper, lower] = [a * left + b * right, c * left + d * right];
  return (((top * (upper >> 4)) >> 16) + ((bottom * (lower >> 4)) >> 16) + 2) >> 2;
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Levels 0..255 of integer samples as SimpleITK's RescaleIntensity and a cast to 8 bits make them: stretched from minimum to
 * maximum in double precision and cut. Samples that are all equal become 0.
 */
export function rescaleAsItk(samples: OpenCvSamples): Uint8Array {
  const { low, high } = rangeOf(samples);
  if (low === high) return new Uint8Array(samples.length);
  const factor = 255 / (high - low);
  const shift = 0 - low * factor;
  return Uint8Array.from(samples, (value) => Math.min(255, Math.max(0, Math.trunc(value * factor + shift))));
}

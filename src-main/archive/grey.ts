// From stored samples to display grey: modality rescale, window or table, MONOCHROME1 inverted, 8 bits.
import { type Frame, isPlain8Bit, type LookupTable, type Window } from './decoded-image.ts';

/** Closed range of values that becomes black .. white. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** True for a stored value that carries image content: finite and outside the padding range. */
function isContent(image: Frame, stored: number): boolean {
  if (!Number.isFinite(stored)) return false;
  return image.padding === undefined || stored < image.padding.low || stored > image.padding.high;
}

/** Looks `input` up, clamped to the ends of the table (PS3.3 C.11.1.1). */
export function lookUp(table: LookupTable, input: number): number {
  const last = table.values.length - 1;
  return table.values[Math.min(last, Math.max(0, Math.round(input) - table.first))]!;
}

/**
 * Modality values (Hounsfield units for CT), same layout as the samples. Padding and values that are not finite become
 * the content value that shows as the darkest: the lowest, the highest of MONOCHROME1.
 */
export function modalityValues(image: Frame): Float64Array {
  const { samples, rescale, modalityLut, photometric } = image;
  const values = new Float64Array(samples.length);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let holes = false;
  for (let index = 0; index < samples.length; index++) {
    const stored = samples[index]!;
    if (!isContent(image, stored)) {
      values[index] = Number.NaN;
      holes = true;
      continue;
    }
    const value = modalityLut === undefined ? stored * rescale.slope + rescale.intercept : lookUp(modalityLut, stored);
    values[index] = value;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (holes) {
    const darkest = photometric === 'MONOCHROME1' ? highest : lowest;
    const fill = Number.isFinite(darkest) ? darkest : 0;
    for (let index = 0; index < values.length; index++) if (Number.isNaN(values[index])) values[index] = fill;
  }
  return values;
}

/** Smallest and largest value; {0, 0} of nothing. */
export function rangeOf(values: ArrayLike<number>): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Maps low..high to 0..255 and clamps; a constant image (low = high) becomes 0. Float64, in place. */
export function stretch(values: Float64Array, { low, high }: Range): Float64Array {
  const scale = high > low ? 255 / (high - low) : 0;
  for (let index = 0; index < values.length; index++) {
    const level = (values[index]! - low) * scale;
    values[index] = Math.max(0, Math.min(255, level));
  }
  return values;
}

/** Window functions of PS3.3 C.11.2.1.2 and C.11.2.1.3, value -> 0..255. */
const windowFunctions: {
  readonly [F in Window['function']]: (value: number, center: number, width: number) => number;
} = {
  LINEAR: (value, center, width) =>
    width <= 1 ? (value <= center - 0.5 ? 0 : 255) : ((value - (center - 0.5)) / (width - 1) + 0.5) * 255,
  LINEAR_EXACT: (value, center, width) => ((value - center) / width + 0.5) * 255,
  SIGMOID: (value, center, width) => 255 / (1 + Math.exp((-4 * (value - center)) / width)),
};

/** Applies a window preset to modality values: 0..255, clamped. Float64, in place. */
export function applyWindow(values: Float64Array, { center, width, function: shape }: Window): Float64Array {
  const level = windowFunctions[shape];
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.min(255, Math.max(0, level(values[index]!, center, width)));
  }
  return values;
}

function applyTable(values: Float64Array, table: LookupTable): Float64Array {
  const scale = 255 / (2 ** table.bits - 1);
  for (let index = 0; index < values.length; index++) values[index] = lookUp(table, values[index]!) * scale;
  return values;
}

/**
 * Display values 0..255 (Float64, layout of the samples), before rounding: the first window preset, else the first VOI
 * table, else 8-bit values as they are, else minimum to maximum. MONOCHROME1 comes out inverted: air is dark.
 */
export function displayValues(image: Frame): Float64Array {
  const values = modalityValues(image);
  const [window] = image.windows;
  const [table] = image.voiLuts;
  if (window !== undefined) applyWindow(values, window);
  else if (table !== undefined) applyTable(values, table);
  else if (!isPlain8Bit(image)) stretch(values, rangeOf(values));
  return invertIfMonochrome1(image, values);
}

/** 255 - value for MONOCHROME1, in place; others unchanged. */
export function invertIfMonochrome1(image: Frame, levels: Float64Array): Float64Array {
  if (image.photometric === 'MONOCHROME1') {
    for (let index = 0; index < levels.length; index++) levels[index] = 255 - levels[index]!;
  }
  return levels;
}

/** Rounds levels to whole grey values, halves up. */
export function toBytes(levels: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(levels.length);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Math.min(255, Math.max(0, Math.floor(levels[index]! + 0.5)));
  }
  return bytes;
}

/** Luma of interleaved 8-bit RGB exactly as Pillow's mode L: (19595 R + 38470 G + 7471 B + 32768) / 65536, cut. */
export function lumaBytes(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    grey[pixel] = (rgb[at]! * 19595 + rgb[at + 1]! * 38470 + rgb[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return grey;
}

/** The image as 8-bit grey for display and for scoring, [height, width]. */
export function toGrey8(image: Frame): Uint8Array {
  const levels = toBytes(displayValues(image));
  return image.channels === 3 ? lumaBytes(levels) : levels;
}

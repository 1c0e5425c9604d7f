// How a DecodedImage becomes model space, as plain data that is stored with the model; and the way back to grey.
import { z } from 'zod';
import { Problem } from '../platform/errors.ts';
import { type DecodedImage, type Frame, isPlain8Bit } from './decoded-image.ts';
import { applyWindow, invertIfMonochrome1, lumaBytes, modalityValues, type Range, rangeOf, stretch } from './grey.ts';
import { type Filter, resample } from './resample.ts';

const filters = ['box', 'bilinear', 'hamming', 'bicubic', 'lanczos'] as const satisfies readonly Filter[];

/**
 * What a window does with an image whose rescale is not known (`Rescale.unknown`): by default the image is refused, since its
 * values are in no unit; `as-stored` applies the window to the stored values.
 */
const unknownRescale = z.literal('as-stored').exactOptional();

/** Checks a recipe that comes from a file or another process. */
export const recipeSchema = z.strictObject({
  /** How values become grey levels 0..255 before the geometry changes. */
  intensity: z.discriminatedUnion('type', [
    /** 8-bit levels as they are; other images do not fit this recipe. */
    z.strictObject({ type: z.literal('as-is') }),
    z.strictObject({ type: z.literal('min-max') }),
    /** In modality units (Hounsfield for CT): center - width/2 .. center + width/2. */
    z.strictObject({ type: z.literal('window'), center: z.number(), width: z.number().positive(), unknownRescale }),
    /** The window that the file names first; minimum to maximum where it names none. */
    z.strictObject({ type: z.literal('file-window'), unknownRescale }),
    /** Between two percentiles of the image, 0 <= low < high <= 100, linear interpolation. */
    z.strictObject({
      type: z.literal('percentile'),
      low: z.number().min(0).max(100),
      high: z.number().min(0).max(100),
    }),
  ]),
  /** How a rectangle becomes a square: stretched, padded with black, or its centre cut out. */
  fit: z.enum(['squash', 'pad', 'crop']),
  filter: z.enum(filters),
  channels: z.union([z.literal(1), z.literal(3)]),
  /** Side of the square, a power of two for StyleGAN2. */
  resolution: z.int().min(4).max(4096),
});
export type Recipe = Readonly<z.infer<typeof recipeSchema>>;

/** What the published projector does to a target: centre crop to a square, Lanczos, 8-bit levels. */
export function publishedRecipe(resolution: number, channels: 1 | 3): Recipe {
  return { intensity: { type: 'as-is' }, fit: 'crop', filter: 'lanczos', channels, resolution };
}

/** Levels 0..255 of an image, [height, width, channels]. */
export interface Levels<A extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: A;
}

/**
 * Applies `recipe`: intensity, colours, fit, filter; -> [channels, resolution, resolution], -1..1 (level / 127.5 - 1).
 * 8-bit images taken as they are stay 8-bit through the resampling and equal Pillow's result; all others are resampled
 * as floating point. Throws `mismatch` when the image is not 8-bit and the recipe takes levels as they are, and when the
 * recipe needs units and the image's are not known.
 */
export function applyRecipe(image: DecodedImage, recipe: Recipe): Float32Array {
  const { resolution } = recipe;
  const levels = fitSquare(toChannels(toLevels(image, recipe), recipe.channels), recipe.fit);
  const { width, height, channels } = levels;
  const resized = resample(levels.data, width, height, channels, resolution, resolution, recipe.filter);
  return toModelSpace(resized, channels);
}

/** [side, side, channels] levels 0..255 -> [channels, side, side] in -1..1. */
function toModelSpace(levels: Uint8Array | Float32Array, channels: 1 | 3): Float32Array {
  const plane = levels.length / channels;
  const model = new Float32Array(levels.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      const level = levels[pixel * channels + channel]!;
      model[channel * plane + pixel] = Math.min(255, Math.max(0, level)) / 127.5 - 1;
    }
  }
  return model;
}

/**
 * Model space [channels, side, side] back to 8-bit grey [side, side] with the projector's conversion
 * ((x + 1) * 127.5, clamped, truncated); three channels become luma.
 */
export function modelToGrey8(model: Float32Array, channels: 1 | 3): Uint8Array {
  const levels = modelToBytes(model, channels);
  return channels === 3 ? lumaBytes(levels) : levels;
}

/** Model space [channels, side, side] to interleaved 8-bit [side, side, channels] as the published projector saves it. */
export function modelToBytes(model: Float32Array, channels: 1 | 3): Uint8Array {
  const plane = model.length / channels;
  const bytes = new Uint8Array(model.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      // In float32, as torch computes it: 0.5 levels decide at the edges.
      const level = Math.fround(Math.fround(model[channel * plane + pixel]! + 1) * 127.5);
      bytes[pixel * channels + channel] = Math.max(0, Math.min(255, level));
    }
  }
  return bytes;
}

function toLevels(image: DecodedImage, recipe: Recipe): Levels {
  const { width, height, channels } = image;
  const { intensity } = recipe;
  if (intensity.type === 'as-is') return { width, height, channels, data: plainLevels(image) };
  const [window] = image.windows;
  const fault = unitFault(image, recipe);
  if (fault !== undefined)
    throw new Problem('mismatch', { what: 'image for a window', expected: 'values of a known unit', found: fault });
  const values = modalityValues(image);
  if (intensity.type === 'file-window' && window !== undefined) applyWindow(values, window);
  else stretch(values, rangeFor(values, intensity));
  return { width, height, channels, data: Float32Array.from(invertIfMonochrome1(image, values)) };
}

/** The recipe with another choice for images whose rescale is not known; recipes without a window are as before. */
export function withUnknownRescale(recipe: Recipe, choice: 'refuse' | 'as-stored'): Recipe {
  const { intensity } = recipe;
  if (choice === 'refuse' || (intensity.type !== 'window' && intensity.type !== 'file-window')) return recipe;
  return { ...recipe, intensity: { ...intensity, unknownRescale: choice } };
}

/**
 * Why the recipe does not take an image: a window on values of no known unit would show, and rank, something else than it
 * says. Undefined for an image that it takes.
 */
export function unitFault({ rescale, windows }: Frame, { intensity }: Pick<Recipe, 'intensity'>): string | undefined {
  if (intensity.type !== 'window' && !(intensity.type === 'file-window' && windows.length > 0)) return undefined;
  if (rescale.unknown === undefined || intensity.unknownRescale === 'as-stored') return undefined;
  return `${rescale.unknown}: no window fits its values (--unknown-rescale as-stored takes them as they are)`;
}

function plainLevels(image: DecodedImage): Uint8Array {
  if (!isPlain8Bit(image)) {
    const found = `${image.bitsStored}-bit ${image.format}`;
    throw new Problem('mismatch', { what: 'image for the recipe "as-is"', expected: '8-bit levels', found });
  }
  return image.photometric === 'MONOCHROME1' ? image.samples.map((level) => 255 - level) : image.samples;
}

/**
 * The modality values that become black and white in `recipe`: level / 255 runs straight from `low` to `high`. Null where
 * the way is not straight (a sigmoid window). MONOCHROME1 images are inverted after that.
 */
export function levelRange(image: DecodedImage, { intensity }: Pick<Recipe, 'intensity'>): Range | null {
  const [window] = image.windows;
  if (intensity.type === 'as-is') return { low: 0, high: 255 };
  if (intensity.type !== 'file-window' || window === undefined) return rangeFor(modalityValues(image), intensity);
  const { center, width } = window;
  if (window.function === 'SIGMOID') return null;
  return window.function === 'LINEAR'
    ? { low: center - width / 2, high: center + width / 2 - 1 }
    : { low: center - width / 2, high: center + width / 2 };
}

function rangeFor(values: Float64Array, intensity: Recipe['intensity']): Range {
  if (intensity.type === 'window') {
    return { low: intensity.center - intensity.width / 2, high: intensity.center + intensity.width / 2 };
  }
  if (intensity.type !== 'percentile') return rangeOf(values);
  const sorted = values.toSorted();
  return { low: percentile(sorted, intensity.low), high: percentile(sorted, intensity.high) };
}

/** numpy's default (linear) percentile of ascending values. */
function percentile(sorted: Float64Array, percent: number): number {
  const at = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}

/** Repeats grey, or turns RGB into luma. */
export function toChannels(levels: Levels, channels: 1 | 3): Levels {
  if (levels.channels === channels) return levels;
  const { width, height, data } = levels;
  if (channels === 1) return { width, height, channels, data: luma(data) };
  const repeated = data instanceof Uint8Array ? new Uint8Array(data.length * 3) : new Float32Array(data.length * 3);
  for (let index = 0; index < data.length; index++) repeated.fill(data[index]!, index * 3, index * 3 + 3);
  return { width, height, channels, data: repeated };
}

function luma(rgb: Uint8Array | Float32Array): Uint8Array | Float32Array {
  if (rgb instanceof Uint8Array) return lumaBytes(rgb);
  const grey = new Float32Array(rgb.length / 3);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    grey[pixel] = (rgb[at]! * 19595 + rgb[at + 1]! * 38470 + rgb[at + 2]! * 7471) / 65536;
  }
  return grey;
}

/** Makes a rectangle a square: as it is (to be stretched when resized), padded with 0, or its centre. */
export function fitSquare(levels: Levels, fit: Recipe['fit']): Levels {
  const { width, height, channels, data } = levels;
  if (fit === 'squash' || width === height) return levels;
  const side = fit === 'crop' ? Math.min(width, height) : Math.max(width, height);
  // Half the difference, rounded down for the crop as in the published projector.
  const left = Math.trunc((width - side) / 2);
  const top = Math.trunc((height - side) / 2);
  const square =
    data instanceof Uint8Array ? new Uint8Array(side * side * channels) : new Float32Array(side * side * channels);
  const firstRow = Math.max(0, top);
  const lastRow = Math.min(height, top + side);
  const firstColumn = Math.max(0, left);
  const lastColumn = Math.min(width, left + side);
  for (let row = firstRow; row < lastRow; row++) {
    const line = data.subarray((row * width + firstColumn) * channels, (row * width + lastColumn) * channels);
    square.set(line, ((row - top) * side + firstColumn - left) * channels);
  }
  return { width: side, height: side, channels, data: square };
}

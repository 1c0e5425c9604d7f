// Layers for the panes of the viewer: frames, reconstructions, their difference, score maps and segmentations.

import type { ColourMap } from '../../src-preload/colour-maps.ts';
import type { Response } from '../../src-preload/contract.ts';
import type { Frame, Placement } from '../../src-preload/schemas/image.ts';
import type { Mask, MaskRole } from '../../src-preload/schemas/segmentation.ts';
import { coloured } from './colour-map.ts';
import type { Box, Extent } from './sight.ts';
import { type GreyWindow, windowed } from './window-level.ts';

export type Pair = Response<'images.reconstruction'>;
type Bytes = Pair['original'];
export type ScoreMap = Response<'images.map'>;
/** Values that get the first and the last colour. */
export type Range = readonly [low: number, high: number];

/** Pixels, and where they lie in the stored image (in shares of it). */
export interface Layer extends Box {
  readonly pixels: OffscreenCanvas;
}

const whole: Box = { x: 0, y: 0, width: 1, height: 1 };

function layer(rgba: Uint8ClampedArray<ArrayBuffer>, { width, height }: Extent, box: Box): Layer {
  const pixels = new OffscreenCanvas(width, height);
  pixels.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return { pixels, ...box };
}

/** Where model space lies in the stored image, in shares of it. */
export function sharesOf({ x, y, width, height }: Placement, size: Extent): Box {
  return { x: x / size.width, y: y / size.height, width: width / size.width, height: height / size.height };
}

export function frameLayer(frame: Frame, window: GreyWindow, invert: boolean): Layer {
  return layer(windowed(frame, window, invert), frame, whole);
}

/**
 * Levels of model space as a frame whose values are those of the image, so that one window fits both; levels themselves
 * where there is no straight way back.
 */
export function asFrame(
  { width, height, channels, samples }: Bytes,
  levels: Pair['levels'],
  like: Frame | undefined,
): Frame {
  const { black, white } = levels ?? { black: 0, white: 255 };
  return {
    ...{ width, height, channels, samples, windows: [], spacing: null },
    slope: (white - black) / 255,
    intercept: black,
    inverted: levels === null ? false : (like?.inverted ?? false),
  };
}

const asItIs: GreyWindow = { center: 128, width: 256 };

/** A picture of model space in its place, shown with the window of the image. */
export function modelLayer(
  bytes: Bytes,
  { levels, placement }: Pair,
  frame: Frame,
  window: GreyWindow,
  invert: boolean,
): Layer {
  const shown = asFrame(bytes, levels, frame);
  return layer(windowed(shown, levels === null ? asItIs : window, invert), bytes, sharesOf(placement, frame));
}

/** |original - reconstruction| of each pixel, 0..255: the mean over the channels. */
export function residual(original: Bytes, reconstruction: Bytes): Float32Array {
  const { width, height, channels } = original;
  const differences = new Float32Array(width * height);
  for (let pixel = 0; pixel < differences.length; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const at = pixel * channels + channel;
      sum += Math.abs(original.samples[at]! - reconstruction.samples[at]!);
    }
    differences[pixel] = sum / channels;
  }
  return differences;
}

/** Lowest and highest of some values. */
export function extremes(values: ArrayLike<number>): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    low = Math.min(low, values[index]!);
    high = Math.max(high, values[index]!);
  }
  return low <= high ? [low, high] : [0, 1];
}

export function residualLayer(
  values: Float32Array,
  { original, placement }: Pair,
  size: Extent,
  range: Range,
  map: ColourMap,
): Layer {
  return layer(coloured(values, range, { map, opacity: 1, fade: false }), original, sharesOf(placement, size));
}

/** The score of each patch at the patch's middle. */
export function mapLayer(
  { width, height, patchSize, step, side, placement, values }: ScoreMap,
  size: Extent,
  range: Range,
  look: { readonly map: ColourMap; readonly opacity: number },
): Layer {
  const square = sharesOf(placement, size);
  return layer(
    coloured(values, range, { ...look, fade: true }),
    { width, height },
    {
      x: square.x + ((patchSize - step) / 2 / side) * square.width,
      y: square.y + ((patchSize - step) / 2 / side) * square.height,
      width: ((width * step) / side) * square.width,
      height: ((height * step) / side) * square.height,
    },
  );
}

/** Distinguishable with any colour vision, and from the heat map and the marks. */
export const maskColours: { readonly [R in MaskRole]: readonly [number, number, number] } = {
  predicted: [255, 140, 60],
  reference: [70, 200, 255],
  region: [140, 220, 120],
};

/** A segmentation: a veil of `opacity` (0..1) with a firm edge around every label. */
export function maskLayer({ role, width, height, samples }: Mask, opacity: number): Layer {
  const [red, green, blue] = maskColours[role];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const label = samples[pixel]!;
    if (label === 0) continue;
    const column = pixel % width;
    const atEdge =
      (column === 0 ? 0 : samples[pixel - 1]) !== label ||
      (column === width - 1 ? 0 : samples[pixel + 1]) !== label ||
      (samples[pixel - width] ?? 0) !== label ||
      (samples[pixel + width] ?? 0) !== label;
    pixels.set([red, green, blue, 255 * opacity * (atEdge ? 1 : 0.4)], pixel * 4);
  }
  return layer(pixels, { width, height }, whole);
}

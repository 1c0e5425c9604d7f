// Pictures for the panes of the viewer: from frames, reconstructions, their difference and score maps.
import type { Response } from '../../src-preload/contract.ts';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { type ColourMap, coloured } from './colour-map.ts';
import { type GreyWindow, windowed } from './window-level.ts';

type Bytes = Response<'images.reconstruction'>['original'];
type ScoreMap = Response<'images.map'>;

/** One layer of a pane: pixels, and where it lies in the pane's picture (whose sides are 1). */
export interface Layer {
  readonly pixels: ImageData;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const whole = (pixels: ImageData): Layer => ({ pixels, x: 0, y: 0, width: 1, height: 1 });

export function frameLayer(frame: Frame, window: GreyWindow, invert: boolean): Layer {
  return whole(new ImageData(windowed(frame, window, invert), frame.width, frame.height));
}

const asFrame = ({ width, height, channels, samples }: Bytes): Frame => ({
  width,
  height,
  channels,
  samples,
  slope: 1,
  intercept: 0,
  inverted: false,
  windows: [],
  spacing: null,
});
const asItIs: GreyWindow = { center: 128, width: 256 };

/** Bytes of model space, as the network saw or drew them. */
export const bytesLayer = (bytes: Bytes, invert: boolean): Layer => frameLayer(asFrame(bytes), asItIs, invert);

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

export function residualLayer(original: Bytes, reconstruction: Bytes, map: ColourMap): Layer {
  const differences = residual(original, reconstruction);
  const high = differences.reduce((most, value) => Math.max(most, value), 1);
  const pixels = coloured(differences, [0, high], { map, opacity: 1, fade: false });
  return whole(new ImageData(pixels, original.width, original.height));
}

/** The score of each patch at the patch's middle, over a picture of model space of `side` pixels. */
export function mapLayer({ width, height, patchSize, values }: ScoreMap, map: ColourMap, opacity: number): Layer {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const side = { x: width + patchSize - 1, y: height + patchSize - 1 };
  const pixels = coloured(values, [low, high], { map, opacity, fade: true });
  return {
    pixels: new ImageData(pixels, width, height),
    x: (patchSize - 1) / 2 / side.x,
    y: (patchSize - 1) / 2 / side.y,
    width: width / side.x,
    height: height / side.y,
  };
}

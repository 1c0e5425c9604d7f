// A small PNG of a frame as shown: grey or colour, without metadata.
import type { DecodedImage } from './decoded-image.ts';
import { displayValues, toBytes } from './grey.ts';
import { encodePng } from './raster/encode-png.ts';
import { resample } from './resample.ts';

/** A PNG file of the frame with its first window, `size` pixels on the longer side at most, never enlarged. */
export async function thumbnail(image: DecodedImage, size: number): Promise<Uint8Array> {
  const { channels, width, height } = image;
  const scale = Math.min(1, size / Math.max(width, height));
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const levels = toBytes(displayValues(image));
  return encodePng(toWidth, toHeight, channels, resample(levels, width, height, channels, toWidth, toHeight, 'box'));
}

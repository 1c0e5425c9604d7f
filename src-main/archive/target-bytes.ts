// Images of model space as 8-bit levels: those that a network saw, and those that it drew.
import type { GreyImage } from '../platform/grey-image.ts';
import { lumaBytes, toBytes } from './grey.ts';

/**
 * Model space [C, R, R] to the nearest 8-bit levels, interleaved [R, R, C]: an 8-bit image comes back as it was. (A
 * reconstruction is truncated instead, as published: `modelToBytes`.)
 */
export function targetBytes(model: Float32Array, channels: 1 | 3): Uint8Array {
  const plane = model.length / channels;
  const levels = new Float64Array(model.length);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      levels[pixel * channels + channel] = (model[channel * plane + pixel]! + 1) * 127.5;
    }
  }
  return toBytes(levels);
}

/** Model space [C, R, R] as interleaved bytes [R, R, C]: x 127.5 + 128, cut to 0..255, as generate.py truncates it. */
export function generatedBytes(image: Float32Array, channels: 1 | 3): Uint8Array {
  const plane = image.length / channels;
  const bytes = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const level = Math.fround(Math.fround(image[i]! * 127.5) + 128);
    bytes[(i % plane) * channels + Math.floor(i / plane)] = Math.max(0, Math.min(255, level));
  }
  return bytes;
}

/** Interleaved bytes of a square image as grey: scores live in the 8-bit grey domain. */
export function squareGrey(bytes: Uint8Array, channels: 1 | 3): GreyImage {
  const data = channels === 3 ? lumaBytes(bytes) : bytes;
  const side = Math.sqrt(data.length);
  return { width: side, height: side, data };
}

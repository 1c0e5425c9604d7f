// From a drawing to what a scanner shows of it: partial volumes, tissue texture, streaks, blur; and the masks.
import type { Drawing } from './drawing.ts';
import type { Substance } from './material.ts';
import { addStreaks, type Streak } from './streak.ts';
import { blurred, type Texture } from './texture.ts';

/** Standard deviation (mm) of the point spread function of a standard abdominal kernel. */
export const pointSpread = 0.6;

/**
 * Hounsfield values without noise, [size, size] with size = drawing.size / factor: every pixel is the mean of its
 * factor x factor sub-pixels (partial volume), blurred by the point spread function.
 */
export function scanned(
  drawing: Drawing,
  factor: number,
  substance: Substance,
  texture: Texture,
  streaks: readonly Streak[],
): Float32Array {
  const { size, labels, fieldOfView } = drawing;
  const width = size / factor;
  const { hounsfield, texture: strength } = substance;
  const { values, columns, grain } = texture;
  const step = fieldOfView / size / grain;
  const image = new Float32Array(width * width);
  for (let row = 0, place = 0; row < size; row++) {
    const cellY = Math.floor(row * step);
    const shareY = row * step - cellY;
    const pixels = Math.floor(row / factor) * width;
    for (let column = 0; column < size; column++, place++) {
      const label = labels[place]!;
      let value = hounsfield[label]!;
      if (strength[label]! > 0) {
        const cellX = Math.floor(column * step);
        const shareX = column * step - cellX;
        const cell = cellY * columns + cellX;
        const upper = values[cell]! + shareX * (values[cell + 1]! - values[cell]!);
        const lower = values[cell + columns]! + shareX * (values[cell + columns + 1]! - values[cell + columns]!);
        value += strength[label]! * (upper + shareY * (lower - upper));
      }
      image[pixels + Math.floor(column / factor)]! += value;
    }
  }
  const samples = factor ** 2;
  for (let pixel = 0; pixel < image.length; pixel++) image[pixel]! /= samples;
  addStreaks(image, drawing, factor, streaks);
  return blurred(image, width, (pointSpread * width) / fieldOfView);
}

/** 1 where at least half of a pixel's sub-pixels have a label with `wanted[label]` = 1, else 0; [size, size]. */
export function maskOf({ labels, size }: Drawing, factor: number, wanted: Uint8Array): Uint8Array {
  const width = size / factor;
  const counts = new Uint8Array(width * width);
  for (let row = 0, place = 0; row < size; row++) {
    const pixels = Math.floor(row / factor) * width;
    for (let column = 0; column < size; column++, place++) {
      counts[pixels + Math.floor(column / factor)]! += wanted[labels[place]!]!;
    }
  }
  const half = factor ** 2 / 2;
  for (let pixel = 0; pixel < counts.length; pixel++) counts[pixel] = counts[pixel]! >= half ? 1 : 0;
  return counts;
}

// Lengths and regions measured on an image: in millimetres where the file says how large its pixels are.
import type { Frame } from '../../src-preload/schemas/image.ts';
import type { Mark } from './paint.ts';
import type { Box, Place } from './sight.ts';

/** A straight line or a rectangle between two places, in shares of the stored image. */
export interface Measure {
  readonly kind: 'length' | 'region';
  readonly from: Place;
  readonly to: Place;
}

/** What dragging on the image does besides windowing. */
export type Tool = 'annotate' | Measure['kind'];

/** A measurement as it is drawn. */
export const markOf = ({ kind, from, to }: Measure, label: string): Mark =>
  kind === 'length'
    ? { kind, label, x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y }
    : {
        ...{ kind, label, x: Math.min(from.x, to.x), y: Math.min(from.y, to.y) },
        ...{ width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) },
      };

const figure = (value: number): string => String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));

/** The length of a line: `12.3 mm`, or `45.1 px` on an image that is not calibrated. */
export function lengthText(
  { width, height, spacing }: Pick<Frame, 'width' | 'height' | 'spacing'>,
  { from, to }: Measure,
): string {
  const [row, column] = spacing ?? [1, 1];
  const length = Math.hypot((to.x - from.x) * width * column, (to.y - from.y) * height * row);
  return `${figure(length)} ${spacing === null ? 'px' : 'mm'}`;
}

/** Mean, standard deviation (divided by the number of pixels), lowest and highest of the values in a rectangle; of colour images the mean of the channels. */
export interface RegionValues {
  readonly pixels: number;
  readonly mean: number;
  readonly deviation: number;
  readonly lowest: number;
  readonly highest: number;
}

/** The values of the pixels in a box of whole pixels; undefined where it holds none. */
export function regionValues(
  { width, height, channels, samples, slope, intercept }: Frame,
  box: Box,
): RegionValues | undefined {
  const [left, right] = [Math.max(0, Math.round(box.x)), Math.min(width, Math.round(box.x + box.width))];
  const [top, bottom] = [Math.max(0, Math.round(box.y)), Math.min(height, Math.round(box.y + box.height))];
  let [pixels, mean, squares, lowest, highest] = [0, 0, 0, Infinity, -Infinity];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += samples[(y * width + x) * channels + channel]!;
      const value = (sum / channels) * slope + intercept;
      // Welford (1962): the sum of squares of large values would lose the deviation.
      pixels++;
      const before = value - mean;
      mean += before / pixels;
      squares += before * (value - mean);
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  if (pixels === 0) return undefined;
  return { pixels, mean, deviation: Math.sqrt(squares / pixels), lowest, highest };
}

/** The box of a measured region in pixels of the stored image. */
export function boxOf({ width, height }: Pick<Frame, 'width' | 'height'>, { from, to }: Measure): Box {
  const [left, right] = [Math.min(from.x, to.x) * width, Math.max(from.x, to.x) * width];
  const [top, bottom] = [Math.min(from.y, to.y) * height, Math.max(from.y, to.y) * height];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** `mean 45.2 ± 12.1 HU, 3 to 88, 320 mm²`; empty for a region without pixels. */
export function regionText(frame: Frame, box: Box, unit: string): string {
  const values = regionValues(frame, box);
  if (values === undefined) return '';
  const { pixels, mean, deviation, lowest, highest } = values;
  const [row, column] = frame.spacing ?? [1, 1];
  const area = `${figure(pixels * row * column)} ${frame.spacing === null ? 'px' : 'mm²'}`;
  return `mean ${figure(mean)} ± ${figure(deviation)}${unit === '' ? '' : ` ${unit}`}, ${figure(lowest)} to ${figure(highest)}, ${area}`;
}

/** What a measurement says. */
export function measureText(frame: Frame, measure: Measure, unit: string): string {
  return measure.kind === 'length' ? lengthText(frame, measure) : regionText(frame, boxOf(frame, measure), unit);
}

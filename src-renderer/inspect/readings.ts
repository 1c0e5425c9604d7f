// The readings under the pointer: position and value, residual, score of the surrounding patch, mask labels.
import type { Frame } from '../../src-preload/schemas/image.ts';
import type { Mask } from '../../src-preload/schemas/segmentation.ts';
import { asFrame, type Pair, type ScoreMap } from './picture.ts';
import type { Extent, Place } from './sight.ts';

const digits = (value: number, count: number): string => String(Number(value.toPrecision(count)));

/** Index of the pixel under a place that lies in the picture. */
function pixelAt({ width, height }: Extent, { x, y }: Place): number | undefined {
  const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
  return column >= 0 && row >= 0 && column < width && row < height ? row * width + column : undefined;
}

function valuesAt(frame: Frame, place: Place): string | undefined {
  const pixel = pixelAt(frame, place);
  if (pixel === undefined) return undefined;
  const { channels, samples, slope, intercept } = frame;
  return Array.from({ length: channels }, (_, channel) =>
    digits(samples[pixel * channels + channel]! * slope + intercept, 5),
  ).join(', ');
}

/** `(103, 88) 42 HU, predicted 1`. */
export function originalReading(frame: Frame, unit: string, masks: readonly Mask[], at: Place): string {
  const place = `(${Math.floor(at.x * frame.width)}, ${Math.floor(at.y * frame.height)})`;
  const labels = masks.flatMap((mask) => {
    const pixel = pixelAt(mask, at);
    const label = pixel === undefined ? 0 : mask.samples[pixel]!;
    return label === 0 ? [] : [`${mask.role} ${label}`];
  });
  return [[place, valuesAt(frame, at), unit].filter(Boolean).join(' '), ...labels].join(', ');
}

/** A place of the stored image as a place of model space. */
export function inModelSpace({ placement }: Pick<Pair, 'placement'>, { width, height }: Extent, at: Place): Place {
  return { x: (at.x * width - placement.x) / placement.width, y: (at.y * height - placement.y) / placement.height };
}

/** The reconstructed value, in units of the image where there is a way back to them. */
export function reconstructionReading(pair: Pair, frame: Frame, unit: string, at: Place): string {
  const value = valuesAt(asFrame(pair.reconstruction, pair.levels, frame), inModelSpace(pair, frame, at));
  return value === undefined ? '' : `${value} ${pair.levels === null ? '' : unit}`;
}

export function residualReading(values: Float32Array, pair: Pair, frame: Frame, at: Place): string {
  const pixel = pixelAt(pair.original, inModelSpace(pair, frame, at));
  return pixel === undefined ? '' : `${digits(values[pixel]!, 3)} of 255`;
}

/** The score of the patch whose middle is nearest. */
export function mapReading(map: ScoreMap, frame: Frame, at: Place): string {
  const { width, height, patchSize, step, side, values } = map;
  const { x, y } = inModelSpace(map, frame, at);
  if (x < 0 || y < 0 || x >= 1 || y >= 1) return '';
  const nearest = (share: number, positions: number) =>
    Math.max(0, Math.min(positions - 1, Math.round((share * side - patchSize / 2) / step)));
  const value = values[nearest(y, height) * width + nearest(x, width)];
  return value === undefined ? '' : `patch ${digits(value, 4)}`;
}

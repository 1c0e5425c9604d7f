// The images a training learns from, in model space, read by number.
import { unpack } from './packed-image.ts';

/** Training images of one shape. Numbers run from 0; the source decides what is cached. */
export interface TrainingImages {
  readonly count: number;
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** Length of a label vector; 0 without labels. */
  readonly labelSize: number;
  /** Image `index` as [C, R, R] in -1..1. */
  image(index: number): Promise<Float32Array> | Float32Array;
  /** Label of image `index` [labelSize]; one-hot for class labels. */
  label(index: number): Float32Array;
  /** Told which images come next, so that they can be read meanwhile. */
  readonly expect?: (numbers: readonly number[]) => void;
}

/** Mirrors each row of [C, R, R]. */
export function mirrored(image: Float32Array, resolution: number): Float32Array {
  const result = new Float32Array(image.length);
  for (let row = 0; row < image.length; row += resolution) {
    for (let x = 0; x < resolution; x++) result[row + x] = image[row + resolution - 1 - x]!;
  }
  return result;
}

/** Images kept in memory as 8-bit values [count, C, R, R]: (value / 127.5) - 1. */
export function imagesInMemory(
  pixels: Uint8Array,
  { resolution, channels }: { readonly resolution: number; readonly channels: 1 | 3 },
  labels: readonly Float32Array[] = [],
): TrainingImages {
  const size = channels * resolution * resolution;
  const empty = new Float32Array(0);
  return {
    count: pixels.length / size,
    resolution,
    channels,
    labelSize: labels[0]?.length ?? 0,
    image: (index) => unpack(pixels.subarray(index * size, (index + 1) * size)),
    label: (index) => labels[index] ?? empty,
  };
}

// The smallest training that has every part: resolution 8, eight channels, batches of four, one thread.
import type { Device } from '../../native/runtime/session.ts';
import { resolveConfiguration, type TrainingConfiguration } from '../../src-main/training/configuration.ts';
import { imagesInMemory, type TrainingImages } from '../../src-main/training/training-images.ts';

/** One thread: sums are then always taken in the same order. */
export const oneThread: Device = { name: 'cpu', threads: 1 };

const resolution = 8;

/** Grey discs of different places and sizes on black, 8 bit; with labels, the class is whether the disc is large. */
export function discs(count: number, labelled = false): TrainingImages {
  const pixels = Uint8Array.from({ length: count * resolution ** 2 }, (_, i) => {
    const index = Math.floor(i / resolution ** 2);
    const [row, column] = [Math.floor(i / resolution) % resolution, i % resolution];
    const radius = index % 2 === 0 ? 3 : 1.5;
    const inside = (row - 2 - (index % 5)) ** 2 + (column - 2 - (index % 3)) ** 2 <= radius ** 2;
    return inside ? 150 + 5 * (index % 7) : 10;
  });
  const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? Float32Array.of(1, 0) : Float32Array.of(0, 1)));
  return imagesInMemory(pixels, { resolution, channels: 1 }, labelled ? labels : []);
}

/** A configuration for `discs(count)`, with what a test wants to be different. */
export function tinyConfiguration(
  images: TrainingImages,
  changes: Partial<TrainingConfiguration> = {},
): TrainingConfiguration {
  const options = {
    configuration: 'auto',
    seed: 1,
    mirror: true,
    conditional: images.labelSize > 0,
    batch: 4,
    gamma: 0.1,
    kimg: 1,
    channelBase: 64,
    channelMax: 8,
    latentSize: 16,
    pathLength: true,
    fullPrecision: true,
    augmentation: { mode: 'none' },
    snapshotTicks: 1,
    start: null,
  } as const;
  const { channels, labelSize, count } = images;
  return { ...resolveConfiguration(options, { resolution, channels, labelSize, images: count }), ...changes };
}

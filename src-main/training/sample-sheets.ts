// reals.png and fakes*.png: the sheets of images that show how far a training has come.
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import type { JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { type Grid, gridSize, imageGrid } from './image-grid.ts';
import type { Trainer } from './trainer.ts';
import { mirrored, type TrainingImages } from './training-images.ts';

/** What sheets are made of. */
export interface SheetSource {
  readonly configuration: TrainingConfiguration;
  readonly images: TrainingImages;
  /** Where they are written. */
  readonly folder: string;
}

/** Writes `reals.png`. */
export async function writeReals({ configuration, images, folder }: SheetSource): Promise<void> {
  const { resolution, channels, count } = images;
  const grid = gridSize(resolution);
  const numbers = sheetNumbers(images, configuration.mirror, grid);
  const size = channels * resolution ** 2;
  const sheet = new Float32Array(numbers.length * size);
  images.expect?.(numbers.map((number) => number % count));
  for (const [place, number] of numbers.entries()) {
    const image = await images.image(number % count);
    sheet.set(number < count ? image : mirrored(image, resolution), place * size);
  }
  await writeFileAtomic(join(folder, 'reals.png'), await imageGrid(sheet, grid, images));
}

/**
 * Writes `fakesSUFFIX.png`: generated images of the same codes in every sheet, so that the sheets show a development, under
 * the labels of the images in reals.png. Throws `cancelled`, without a sheet.
 */
export async function writeFakes(
  { configuration, images, folder }: SheetSource,
  trainer: Trainer,
  suffix: string,
  control: JobControl,
): Promise<void> {
  const grid = gridSize(images.resolution);
  const random = randomFrom(configuration.seed).fork('sheet of fakes');
  const z = random.gaussians(grid.columns * grid.rows * Number(configuration.generator.z_dim));
  const sheet = await trainer.samples(z, sheetLabels(images, configuration.mirror, grid), control);
  await writeFileAtomic(join(folder, `fakes${suffix}.png`), await imageGrid(sheet, grid, images));
}

/**
 * Which images a sheet of reals shows, row by row: with labels each row has images of one label, else any. Numbers from
 * `images.count` on mean mirrored images. As published (`setup_snapshot_image_grid`), with its random numbers.
 */
export function sheetNumbers(images: TrainingImages, mirror: boolean, { columns, rows }: Grid): readonly number[] {
  const random = numpyRandom(0);
  const numbers = Array.from({ length: images.count * (mirror ? 2 : 1) }, (_, number) => number);
  if (images.labelSize === 0) {
    random.shuffle(numbers);
    return Array.from({ length: columns * rows }, (_, place) => numbers[place % numbers.length]!);
  }
  const labelOf = (number: number) => [...images.label(number % images.count)].reverse();
  const groups = [...Map.groupBy(numbers, (number) => labelOf(number).join()).values()];
  groups.sort(([a], [b]) => compareLabels(labelOf(a!), labelOf(b!)));
  for (const group of groups) random.shuffle(group);
  return Array.from({ length: columns * rows }, (_, place) => {
    const [row, column] = [Math.floor(place / columns), place % columns];
    const group = groups[row % groups.length]!;
    return group[(column + Math.floor(row / groups.length) * columns) % group.length]!;
  });
}

/** Labels of the images of a sheet, [columns * rows, labelSize]; undefined without labels. */
function sheetLabels(images: TrainingImages, mirror: boolean, grid: Grid): Float32Array | undefined {
  if (images.labelSize === 0) return undefined;
  const numbers = sheetNumbers(images, mirror, grid);
  const labels = new Float32Array(numbers.length * images.labelSize);
  for (const [place, number] of numbers.entries()) {
    labels.set(images.label(number % images.count), place * images.labelSize);
  }
  return labels;
}

/** Order of label vectors, number by number. */
function compareLabels(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? 0 : a[place]! - b[place]!;
}

// Which images the sheets show, against the published choice (training_loop.py, `setup_snapshot_image_grid`, run by hand).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sheetNumbers, writeReals } from '../../src-main/training/sample-sheets.ts';
import { imagesInMemory } from '../../src-main/training/training-images.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { discs, tinyConfiguration } from './tiny-training.ts';

const shape = { resolution: 8, channels: 1 } as const;
const blank = (labels: readonly Float32Array[], count = labels.length) =>
  imagesInMemory(new Uint8Array(64 * count), shape, labels);
const oneHot = (index: number, size: number) =>
  Float32Array.from({ length: size }, (_, i) => Number(i === index % size));

describe('a sheet of reals', () => {
  it('shows images in the published order, again when there are too few', () => {
    const numbers = sheetNumbers(blank([], 10), false, { columns: 7, rows: 4 });
    const round = [2, 8, 4, 9, 1, 6, 7, 3, 0, 5];
    expect(numbers).toEqual([...round, ...round, ...round].slice(0, 28));
  });

  it('shows one class in each row, in turn', () => {
    const images = blank(Array.from({ length: 20 }, (_, i) => oneHot(i, 3)));
    expect(sheetNumbers(images, false, { columns: 7, rows: 4 })).toEqual([
      ...[18, 6, 3, 9, 0, 15, 12],
      ...[4, 1, 19, 10, 13, 7, 16],
      ...[11, 17, 5, 8, 14, 2, 11],
      ...[18, 6, 3, 9, 0, 15, 12],
    ]);
  });

  it('orders label vectors from their last number', () => {
    const vectors = [Float32Array.of(0.5, 1), Float32Array.of(1, 0), Float32Array.of(0, 1)];
    const images = blank(Array.from({ length: 11 }, (_, i) => vectors[i % 3]!));
    expect(sheetNumbers(images, false, { columns: 3, rows: 5 })).toEqual([
      ...[7, 10, 4],
      ...[2, 8, 5],
      ...[9, 0, 6],
      ...[1, 7, 10],
      ...[2, 8, 5],
    ]);
  });

  it('has mirrored images where the training shows them', async () => {
    await using folder = await temporaryFolder();
    const images = discs(3);
    const configuration = tinyConfiguration(images);
    await writeReals({ images, configuration, folder: folder.path });
    const file = await readFile(join(folder.path, 'reals.png'));
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const numbers = sheetNumbers(images, true, { columns: 32, rows: 32 });
    const place = numbers.findIndex((number) => number >= 3);
    const row = (y: number) => {
      const start = ((Math.floor(place / 32) * 8 + y) * info.width + (place % 32) * 8) * info.channels;
      return Array.from({ length: 8 }, (_, x) => data[start + x * info.channels]);
    };
    const image = (await images.image(numbers[place]! % 3)) as Float32Array;
    for (let y = 0; y < 8; y++) {
      const levels = [...image.subarray(8 * y, 8 * y + 8)].map((value) => Math.round((value + 1) * 127.5));
      expect(row(y)).toEqual(levels.reverse());
    }
  });
});

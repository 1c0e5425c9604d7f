// Kind A: a rescale that is missing, unreadable or different is read as the standard says, or the image says that it is not known.
import { describe, expect, it } from 'vitest';
import { imagesOf, valuesOf, volumesOf } from './cases.ts';

describe('rescale', () => {
  it.each(['01', '02', '04'])('enhanced CT, however its functional groups are written (%s)', async (slug) => {
    const { volumes, notes } = await volumesOf(slug);
    expect(volumes.map(({ middle }) => middle)).toEqual([[1000, 1200, 1400]]);
    expect(notes).toEqual([]);
  });

  it('a decimal comma is named; values stay as stored (05)', async () => {
    const { volumes, notes } = await volumesOf('05');
    expect(volumes.map(({ middle }) => middle)).toEqual([[1000, 1000, 1000]]);
    expect(notes.map(({ note }) => note)).toEqual([
      'Rescale Slope cannot be read (all slices): values there are as stored, their unit is not known',
    ]);
  });

  it('one slice without a rescale is named, and makes no volume of mixed units (06)', async () => {
    const { volumes, skipped } = await volumesOf('06');
    expect(volumes).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'series.nii.gz: Rescale Slope and Rescale Intercept are missing in s2.dcm, but not in the other slices',
    ]);
  });

  it('each slice of a PET has its own slope (63)', async () => {
    const { volumes } = await volumesOf('63');
    expect(volumes.map(({ middle }) => middle)).toEqual([[500, 1000, 2250]]);
  });

  it('slopes below 1 are kept (67)', async () => {
    const { images } = await imagesOf('67');
    expect(Math.max(...valuesOf(images[0]!))).toBeCloseTo(10, 9);
  });

  it('a unit behind the slope is not guessed at, the first of two values is read (89)', async () => {
    const { images } = await imagesOf('89');
    const byPath = Object.fromEntries(images.map((image) => [image.path, image]));
    expect(valuesOf(byPath['two.dcm']!)[1]).toBe(476);
    expect(byPath['unit.dcm']!.rescale).toEqual({ slope: 1, intercept: 0, unknown: 'Rescale Slope cannot be read' });
    expect(byPath['unit.dcm']!.warnings).toEqual([
      'Rescale Slope cannot be read: values are as stored, their unit is not known',
    ]);
  });

  it('NIfTI: a slope of 0 or NaN means values as stored (65)', async () => {
    const { images } = await imagesOf('65');
    const ranges = images.map((image) => [image.path, Math.min(...valuesOf(image)), Math.max(...valuesOf(image))]);
    expect(ranges).toEqual([
      ['half.nii', 10, 510],
      ['nan.nii', 0, 1000],
      ['zero.nii', 0, 1000],
    ]);
  });
});

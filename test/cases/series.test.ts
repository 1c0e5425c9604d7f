// Kind B: which slices make a volume, and which never do.
import { describe, expect, it } from 'vitest';
import { imagesOf, volumesOf } from './cases.ts';

const copied = 'an image of the case is there twice';

describe('series', () => {
  it('two patients who share a series UID are two volumes (07)', async () => {
    const { volumes } = await volumesOf('07');
    expect(volumes.map(({ shape, middle, voxelSize }) => [shape[2], middle, voxelSize[2]])).toEqual([
      [3, [-24, -24, -24], 2],
      [3, [-524, -524, -524], 2],
    ]);
  });

  it('slices of two pixel spacings are two volumes (09)', async () => {
    const { volumes } = await volumesOf('09');
    expect(volumes.map(({ shape, voxelSize }) => [shape[2], voxelSize])).toEqual([
      [2, [1, 1, 1]],
      [2, [0.5, 0.5, 1]],
    ]);
  });

  it(`a copy is dropped and named: ${copied} (12)`, async () => {
    const { volumes, notes } = await volumesOf('12');
    expect(volumes.map(({ shape }) => shape)).toEqual([[16, 16, 4]]);
    expect(notes.map(({ note }) => note)).toEqual([
      expect.stringMatching(/^1 copy of a slice was left out: s1.*\.dcm$/),
    ]);
  });

  it('a missing slice is no volume: no affine is true (13)', async () => {
    const { volumes, skipped } = await volumesOf('13');
    expect(volumes).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'series.nii.gz: slices are missing or unevenly spaced (2.00 mm behind slice 3, elsewhere 1.00 mm): no single affine is true for them',
    ]);
  });

  it('nuclear medicine keeps its place in the detector sequence, with a negative step (64)', async () => {
    const { images } = await imagesOf('64');
    expect(images.map(({ geometry }) => geometry.position)).toEqual([100, 98, 96].map((z) => [0, 0, z]));
    const { volumes } = await volumesOf('64');
    expect(volumes.map(({ shape, middle, voxelSize }) => [shape, middle, voxelSize])).toEqual([
      [
        [16, 16, 3],
        [300, 200, 100],
        [2, 2, 2],
      ],
    ]);
  });

  it('rounded positions are one volume without a word (73)', async () => {
    const { volumes, notes } = await volumesOf('73');
    expect(volumes.map(({ shape }) => shape)).toEqual([[16, 16, 12]]);
    expect(notes).toEqual([]);
  });

  it('a decimal comma in the spacing is refused by its name (80)', async () => {
    const { volumes, skipped } = await volumesOf('80');
    expect(volumes).toEqual([]);
    expect(skipped[0]!.reason).toContain('Pixel Spacing of s0.dcm is missing or cannot be read');
    expect((await imagesOf('80')).notes).toEqual(['Pixel Spacing cannot be read']);
  });

  it('a spacing of another representation is read (84)', async () => {
    const { volumes } = await volumesOf('84');
    expect(volumes.map(({ voxelSize }) => voxelSize)).toEqual([[0.25, 0.5, 1]]);
  });

  it('blanks around a patient ID do not count, its case does (91)', async () => {
    const { images } = await imagesOf('91');
    expect(new Set(images.map(({ metadata }) => metadata.patientId))).toEqual(new Set(['P1', 'p1']));
  });
});

// Kinds D and P: pixels that contradict their attributes, and how they are to be shown.
import { describe, expect, it } from 'vitest';
import { imagesOf, shown } from './cases.ts';

const pixel = (image: Parameters<typeof shown>[0], index: number) =>
  Array.from(shown(image).subarray(index * image.channels, (index + 1) * image.channels));

describe('pixels against their attributes', () => {
  it('4:2:2 of full length is read as it lies (18)', async () => {
    const { images, notes } = await imagesOf('18');
    expect([pixel(images[0]!, 0), pixel(images[0]!, 255)]).toEqual([
      [254, 0, 0],
      [0, 255, 1],
    ]);
    expect(notes).toEqual([
      'Photometric Interpretation is YBR_FULL_422, but the pixel data has full length; read as YBR_FULL',
    ]);
  });

  it.each(['19', '20'])('compressed frames that nothing declares are all read (%s)', async (slug) => {
    const { images, notes } = await imagesOf(slug);
    expect(images.map(({ samples }) => [samples.length, ...new Set(samples)])).toEqual(
      [50, 100, 200].map((value) => [256, value]),
    );
    expect(notes).toEqual(['Number of Frames is missing; the pixel data holds 3']);
  });

  it('0 frames with pixels are one (22)', async () => {
    const { images, notes } = await imagesOf('22');
    expect(images).toHaveLength(1);
    expect(images[0]!.samples[1]! * images[0]!.rescale.slope + images[0]!.rescale.intercept).toBe(-24);
    expect(notes).toEqual(['Number of Frames is 0; the pixel data holds 1']);
  });

  it('values that need more bits than Bits Stored do not wrap (42)', async () => {
    const { images, notes } = await imagesOf('42');
    expect(Math.max(...images[0]!.samples)).toBe(4095);
    expect(images[0]!.bitsStored).toBe(12);
    expect(notes).toEqual(['bits above the 10 of Bits Stored are not empty; values take 12 bits and were read so']);
  });

  it('a picture in unused bits is no part of the values, declared as an overlay or not (85)', async () => {
    const { images } = await imagesOf('85');
    const [declared, undeclared] = images;
    expect(images.map(({ samples }) => Math.max(...samples))).toEqual([4095, 4095]);
    expect(declared!.overlays).toHaveLength(1);
    expect(declared!.warnings).toEqual([]);
    expect(undeclared!.warnings).toEqual([
      'bits above the 12 of Bits Stored are not empty; what lies above them was ignored',
    ]);
  });

  it.each([
    ['86', 'overlay 6000 is not readable'],
    ['88', undefined],
  ])('an overlay that cannot be read does no harm (%s)', async (slug, note) => {
    const { images, notes } = await imagesOf(slug);
    expect(images).toHaveLength(1);
    if (note !== undefined) expect(notes).toEqual([note]);
  });

  it('8-bit JPEG in cells of 16 bits (87)', async () => {
    const { images } = await imagesOf('87');
    const [first, last] = [pixel(images[0]!, 0)[0]!, pixel(images[0]!, 1023)[0]!];
    expect([images[0]!.width, images[0]!.height]).toEqual([32, 32]);
    expect(first).toBeLessThan(5);
    expect(last).toBeGreaterThan(250);
  });
});

describe('presentation', () => {
  it('pixels that are not square are noted (43)', async () => {
    expect((await imagesOf('43')).notes).toEqual(['pixels are 2.00 times as high as wide; they are shown as squares']);
  });

  it('an inverse presentation is shown so (44)', async () => {
    const { images, notes } = await imagesOf('44');
    expect([pixel(images[0]!, 0), pixel(images[0]!, 1023)]).toEqual([[255], [0]]);
    expect(notes).toEqual(['Presentation LUT Shape is INVERSE: low values are shown bright']);
  });

  it('a sigmoid window in another case is a sigmoid (68)', async () => {
    const { images, notes } = await imagesOf('68');
    const levels = shown(images[0]!);
    for (const [index, value] of images[0]!.samples.entries()) {
      expect(levels[index]).toBe(Math.floor(255 / (1 + Math.exp((-4 * (value - 500)) / 400)) + 0.5));
    }
    expect(notes).toEqual(['VOI LUT Function is not written as the standard has it; read as SIGMOID']);
  });

  it('EXIF orientation is applied (45)', async () => {
    const { images, notes } = await imagesOf('45');
    expect([images[0]!.width, images[0]!.height]).toEqual([16, 32]);
    expect(pixel(images[0]!, 0)[0]).toBeGreaterThan(250);
    expect(pixel(images[0]!, 16 * 31)[0]).toBeLessThan(5);
    expect(notes).toEqual(['turned upright as its orientation 6 says']);
  });

  it('CMYK becomes RGB (47)', async () => {
    const { images, notes } = await imagesOf('47');
    expect([pixel(images[0]!, 0), pixel(images[0]!, 255)]).toEqual([
      [255, 0, 0],
      [255, 255, 255],
    ]);
    expect(notes).toEqual(['printing colours (CMYK) became RGB without a colour profile']);
  });

  it('TIFF whose lowest value is white is shown so, 8 and 16 bits (71)', async () => {
    const { images } = await imagesOf('71');
    expect(images.map((image) => [pixel(image, 0), pixel(image, 1023)])).toEqual([
      [[255], [0]],
      [[255], [0]],
    ]);
  });
});

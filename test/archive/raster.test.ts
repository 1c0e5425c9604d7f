// PNG, JPEG and TIFF: samples come back bit for bit; bombs, cuts and mutations never give a short image.
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { DecodedImage } from '../../src-main/archive/decoded-image.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { mutations } from './mutate.ts';
import { levels } from './synthetic.ts';

const decode = async (bytes: Uint8Array, name = 'file'): Promise<DecodedImage> =>
  (await openImageFile({ name, bytes })).frame(0);
const words = (bytes: Uint8Array) => decode(bytes).then(() => 'decoded', inWords);

const levels16 = (count: number) => new Uint16Array(levels(count * 2).buffer);

describe('samples are kept', () => {
  it.each([
    ['8-bit grey', 1, levels(13 * 7)],
    ['8-bit RGB', 3, levels(13 * 7 * 3)],
    ['16-bit grey', 1, levels16(13 * 7)],
    ['16-bit RGB', 3, levels16(13 * 7 * 3)],
  ] as const)('PNG %s', async (_, channels, samples) => {
    const image = await decode(await encodePng(13, 7, channels, samples));
    expect(image).toMatchObject({
      format: 'PNG',
      width: 13,
      height: 7,
      channels,
      bitsStored: samples.BYTES_PER_ELEMENT * 8,
    });
    expect(image.samples).toEqual(samples);
  });

  it.each(['none', 'deflate', 'lzw'] as const)('TIFF 16-bit, %s', async (compression) => {
    const samples = levels16(13 * 7);
    const raw = { width: 13, height: 7, channels: 1 as const };
    const tiff = await sharp(samples, { raw }).toColourspace('grey16').tiff({ compression }).toBuffer();
    const image = await decode(tiff);
    expect(image.samples).toEqual(samples);
  });

  it('a TIFF of two pages has two frames', async () => {
    const samples = levels(2 * 8 * 6);
    const raw = { width: 8, height: 12, channels: 1 as const, pageHeight: 6 };
    const tiff = await sharp(samples, { raw }).toColourspace('b-w').tiff({ compression: 'none' }).toBuffer();
    const file = await openImageFile({ name: 'two.tif', bytes: tiff });
    expect(file.frameCount).toBe(2);
    expect((await file.frame(1)).samples).toEqual(samples.subarray(48));
  });

  it('alpha is dropped with a warning, an embedded profile changes nothing', async () => {
    const samples = levels(6 * 5 * 4);
    const raw = { width: 6, height: 5, channels: 4 as const };
    const image = await decode(await sharp(samples, { raw }).withIccProfile('p3').png().toBuffer());
    expect(image.warnings).toEqual(['transparency was dropped']);
    expect(image.channels).toBe(3);
  });

  it('a PNG holds no text, profile or time', async () => {
    const png = Buffer.from(await encodePng(4, 4, 1, levels(16)));
    const chunks = ['IHDR', 'IDAT', 'IEND'].map((name) => png.includes(name));
    expect(chunks).toEqual([true, true, true]);
    for (const name of ['tEXt', 'zTXt', 'iTXt', 'iCCP', 'eXIf', 'tIME']) expect(png.includes(name)).toBe(false);
  });
});

describe('what is no image is refused by name', () => {
  it.each([
    ['%PDF-1.7 and so on', 'PDF document'],
    ['GIF89a', 'GIF image'],
    ['BM______', 'BMP image'],
    ['CDF\x01', 'MINC-1 volume (NetCDF)'],
    ['PK\x03\x04', 'ZIP archive'],
    ['{"a": 1}', 'JSON text'],
    ['hello', 'text'],
    ['', 'empty file'],
  ])('%s', async (content, name) => {
    expect(await words(Buffer.from(content, 'latin1'))).toBe(`file: not a format that Residua reads (${name})`);
  });
});

/** A PNG header that claims a size, with little data behind it. */
function pngClaiming(width: number, height: number, whole: Buffer): Buffer {
  const bomb = Buffer.from(whole);
  bomb.writeUInt32BE(width, 16);
  bomb.writeUInt32BE(height, 20);
  return bomb;
}

describe('oddities of pictures', () => {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };

  it.each([
    // 4 x 2 pixels of 2 bits: 0 1 2 3 / 3 3 0 0, of which 3 is no colour; plain, and as differences to the left and above.
    ['no filter', [0, 0b00011011, 0, 0b11110000]],
    ['filters', [1, 0b00011011, 2, 0b11010101]],
  ])('a PNG says how many pixels lie beyond its palette: %s', async (_, rows) => {
    const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 2, 3, 0, 0, 0]);
    const png = Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', header),
      chunk('PLTE', Uint8Array.of(0, 0, 0, 100, 100, 100, 200, 200, 200)),
      chunk('IDAT', deflateSync(Uint8Array.from(rows))),
      chunk('IEND', new Uint8Array(0)),
    ]);
    expect((await decode(png)).warnings).toEqual(['3 pixels lie beyond the palette']);
  });

  it('a JPEG with stray bytes between its segments is the same picture', async () => {
    const raw = { width: 24, height: 16, channels: 1 as const };
    const jpeg = await sharp(levels(384), { raw }).toColourspace('b-w').jpeg().toBuffer();
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const stray = Buffer.concat([
      jpeg.subarray(0, scan),
      Buffer.from([0, 1, 2]),
      jpeg.subarray(scan),
      Buffer.from([7]),
    ]);
    const image = await decode(stray);
    expect(image.samples).toEqual((await decode(jpeg)).samples);
    expect(image.warnings).toEqual([
      '3 stray bytes between the segments of the JPEG stream were ignored',
      '1 bytes behind the end of the JPEG stream were ignored',
    ]);
  });
});

describe('bombs', () => {
  it('a huge declared size is refused before memory is taken', async () => {
    const bomb = pngClaiming(20_000, 20_000, Buffer.from(await encodePng(8, 8, 3, levels(192))));
    expect(await words(bomb)).toMatch(/image size in bytes is 1200000000, more than the limit/);
  });

  it('a size that the data does not fill is broken', async () => {
    const whole = Buffer.from(await encodePng(8, 8, 1, levels(64)));
    expect(await words(pngClaiming(800, 800, whole))).toMatch(/^file: /);
    expect(await words(pngClaiming(0, 8, whole))).toMatch(/^file: /);
    expect(await words(pngClaiming(0xffff_ffff, 8, whole))).not.toBe('decoded');
  });
});

describe('mutated and cut rasters', () => {
  it('a cut PNG or TIFF is never decoded; mutations give a whole image or a Problem', async () => {
    const raw = { width: 24, height: 24, channels: 1 as const };
    const samples = levels(576);
    const files = {
      png: Buffer.from(await encodePng(24, 24, 1, samples)),
      tiff: await sharp(samples, { raw }).toColourspace('b-w').tiff({ compression: 'lzw' }).toBuffer(),
      jpeg: await sharp(samples, { raw }).toColourspace('b-w').jpeg().toBuffer(),
    };
    let tried = 0;
    for (const file of Object.values(files)) {
      for (const { bytes, cut } of mutations(file, 40)) {
        tried++;
        const result = await decode(bytes).catch((error: unknown) => error);
        if (isProblem(result)) continue;
        const image = result as DecodedImage;
        expect(image.samples.length).toBe(image.width * image.height * image.channels);
        expect(cut).toBe(false);
      }
    }
    expect(tried).toBe(120);
  });
});

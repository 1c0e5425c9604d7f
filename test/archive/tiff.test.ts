// TIFF by construction: byte orders, BigTIFF, strips, odd directories, orientations, pages; lies are refused before memory is taken.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { levels } from './synthetic.ts';

type Field = readonly [tag: number, type: 3 | 4 | 16, values: readonly number[]];
interface Page {
  readonly fields: readonly Field[];
  readonly data: Uint8Array;
  /** Where its next directory is said to be, instead of where it is. */
  readonly next?: number;
}

/** A TIFF file: for each page its data and its directory, strip offsets (tag 273) counted from the page's data. */
function tiff(pages: readonly Page[], { little = true, big = false } = {}): Uint8Array {
  const number = (size: 2 | 4 | 8, value: number) => {
    const bytes = Buffer.alloc(size);
    if (size === 2) little ? bytes.writeUInt16LE(value) : bytes.writeUInt16BE(value);
    else if (size === 4) little ? bytes.writeUInt32LE(value) : bytes.writeUInt32BE(value);
    else little ? bytes.writeBigUInt64LE(BigInt(value)) : bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  };
  const word = big ? 8 : 4;
  const sizes = { 3: 2, 4: 4, 16: 8 } as const;
  const parts: Buffer[] = [Buffer.from(little ? 'II' : 'MM'), number(2, big ? 43 : 42)];
  if (big) parts.push(number(2, 8), number(2, 0));
  const header = big ? 16 : 8;
  let at = header;
  const directories: {
    readonly start: number;
    readonly bytes: Buffer;
    readonly data: Buffer;
    readonly next?: number;
  }[] = [];
  for (const { fields, data, next } of pages) {
    const start = at + data.length + (data.length % 2);
    const entries = Buffer.concat(
      fields.map(([tag, type, values]) => {
        const placed = tag === 273 ? values.map((value) => value + at) : values;
        const value = Buffer.concat(placed.map((each) => number(sizes[type], each)));
        if (value.length > word) throw new Error('only values that fit their field');
        const padded = Buffer.concat([value, Buffer.alloc(word - value.length)]);
        return Buffer.concat([number(2, tag), number(2, type), number(word, values.length), padded]);
      }),
    );
    const bytes = Buffer.concat([number(big ? 8 : 2, fields.length), entries]);
    directories.push({
      start,
      bytes,
      data: Buffer.concat([data, Buffer.alloc(data.length % 2)]),
      ...(next === undefined ? {} : { next }),
    });
    at = start + bytes.length + word;
  }
  parts.push(number(word, directories[0]!.start));
  for (const [index, { bytes, data, next }] of directories.entries())
    parts.push(data, bytes, number(word, next ?? directories[index + 1]?.start ?? 0));
  return new Uint8Array(Buffer.concat(parts));
}

/** The fields of a grey page in strips of `rows` rows (at most two of them). */
function grey(width: number, height: number, bits: number, format: number, rows = height): Field[] {
  const strip = (width * bits) / 8;
  const starts = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows * strip);
  return [
    [256, 3, [width]],
    [257, 3, [height]],
    [258, 3, [bits]],
    [259, 3, [1]],
    [262, 3, [1]],
    [273, 4, starts],
    [277, 3, [1]],
    [278, 3, [rows]],
    [279, 4, starts.map((start) => Math.min(rows * strip, height * strip - start))],
    [339, 3, [format]],
  ];
}

const open = (bytes: Uint8Array) => openImageFile({ name: 'a.tif', bytes });
const first = async (bytes: Uint8Array) => (await open(bytes)).frame(0);
const words = (bytes: Uint8Array) => first(bytes).then(() => 'decoded', inWords);

describe('samples of plain pages', () => {
  const arrays = [
    [Uint8Array, 1],
    [Int8Array, 2],
    [Uint16Array, 1],
    [Int16Array, 2],
    [Uint32Array, 1],
    [Int32Array, 2],
    [Float32Array, 3],
    [Float64Array, 3],
  ] as const;
  const ways = [
    { little: true, big: false },
    { little: false, big: false },
    { little: false, big: true },
  ];
  it.each(arrays.flatMap(([type, format]) => ways.map((way) => [type.name, way, type, format] as const)))(
    '%s, %o',
    async (_, way, type, format) => {
      const samples = new type(
        Array.from({ length: 12 }, (_, index) => (format === 1 ? index * 20 : index * 20 - 100)),
      );
      const size = samples.BYTES_PER_ELEMENT;
      const data = Buffer.from(new Uint8Array(samples.buffer));
      if (!way.little && size === 2) data.swap16();
      if (!way.little && size === 4) data.swap32();
      if (!way.little && size === 8) data.swap64();
      const rows = way.big ? 2 : 3;
      const image = await first(tiff([{ fields: grey(4, 3, size * 8, format, rows), data }], way));
      expect(image.samples).toEqual(samples);
      expect(image).toMatchObject({ width: 4, height: 3, channels: 1, bitsStored: size * 8, warnings: [] });
    },
  );
});

describe('coded pages', () => {
  const samples = new Uint16Array(levels(48 * 40 * 2).buffer);
  const raw = { width: 48, height: 40, channels: 1 as const };

  it.each([
    { compression: 'lzw', predictor: 'horizontal' },
    { compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 },
    { compression: 'none', tile: true, tileWidth: 16, tileHeight: 16, bigtiff: true },
  ] as const)('%o', async (options) => {
    const bytes = await sharp(samples, { raw }).toColourspace('grey16').tiff(options).toBuffer();
    expect((await first(bytes)).samples).toEqual(samples);
  });

  it('signed samples, compressed, come bit for bit', async () => {
    const bytes = await sharp(samples, { raw }).toColourspace('grey16').tiff({ compression: 'lzw' }).toBuffer();
    // Sample Format 1 -> 2: the file says that the same bits are signed.
    const at = bytes.indexOf(Buffer.from([0x53, 0x01, 3, 0, 1, 0, 0, 0, 1, 0]));
    bytes[at + 8] = 2;
    expect((await first(bytes)).samples).toEqual(new Int16Array(samples.buffer));
  });
});

describe('orientation', () => {
  // Stored rows: 1 2 3 / 4 5 6.
  it.each([
    [1, [3, 2], [1, 2, 3, 4, 5, 6]],
    [2, [3, 2], [3, 2, 1, 6, 5, 4]],
    [3, [3, 2], [6, 5, 4, 3, 2, 1]],
    [4, [3, 2], [4, 5, 6, 1, 2, 3]],
    [5, [2, 3], [1, 4, 2, 5, 3, 6]],
    [6, [2, 3], [4, 1, 5, 2, 6, 3]],
    [7, [2, 3], [6, 3, 5, 2, 4, 1]],
    [8, [2, 3], [3, 6, 2, 5, 1, 4]],
  ])('%d is shown upright', async (orientation, size, shown) => {
    const fields = [...grey(3, 2, 8, 1), [274, 3, [orientation]] as const].sort(([a], [b]) => a - b);
    const image = await first(tiff([{ fields, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }]));
    expect([image.width, image.height]).toEqual(size);
    expect(Array.from(image.samples)).toEqual(shown);
    expect(image.warnings).toHaveLength(orientation === 1 ? 0 : 1);
  });
});

describe('pages', () => {
  const page = (value: number, more: readonly Field[] = []): Page => ({
    fields: [...more, ...grey(2, 2, 8, 1)],
    data: new Uint8Array(4).fill(value),
  });

  it('each is a frame; smaller copies and masks are left out and counted', async () => {
    const file = await open(tiff([page(1), page(2, [[254, 4, [1]]]), page(3, [[254, 4, [4]]]), page(4)]));
    const frames = await Promise.all([0, 1].map((index) => file.frame(index)));
    expect(file.frameCount).toBe(2);
    expect(frames.map(({ samples }) => samples[0])).toEqual([1, 4]);
    expect(frames[0]!.warnings).toEqual(['2 pages of smaller copies or masks left out']);
  });

  it('thousands are opened in one pass', async () => {
    const file = await open(tiff(Array.from({ length: 5000 }, (_, index) => page(index % 250))));
    expect(file.frameCount).toBe(5000);
    expect((await file.frame(4999)).samples[0]).toBe(4999 % 250);
  });

  it('tags in any order', async () => {
    const fields = grey(2, 2, 8, 1).reverse();
    const image = await first(tiff([{ fields, data: Uint8Array.of(1, 2, 3, 4) }]));
    expect(Array.from(image.samples)).toEqual([1, 2, 3, 4]);
    expect(image.warnings).toEqual(['the tags of a TIFF directory are not in order']);
  });
});

describe('TIFF files that lie', () => {
  const data = new Uint8Array(16);
  const with273 = (fields: readonly Field[], tag: number, type: 3 | 4, values: readonly number[]): Field[] =>
    fields.map((field) => (field[0] === tag ? [tag, type, values] : field));

  it.each([
    ['a circle of directories', tiff([{ fields: grey(4, 4, 8, 1), data, next: 24 }]), 'its directories form a circle'],
    [
      'a directory outside',
      tiff([{ fields: grey(4, 4, 8, 1), data, next: 9999 }]),
      'a directory lies outside the file',
    ],
    ['a strip outside', tiff([{ fields: with273(grey(4, 4, 8, 1), 279, 4, [9999]), data }]), 'page 1 is cut short'],
    ['a strip too short', tiff([{ fields: with273(grey(4, 4, 8, 1), 279, 4, [8]), data }]), 'page 1 is cut short'],
    ['no size', tiff([{ fields: grey(4, 4, 8, 1).slice(2), data }]), 'page 1 has no size'],
    [
      'pages that share their data',
      tiff([
        { fields: grey(16, 16, 8, 1), data: new Uint8Array(256) },
        ...Array.from({ length: 20 }, () => ({
          fields: with273(grey(16, 16, 8, 1), 273, 4, [-200]),
          data: new Uint8Array(0),
        })),
      ]),
      'its pages overlap',
    ],
  ])('%s', async (_, bytes, reason) => {
    expect(await words(bytes)).toBe(`a.tif: TIFF: ${reason}`);
  });

  it('a huge size is refused before memory is taken', async () => {
    const fields = with273(with273(grey(4, 4, 8, 1), 256, 3, [65_000]), 257, 3, [65_000]);
    expect(await words(tiff([{ fields, data }]))).toMatch(/^image size in bytes is 4225000000, more than the limit/);
  });
});

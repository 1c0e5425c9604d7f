// De-identified PNG files: every kind of PNG comes through sample by sample, and nothing that hides beside the picture.
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { deidentifyPng } from '../../src-main/curation/deidentification/png.ts';
import { uint32 } from '../archive/write-dicom.ts';

const secret = 'DOE^JANE^19510203';

function chunk(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), content]);
  return Buffer.concat([uint32(content.length, false), body, uint32(crc32(body), false)]);
}

/** A PNG file of chunks; `rows` are as filtered. */
function png(
  { width = 4, height = 2, depth = 8, colourType = 0, interlace = 0 },
  data: Uint8Array,
  more: readonly Buffer[] = [],
  end: Uint8Array = Buffer.alloc(0),
): Buffer {
  const sizes = Buffer.concat([uint32(width, false), uint32(height, false)]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([sizes, Buffer.from([depth, colourType, 0, 0, interlace])])),
    ...more,
    chunk('IDAT', data),
    chunk('IEND', end),
  ]);
}

/** What is in the file once its pixels are inflated. */
function contentOf(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes);
  const at = buffer.indexOf('IDAT');
  return Buffer.concat([buffer, inflateSync(buffer.subarray(at + 4, at + 4 + buffer.readUInt32BE(at - 4)))]);
}

const rows = Buffer.from([0, 1, 2, 3, 4, 0, 5, 6, 7, 8]);

describe('what hides in a PNG', () => {
  it.each([
    ['bytes behind the compressed pixels', png({}, Buffer.concat([deflateSync(rows), Buffer.from(secret)]))],
    ['surplus rows', png({}, deflateSync(Buffer.concat([rows, Buffer.from(secret)])))],
    ['the content of IEND', png({}, deflateSync(rows), [], Buffer.from(secret))],
    ['chunks that should be short', png({}, deflateSync(rows), [chunk('gAMA', Buffer.from(secret))])],
    ['a palette that grey pixels do not need', png({}, deflateSync(rows), [chunk('PLTE', Buffer.from(`${secret}.`))])],
    ['transparency that is too long', png({}, deflateSync(rows), [chunk('tRNS', Buffer.from(secret))])],
  ])('goes: %s', (_, bytes) => {
    expect(contentOf(bytes).includes(secret)).toBe(true);
    const cleaned = deidentifyPng(bytes, 'file');
    expect(contentOf(cleaned).includes('DOE')).toBe(false);
    expect(Buffer.from(deidentifyPng(cleaned, 'file')).equals(cleaned)).toBe(true);
  });

  it('goes: entries of the palette, and their transparency, that no pixel uses', async () => {
    const colours = Buffer.from(`abcdef${secret}.ghi`);
    const used = Buffer.from([0, 0, 1, 8, 1, 0, 0, 0, 1, 8]);
    const alphas = chunk('tRNS', Buffer.from([9, 8, ...Buffer.from('JANE'), 7, 7, 6]));
    const bytes = png({ colourType: 3 }, deflateSync(used), [chunk('PLTE', colours), alphas]);
    const cleaned = deidentifyPng(bytes, 'file');
    const content = contentOf(cleaned);
    expect(content.includes('DOE') || content.includes('JANE')).toBe(false);
    expect(content.includes('abcdef')).toBe(true);
    const raw = (file: Uint8Array) => sharp(file).raw().toBuffer();
    expect((await raw(cleaned)).equals(await raw(bytes))).toBe(true);
  });

  it('goes: bits behind the last pixel of a row', () => {
    const bytes = png({ width: 3, height: 1, depth: 1 }, deflateSync(Buffer.from([0, 0b1010_1111])));
    expect(contentOf(deidentifyPng(bytes, 'file')).at(-1)).toBe(0b1010_0000);
  });
});

const [width, height] = [13, 11];
const noise = (length: number) => Uint8Array.from({ length }, (_, index) => (index * index * 31 + index * 7) % 256);

describe('every kind of PNG keeps its samples', () => {
  const kinds = [
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [3, 1],
    [3, 2],
    [3, 4],
    [3, 8],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ].flatMap(([colourType, depth]) => [0, 1].map((interlace) => [colourType!, depth!, interlace] as const));

  it.each(kinds)('colour type %i, %i bits, interlace %i, all filters', async (colourType, depth, interlace) => {
    const samples = [1, 0, 3, 1, 2, 0, 4][colourType]!;
    const passes = interlace === 0 ? [[width, height]] : adam7Sizes();
    const data = Buffer.concat(
      passes.flatMap(([columns, count]) => {
        const length = Math.ceil((columns! * depth * (colourType === 2 ? 3 : samples === 3 ? 1 : samples)) / 8);
        return Array.from({ length: count! }, (_, y) => Buffer.from([y % 5, ...noise(length + y).subarray(y)]));
      }),
    );
    const colours = colourType === 3 ? [chunk('PLTE', noise(3 * 2 ** depth))] : [];
    const bytes = png({ width, height, depth, colourType, interlace }, deflateSync(data), colours);
    const cleaned = deidentifyPng(bytes, 'file');
    const raw = (file: Uint8Array) =>
      sharp(file, { failOn: 'warning' })
        .raw({ depth: depth === 16 ? 'ushort' : 'uchar' })
        .toBuffer();
    expect((await raw(cleaned)).equals(await raw(bytes))).toBe(true);
  });

  /** Sizes of the seven passes (PNG 8.1). */
  function adam7Sizes(): readonly (readonly number[])[] {
    const starts = [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2],
    ];
    return starts.map(([x, y, dx, dy]) => [Math.ceil((width - x!) / dx!), Math.ceil((height - y!) / dy!)]);
  }
});

describe('a PNG that is not whole is refused', () => {
  it.each([
    ['ends in the middle of a PNG chunk', png({}, deflateSync(rows)).subarray(0, 50)],
    ['has fewer rows of pixels', png({}, deflateSync(rows.subarray(0, 6)))],
    ['unknown PNG filter', png({}, deflateSync(Buffer.from([9, 1, 2, 3, 4, 0, 5, 6, 7, 8])))],
    ['broken PNG header', png({ depth: 3 }, deflateSync(rows))],
    ['its PNG pixels are broken', png({}, Buffer.from(secret))],
    ['its PNG pixels are broken, or more than a picture', png({}, deflateSync(Buffer.alloc(2_000_000)))],
    ['has no palette', png({ colourType: 3 }, deflateSync(rows))],
  ])('%s', (reason, bytes) => {
    expect(() => deidentifyPng(bytes, 'file')).toThrow(reason);
  });
});

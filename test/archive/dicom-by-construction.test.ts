// DICOM images written here value by value: bits in odd places, lookup tables, padding, overlays among the pixels.
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { displayValues, modalityValues } from '../../src-main/archive/grey.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { type DicomStyle, dicomStyles, element, encapsulated, part10, sequence, uint16 } from './write-dicom.ts';

const [explicit, , implicit] = dicomStyles as [DicomStyle, DicomStyle, DicomStyle];
const bigEndian = dicomStyles.find(({ little }) => !little)!;
const [width, height] = [4, 3];
/** Twelve values, some negative. */
const signed = [-2048, -1, 0, 1, 2047, -100, 100, -1024, 1023, 7, -7, 512];

/** Attributes of the pixels; numbers are written as US. */
const grey16 = {
  2621442: 1,
  2621444: 'MONOCHROME2',
  2621456: height,
  2621457: width,
  2621696: 16,
  2621697: 16,
  2621698: 15,
  2621699: 0,
} as const;
const representations: Readonly<Record<number, string>> = { 2621444: 'CS', 2625618: 'DS', 2625619: 'DS' };

interface Parts {
  readonly style?: DicomStyle;
  readonly module?: Readonly<Record<number, number | string>>;
  readonly others?: (style: DicomStyle) => readonly (readonly [tag: number, bytes: Buffer])[];
}

/** Words of a file, low byte first where it is little endian; negative ones as two's complement. */
const words = (values: readonly number[], { little }: DicomStyle) =>
  Buffer.concat(values.map((value) => uint16(value & 0xffff, little)));

function image({ style = explicit, module = {}, others = () => [] }: Parts, pixels: Buffer): Uint8Array {
  const attributes = Object.entries({ ...grey16, ...module }).map(([key, value]) => {
    const tag = Number(key);
    const bytes = typeof value === 'number' ? uint16(value & 0xffff, style.little) : value;
    return [tag, element(style, tag, representations[tag] ?? 'US', bytes)] as const;
  });
  const sorted = [...attributes, ...others(style)].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  return part10(style, Buffer.concat([...sorted, pixels]));
}

const plain = (values: readonly number[], style = explicit) => element(style, 0x7fe0_0010, 'OW', words(values, style));
const open = async (bytes: Uint8Array) =>
  (await openImageFile({ name: 'file', bytes: new Uint8Array(bytes) })).frame(0);

/** A table as the item of a sequence: its descriptor in the given representation, its entries as bytes. */
const table =
  (
    sequenceTag: number,
    descriptor: readonly number[],
    representation: string,
    entries: (style: DicomStyle) => Buffer,
  ) =>
  (style: DicomStyle) => [
    [
      sequenceTag,
      sequence(style, sequenceTag, [
        Buffer.concat([
          element(style, 0x0028_3002, representation, words(descriptor, style)),
          element(style, 0x0028_3006, 'OW', entries(style)),
        ]),
      ]),
    ] as const,
  ];

describe('bits of a cell', () => {
  const twelve = { 2621697: 12, 2621699: 1 };

  it.each([explicit, implicit, bigEndian])('above the stored ones do not count, $name', async (style) => {
    const cells = signed.map((value, at) => (value & 0xfff) | ((at % 16) << 12));
    const { samples } = await open(image({ style, module: { ...twelve, 2621698: 11 } }, plain(cells, style)));
    expect([...samples]).toEqual(signed);
  });

  it('may be the upper ones, in RLE as well', async () => {
    const cells = signed.map((value) => (value & 0xfff) << 4);
    const module = { ...twelve, 2621698: 15 };
    expect([...(await open(image({ module }, plain(cells)))).samples]).toEqual(signed);
    // One literal run for the high bytes, one for the low ones (PS3.5 G.3).
    const run = (shift: number) => Buffer.from([cells.length - 1, ...cells.map((cell) => (cell >> shift) & 0xff)]);
    const header = Buffer.alloc(64);
    header.writeUInt32LE(2, 0);
    header.writeUInt32LE(64, 4);
    header.writeUInt32LE(64 + run(8).length, 8);
    const rle = { ...explicit, syntax: '1.2.840.10008.1.2.5' };
    const stream = Buffer.concat([header, run(8), run(0)]);
    expect([...(await open(image({ style: rle, module }, encapsulated(stream)))).samples]).toEqual(signed);
  });

  it('may be those of an overlay, which is read apart', async () => {
    const overlay = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1];
    const cells = signed.map((value, at) => (value & 0xfff) | (overlay[at]! << 14));
    const overlayModule = { 1610612752: height, 1610612753: width, 1610612992: 16, 1610612994: 14 };
    const found = await open(image({ module: { ...twelve, 2621698: 11, ...overlayModule } }, plain(cells)));
    expect([...found.samples]).toEqual(signed);
    expect(found.overlays.map(({ bits }) => [...bits])).toEqual([overlay]);
    expect(found.warnings).toEqual([]);
  });
});

describe('lookup tables', () => {
  const modality = Array.from({ length: 200 }, (_, entry) => (entry * 37) % 4096);

  it.each([explicit, implicit, bigEndian])('of the modality begin at a negative value, $name', async (style) => {
    const others = table(0x0028_3000, [200, -100, 12], 'SS', (file) => words(modality, file));
    const found = await open(image({ style, module: { 2621699: 1 }, others }, plain(signed, style)));
    const expected = signed.map((value) => modality[Math.min(199, Math.max(0, value + 100))]);
    expect([...modalityValues(found)]).toEqual(expected);
  });

  it.each([explicit, implicit])('of display begin at a negative value of unsigned pixels, $name', async (style) => {
    const unsigned = signed.map((value) => value + 2048);
    const entries = Array.from({ length: 2048 }, (_, entry) => entry % 256);
    const others = table(0x0028_3010, [2048, -1024, 8], 'SS', (file) => words(entries, file));
    const module = { 2625618: '-1024', 2625619: '1' };
    const found = await open(image({ style, module, others }, plain(unsigned, style)));
    expect([...displayValues(found)]).toEqual(unsigned.map((value) => entries[Math.min(2047, value)]));
  });

  it('of 8 bits may be written as bytes', async () => {
    const entries = Buffer.from(Array.from({ length: 256 }, (_, entry) => 255 - entry));
    const bytes = signed.map((_, at) => at * 20);
    const module = { 2621696: 8, 2621697: 8, 2621698: 7 };
    const others = table(0x0028_3000, [256, 0, 8], 'US', () => entries);
    const found = await open(image({ module, others }, element(explicit, 0x7fe0_0010, 'OB', Buffer.from(bytes))));
    expect([...modalityValues(found)]).toEqual(bytes.map((value) => 255 - value));
  });

  it('that are incomplete refuse the image: its values would mean something else', async () => {
    const others = table(0x0028_3000, [200, 0, 12], 'US', (file) => words(modality.slice(1), file));
    const reason = await open(image({ others }, plain(signed))).catch(inWords);
    expect(reason).toBe('file: the modality lookup table is incomplete');
  });

  it('of colours with 8 bits may keep them in the upper half of words', async () => {
    const colours = [0, 1, 2].map((colour) => Array.from({ length: 256 }, (_, entry) => (entry * (colour + 3)) % 256));
    const others = (style: DicomStyle) =>
      colours.flatMap((entries, colour) => {
        const doubled = entries.map((level) => level * 257);
        return [
          [0x0028_1101 + colour, element(style, 0x0028_1101 + colour, 'US', words([256, 0, 8], style))] as const,
          [0x0028_1201 + colour, element(style, 0x0028_1201 + colour, 'OW', words(doubled, style))] as const,
        ];
      });
    const indices = signed.map((_, at) => at * 21);
    const module = { 2621444: 'PALETTE COLOR', 2621696: 8, 2621697: 8, 2621698: 7 };
    const pixels = element(explicit, 0x7fe0_0010, 'OB', Buffer.from(indices));
    const { samples, bitsStored } = await open(image({ module, others }, pixels));
    expect(bitsStored).toBe(8);
    expect([...samples]).toEqual(indices.flatMap((index) => colours.map((entries) => entries[index])));
  });
});

describe('padding', () => {
  it.each([
    ['MONOCHROME2', 0, 255],
    ['MONOCHROME1', 0, 255],
  ])('of %s shows as dark as the darkest content', async (photometric, dark, bright) => {
    const values = [0, 0, 0, 0, 100, 200, 300, 400, 500, 600, 700, 1000];
    const module = { 2621444: photometric, 2621728: 0 };
    const shown = displayValues(await open(image({ module }, plain(values))));
    expect([...shown.slice(0, 4)]).toEqual([dark, dark, dark, dark]);
    expect([shown[4], shown[11]]).toEqual(photometric === 'MONOCHROME1' ? [bright, dark] : [dark, bright]);
  });
});

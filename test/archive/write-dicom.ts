// Writes DICOM files for tests and benchmarks, independently of the code under test.
import { deflateRawSync } from 'node:zlib';

export interface DicomStyle {
  readonly name: string;
  readonly syntax: string;
  readonly little: boolean;
  readonly implicit: boolean;
  readonly deflated: boolean;
  readonly definedLengths: boolean;
}

const explicit = { little: true, implicit: false, deflated: false, definedLengths: false };
export const dicomStyles: readonly DicomStyle[] = [
  { ...explicit, name: 'explicit little endian', syntax: '1.2.840.10008.1.2.1' },
  { ...explicit, name: 'explicit little endian, defined lengths', syntax: '1.2.840.10008.1.2.1', definedLengths: true },
  { ...explicit, name: 'implicit little endian', syntax: '1.2.840.10008.1.2', implicit: true },
  { ...explicit, name: 'implicit, defined lengths', syntax: '1.2.840.10008.1.2', implicit: true, definedLengths: true },
  { ...explicit, name: 'explicit big endian', syntax: '1.2.840.10008.1.2.2', little: false },
  { ...explicit, name: 'deflated', syntax: '1.2.840.10008.1.2.1.99', deflated: true },
];

const longLengths = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];

export function uint16(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(2);
  if (little) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (little) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

const tagBytes = (tag: number, little: boolean) =>
  Buffer.concat([uint16(tag >>> 16, little), uint16(tag % 0x1_0000, little)]);

/** One element; a text is padded. */
export function element(
  style: DicomStyle,
  tag: number,
  representation: string,
  value: string | Uint8Array,
  length?: number,
): Buffer {
  const raw = Buffer.from(value as string, 'latin1');
  const bytes = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(representation === 'UI' ? '\0' : ' ')]);
  const size = length ?? bytes.length;
  const { little } = style;
  if (style.implicit) return Buffer.concat([tagBytes(tag, little), uint32(size, little), bytes]);
  const head = [tagBytes(tag, little), Buffer.from(representation)];
  const count = longLengths.includes(representation) ? [Buffer.alloc(2), uint32(size, little)] : [uint16(size, little)];
  return Buffer.concat([...head, ...count, bytes]);
}

/** A sequence of items, each the bytes of its elements. */
export function sequence(style: DicomStyle, tag: number, items: readonly Buffer[]): Buffer {
  const { little, definedLengths } = style;
  const whole = items.flatMap((item) =>
    definedLengths
      ? [tagBytes(0xfffe_e000, little), uint32(item.length, little), item]
      : [
          tagBytes(0xfffe_e000, little),
          uint32(0xffff_ffff, little),
          item,
          tagBytes(0xfffe_e00d, little),
          uint32(0, little),
        ],
  );
  if (definedLengths) return element(style, tag, 'SQ', Buffer.concat(whole));
  const end = Buffer.concat([tagBytes(0xfffe_e0dd, little), uint32(0, little)]);
  return element(style, tag, 'SQ', Buffer.concat([...whole, end]), 0xffff_ffff);
}

/** A whole Part 10 file around the elements of its data set. */
export function part10(style: DicomStyle, dataSet: Buffer, meta: readonly Buffer[] = [], preamble = ''): Buffer {
  const plain = dicomStyles[0]!;
  const header = Buffer.concat([...meta, element(plain, 0x0002_0010, 'UI', style.syntax)]);
  const length = element(plain, 0x0002_0000, 'UL', uint32(header.length, true));
  const body = style.deflated ? deflateRawSync(dataSet) : dataSet;
  return Buffer.concat([Buffer.from(preamble.padEnd(128, '\0')), Buffer.from('DICM'), length, header, body]);
}

/** Pixel data of one compressed frame in one fragment. */
export function encapsulated(frame: Uint8Array): Buffer {
  const item = (bytes: Uint8Array) => Buffer.concat([tagBytes(0xfffe_e000, true), uint32(bytes.length, true), bytes]);
  const whole = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  const fragments = Buffer.concat([item(Buffer.alloc(0)), item(whole), tagBytes(0xfffe_e0dd, true), uint32(0, true)]);
  return Buffer.concat([element(dicomStyles[0]!, 0x7fe0_0010, 'OB', '', 0xffff_ffff), fragments]);
}

/** What declares 4 x 4 grey pixels of 8 bits. */
export function smallPixelModule(style: DicomStyle): Buffer[] {
  const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, style.little));
  return [
    short(0x0028_0002, 1),
    element(style, 0x0028_0004, 'CS', 'MONOCHROME2'),
    ...[0x0028_0010, 0x0028_0011].map((tag) => short(tag, 4)),
    ...[0x0028_0100, 0x0028_0101].map((tag) => short(tag, 8)),
    short(0x0028_0102, 7),
    short(0x0028_0103, 0),
  ];
}

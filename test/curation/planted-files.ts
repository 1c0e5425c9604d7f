// Files with planted identifiers for the tests of de-identification: DICOM in every encoding, NIfTI, PNG, JPEG.
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { dummies, emptied, remapped, removed } from '../../src-main/curation/deidentification/profile-table.ts';
import {
  type DicomStyle,
  dicomStyles,
  element,
  part10,
  sequence,
  smallPixelModule,
  uint16,
  uint32,
} from '../archive/write-dicom.ts';

/** Gives identifiers that are found nowhere else, and remembers them. */
export class Planter {
  readonly planted: string[] = [];

  /** At most `room` bytes, at least ten. */
  next(room = 17): string {
    const number = String(this.planted.length);
    const text = room < 17 ? `Pl^${number.padStart(room - 3, '0')}` : `PLANTED^${number.padStart(4, '0')}^NAME`;
    this.planted.push(text);
    return text;
  }

  /** A date of 1950..1999 with a time that occurs once. */
  date(): string {
    const number = this.planted.length;
    const text = `19${50 + (number % 50)}${String(1 + (number % 12)).padStart(2, '0')}${String(10 + (number % 18))}${String(number).padStart(6, '0')}.71`;
    this.planted.push(text);
    return text;
  }

  uid(): string {
    const text = `1.3.6.1.4.1.99999.${this.planted.length}.20260101.77`;
    this.planted.push(text);
    return text;
  }
}

/** Sequences that the profile keeps, to nest in. */
const keptSequences = [0x0008_1140, 0x5200_9229, 0x0028_3010];

/** The elements of one level with an identifier in many of them; `stride` and `start` choose attributes of the table. */
function level(style: DicomStyle, planter: Planter, start: number, stride: number, nested: Buffer): Buffer {
  const chosen = (tags: Iterable<number>) => [...tags].filter((_, index) => index % stride === start % stride);
  const named = (tag: number) => dummies.get(tag);
  const parts = new Map<number, Buffer>();
  for (const tag of [...chosen(removed), ...chosen(emptied)]) parts.set(tag, element(style, tag, 'LO', planter.next()));
  for (const tag of chosen(remapped)) parts.set(tag, element(style, tag, 'UI', planter.uid()));
  for (const tag of chosen(dummies.keys())) {
    const representation = named(tag)!;
    if (['SQ', 'OB', 'UN'].includes(representation)) continue;
    const text = representation === 'UI' ? planter.uid() : representation === 'DT' ? planter.date() : planter.next();
    parts.set(tag, element(style, tag, representation, text));
  }
  parts.set(0x0009_0010, element(style, 0x0009_0010, 'LO', planter.next()));
  parts.set(0x0009_1001, sequence(style, 0x0009_1001, [element(style, 0x0010_0010, 'PN', planter.next())]));
  parts.set(0x5000_3000, element(style, 0x5000_3000, 'OW', planter.next()));
  parts.set(0x6002_4000, element(style, 0x6002_4000, 'LT', planter.next()));
  if (nested.length > 0)
    parts.set(keptSequences[start % 3]!, sequence(style, keptSequences[start % 3]!, [nested, Buffer.alloc(0)]));
  return Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
}

/** 4 x 4 pixels that must come through untouched. */
export const pixels = Uint8Array.from({ length: 16 }, (_, index) => 200 + index);

/** Extra elements that make it a CT image. */
export const ctImage = (style: DicomStyle): readonly Buffer[] => [
  element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
  element(style, 0x0008_0060, 'CS', 'CT'),
];

/** A DICOM image with well over a hundred identifiers, four sequences deep. `extra` elements go before the pixels. */
export function plantedDicom(style: DicomStyle, planter: Planter, extra: readonly Buffer[] = []): Buffer {
  let nested: Buffer = Buffer.alloc(0);
  for (const depth of [3, 2, 1]) nested = level(style, planter, depth, 17, nested);
  const top = level(style, planter, 0, 9, nested);
  // Behind the pixels that are declared lies something else.
  const stored = Buffer.concat([pixels, Buffer.from(planter.next(10))]);
  const image = [element(style, 0x7fe0_0010, 'OB', stored), element(style, 0xfffc_fffc, 'OB', planter.next())];
  const meta = [
    element(dicomStyles[0]!, 0x0002_0003, 'UI', planter.uid()),
    element(dicomStyles[0]!, 0x0002_0016, 'AE', planter.next()),
    element(dicomStyles[0]!, 0x0002_0102, 'OB', planter.next()),
  ];
  return part10(style, Buffer.concat([...extra, ...smallPixelModule(style), top, ...image]), meta, planter.next());
}

/** A NIfTI-1 or NIfTI-2 file of 4 x 2 x 2 bytes with text in every free field, an extension and trailing bytes. */
export function plantedNifti(version: 1 | 2, little: boolean, planter: Planter): Buffer {
  const size = version === 1 ? 348 : 540;
  const header = Buffer.alloc(size + 4);
  const put = (width: 2 | 4 | 8, offset: number, value: number) => {
    if (width === 2) header[little ? 'writeInt16LE' : 'writeInt16BE'](value, offset);
    else if (width === 4) header[little ? 'writeInt32LE' : 'writeInt32BE'](value, offset);
    else header[little ? 'writeBigInt64LE' : 'writeBigInt64BE'](BigInt(value), offset);
  };
  put(4, 0, size);
  const width = version === 1 ? 2 : 8;
  for (const [axis, length] of [3, 4, 2, 2].entries()) put(width, (version === 1 ? 40 : 16) + axis * width, length);
  put(2, version === 1 ? 70 : 12, 2);
  put(2, version === 1 ? 72 : 14, 8);
  const texts =
    version === 1
      ? [
          [4, 10],
          [14, 18],
          [148, 80],
          [228, 24],
          [328, 16],
        ]
      : [
          [240, 80],
          [320, 24],
          [508, 16],
        ];
  for (const [offset, length] of texts) header.write(planter.next(length), offset!, 'latin1');
  header.write(version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n', version === 1 ? 344 : 4, 'latin1');
  header[size] = 1;
  const extension = Buffer.alloc(64);
  extension[little ? 'writeInt32LE' : 'writeInt32BE'](64, 0);
  extension.write(planter.next(), 8, 'latin1');
  const start = header.length + extension.length;
  if (version === 1) header[little ? 'writeFloatLE' : 'writeFloatBE'](start, 108);
  else put(8, 168, start);
  return Buffer.concat([header, extension, pixels, Buffer.from(planter.next())]);
}

export const gzipped = (bytes: Uint8Array): Buffer => gzipSync(bytes);

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  return Buffer.concat([uint32(data.length, false), body, uint32(crc32(body), false)]);
}

/** A 4 x 4 grey PNG with text, time, EXIF and unknown chunks, and bytes behind its end. */
export function plantedPng(planter: Planter): Buffer {
  const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 4, 8, 0, 0, 0, 0]);
  const rows = Buffer.concat(
    [0, 1, 2, 3].map((row) => Buffer.concat([Buffer.alloc(1), pixels.subarray(row * 4, row * 4 + 4)])),
  );
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...['tEXt', 'iTXt', 'zTXt', 'eXIf', 'prVt'].map((name) => chunk(name, Buffer.from(`Name\0${planter.next()}`))),
    chunk('IDAT', deflateSync(rows)),
    chunk('tEXt', Buffer.from(`Name\0${planter.next()}`)),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(planter.next()),
  ]);
}

/** Puts comment, EXIF and trailing bytes into a JPEG. */
export function plantedJpeg(jpeg: Uint8Array, planter: Planter): Buffer {
  const segment = (marker: number) => {
    const text = Buffer.from(planter.next());
    return Buffer.concat([Buffer.from([0xff, marker]), uint16(text.length + 2, false), text]);
  };
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1),
    segment(0xfe),
    segment(0xed),
    jpeg.subarray(2),
    Buffer.from(planter.next()),
  ]);
}

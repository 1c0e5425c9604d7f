// Elements of new DICOM objects in explicit little endian: texts, numbers, codes, sequences, and the file around them.
import { createHash } from 'node:crypto';
import {
  type DataSet,
  type Element,
  readDicom,
  type Tag,
  textBytes,
  textOf,
  writeDicom,
} from '../../deidentification/dicom-elements.ts';

/** Text of any representation; several values separated by backslashes. */
export const text = (tag: Tag, representation: string, value: string): Element => ({
  ...{ tag, representation },
  bytes: textBytes(value, representation),
});

export const short = (tag: Tag, ...values: readonly number[]): Element => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return { tag, representation: 'US', bytes };
};

export const long = (tag: Tag, ...values: readonly number[]): Element => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return { tag, representation: 'UL', bytes };
};

/** An attribute's tag as a value. */
export const tagValue = (tag: Tag, value: Tag): Element => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value >>> 16, 0);
  bytes.writeUInt16LE(value % 0x1_0000, 2);
  return { tag, representation: 'AT', bytes };
};

/** Items in the order given; elements of each are sorted by their tags. */
export const sequence = (tag: Tag, ...items: readonly DataSet[]): Element => ({
  ...{ tag, representation: 'SQ' },
  items: items.map(sorted),
});

/** A coded concept: value, scheme, meaning. */
export type Code = readonly [value: string, scheme: string, meaning: string];
export const code = (tag: Tag, [value, scheme, meaning]: Code): Element =>
  sequence(tag, [text(0x0008_0100, 'SH', value), text(0x0008_0102, 'SH', scheme), text(0x0008_0104, 'LO', meaning)]);

const sorted = (elements: DataSet): DataSet => elements.toSorted((a, b) => a.tag - b.tag);

/** A UID below 2.25 that the same parts give again (PS3.5 B.2: a UUID of version 8). */
export function uidOf(...parts: readonly string[]): string {
  const uuid = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x80;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${uuid.toString('hex')}`)}`;
}

const explicitLittle = '1.2.840.10008.1.2.1';
const explicitLittleEndian = { littleEndian: true, implicit: false, deflated: false };
/** Names this program as the writer of a file. */
const implementation = uidOf('Residua');

/** A Part 10 file around a data set, whose SOP class and instance it names. */
export function fileOf(dataSet: DataSet): Uint8Array {
  const own = (tag: Tag) => textOf(dataSet.find((element) => element.tag === tag)!.bytes!);
  const meta: DataSet = [
    { tag: 0x0002_0001, representation: 'OB', bytes: Uint8Array.of(0, 1) },
    text(0x0002_0002, 'UI', own(0x0008_0016)),
    text(0x0002_0003, 'UI', own(0x0008_0018)),
    text(0x0002_0010, 'UI', explicitLittle),
    text(0x0002_0012, 'UI', implementation),
    text(0x0002_0013, 'SH', 'RESIDUA'),
  ];
  return writeDicom({ meta, dataSet: sorted(dataSet), encoding: explicitLittleEndian });
}

/** What a result takes over of the image that it is about, as the image leaves. */
export interface ImageReference {
  /** Of patient and study, for every object in the same study. */
  readonly shared: DataSet;
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
  readonly frameOfReference: string | undefined;
  /** Pixel spacing, slice thickness, orientation and position as written; undefined where the file has no place in the patient. */
  readonly place:
    | { readonly spacing: string; readonly thickness: string; readonly orientation: string; readonly position: string }
    | undefined;
  /** Frames of the file, and which of them the image is, from 1. */
  readonly frames: number;
  readonly frame: number;
}

/** Patient and General Study, types 1 and 2 (PS3.3 C.7.1.1, C.7.2.1): representation by tag. */
const sharedElements: readonly (readonly [Tag, string])[] = [
  [0x0008_0020, 'DA'],
  [0x0008_0030, 'TM'],
  [0x0008_0050, 'SH'],
  [0x0008_0090, 'PN'],
  [0x0010_0010, 'PN'],
  [0x0010_0020, 'LO'],
  [0x0010_0030, 'DA'],
  [0x0010_0040, 'CS'],
  [0x0020_000d, 'UI'],
  [0x0020_0010, 'SH'],
];

/** Reads what a result needs from the bytes of an exported file; `frame` counts from 0. Throws `content`. */
export function referenceOf(bytes: Uint8Array, file: string, frame: number): ImageReference {
  const { dataSet } = readDicom(bytes, file);
  const bytesOf = (tag: Tag) => dataSet.find((element) => element.tag === tag)?.bytes;
  const textAt = (tag: Tag) => textOf(bytesOf(tag) ?? new Uint8Array()).trim();
  const characters = bytesOf(0x0008_0005);
  const [spacing, orientation, position] = [textAt(0x0028_0030), textAt(0x0020_0037), textAt(0x0020_0032)];
  return {
    shared: [
      ...(characters === undefined ? [] : [{ tag: 0x0008_0005, representation: 'CS', bytes: characters }]),
      ...sharedElements.map(([tag, representation]) => ({
        tag,
        representation,
        bytes: bytesOf(tag) ?? new Uint8Array(),
      })),
    ],
    study: textAt(0x0020_000d),
    series: textAt(0x0020_000e),
    sopClass: textAt(0x0008_0016),
    instance: textAt(0x0008_0018),
    frameOfReference: textAt(0x0020_0052) || undefined,
    place:
      spacing === '' || orientation === '' || position === ''
        ? undefined
        : { spacing, orientation, position, thickness: textAt(0x0018_0050) || '1' },
    frames: Number(textAt(0x0028_0008) || '1'),
    frame: frame + 1,
  };
}

/** `20260101` and `120000` of an ISO time. */
export const dateAndTime = (at: string): readonly [date: string, time: string] => [
  at.slice(0, 10).replaceAll('-', ''),
  at.slice(11, 19).replaceAll(':', ''),
];

/** The instance that a result is about, in a Referenced SOP sequence. */
export const instanceReference = ({ sopClass, instance, frames, frame }: ImageReference): DataSet => [
  text(0x0008_1150, 'UI', sopClass),
  text(0x0008_1155, 'UI', instance),
  ...(frames > 1 ? [text(0x0008_1160, 'IS', String(frame))] : []),
];

/** Equipment and software (General Equipment and Enhanced General Equipment). */
export const equipment = (program: string): DataSet => [
  text(0x0008_0070, 'LO', 'Residua'),
  text(0x0008_1090, 'LO', 'Residua'),
  text(0x0018_1000, 'LO', '0'),
  text(0x0018_1020, 'LO', program),
];

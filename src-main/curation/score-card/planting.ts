// The elements of a generated DICOM object, each with what de-identification must do to it.
import { standardRepresentation } from '../deidentification/dicom-dictionary.ts';
import type { DataSet, Element, Tag } from '../deidentification/dicom-elements.ts';

/** The action groups of the MIDI-B challenge (Medical Image De-Identification Benchmark, 2024). */
export const actionGroups = [
  'date shifted',
  'patient id consistent',
  'pixels hidden',
  'pixels retained',
  'tag retained',
  'text notnull',
  'text removed',
  'text retained',
  'UID changed',
  'UID consistent',
] as const;
export type ActionGroup = (typeof actionGroups)[number];

/** An element as it is generated; `actions` are the groups in which it is scored. */
export interface Planted {
  readonly tag: Tag;
  readonly representation: string;
  readonly bytes?: Uint8Array;
  readonly items?: readonly (readonly Planted[])[];
  readonly actions: readonly ActionGroup[];
}

/** What the text of an object is written in. */
export type Encode = (text: string) => Uint8Array;

/** Bytes of an even length (PS3.5 6.2): UIDs and bytes are padded with zero, texts with a space. */
export function evenBytes(bytes: Uint8Array, representation: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from(['UI', 'OB'].includes(representation) ? '\0' : ' ')]);
}

/** A text (ASCII, or bytes in the character set of the object) of a standard or private element. */
export function text(
  tag: Tag,
  value: string | Uint8Array,
  actions: readonly ActionGroup[] = [],
  representation = standardRepresentation(tag) ?? 'LO',
): Planted {
  return { tag, representation, bytes: evenBytes(Buffer.from(value as string), representation), actions };
}

/** A value that says nothing about the patient and that the image is of no use without. */
export const kept = (tag: Tag, value: string): Planted => text(tag, value, ['text retained', 'tag retained']);

/** Unsigned numbers of 16 bits. */
export function shorts(tag: Tag, ...values: readonly number[]): Planted {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return { tag, representation: 'US', bytes, actions: ['text retained', 'tag retained'] };
}

export const uid = (tag: Tag, value: string): Planted => text(tag, value, ['UID changed', 'UID consistent']);
/** A UID of the standard, such as a SOP class. */
export const standardUid = (tag: Tag, value: string): Planted => kept(tag, value);
export const date = (tag: Tag, value: string): Planted => text(tag, value, ['date shifted', 'tag retained']);
/** A text about the patient; `more` says whether the element must be there all the same. */
export const secret = (tag: Tag, value: string | Uint8Array, ...more: readonly ActionGroup[]): Planted =>
  text(tag, value, ['text removed', ...more]);

export function sequence(
  tag: Tag,
  items: readonly (readonly Planted[])[],
  actions: readonly ActionGroup[] = [],
): Planted {
  return { tag, representation: 'SQ', items: items.map(inOrder), actions };
}

/** An item of a code sequence of a coding scheme that everybody has: its code stays, its meaning must say something. */
export const standardCode = (code: string, scheme: string, meaning: string): readonly Planted[] => [
  kept(0x0008_0100, code),
  kept(0x0008_0102, scheme),
  text(0x0008_0104, meaning, ['text notnull']),
];

/** An item of a code sequence of a hospital's own, whose words may say anything. */
export const localCode = (code: string | Uint8Array, meaning: string | Uint8Array): readonly Planted[] => [
  text(0x0008_0100, code, ['text removed', 'text notnull']),
  text(0x0008_0102, '99HOSPITAL', ['text notnull']),
  text(0x0008_0104, meaning, ['text removed', 'text notnull']),
];

export const inOrder = (elements: readonly Planted[]): readonly Planted[] =>
  [...elements].sort((a, b) => a.tag - b.tag);

/** As a data set that can be written. */
export function dataSetOf(elements: readonly Planted[]): DataSet {
  return elements.map(
    ({ tag, representation, bytes, items }): Element =>
      items === undefined
        ? { tag, representation, bytes: bytes! }
        : { tag, representation, items: items.map(dataSetOf) },
  );
}

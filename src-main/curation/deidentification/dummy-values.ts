// Values that say nothing, where the standard demands some: for each value representation, for codes, for items of sequences.
import { type DataSet, type Element, type Tag, textBytes } from './dicom-elements.ts';

const dummyTexts: Readonly<Record<string, string>> = {
  ...{
    AE: 'REMOVED',
    CS: 'REMOVED',
    LO: 'REMOVED',
    LT: 'REMOVED',
    SH: 'REMOVED',
    ST: 'REMOVED',
    UC: 'REMOVED',
    UT: 'REMOVED',
  },
  ...{ PN: 'REMOVED', AS: '000Y', DA: '19000101', TM: '000000', DT: '19000101000000', UR: 'urn:removed' },
};

/** The element with a value of `representation` that says nothing. */
export function dummyValue({ tag, representation: written }: Element, representation: string): Element {
  const text = dummyTexts[representation];
  return {
    tag,
    representation: written,
    bytes: text === undefined ? new Uint8Array(2) : textBytes(text, representation),
  };
}

/** Makes elements for a data set of one encoding: `implicit` ones carry no representation. */
function maker(implicit: boolean) {
  const written = (representation: string) => (implicit ? '' : representation);
  return {
    text: (tag: Tag, representation: string, value: string): Element => ({
      ...{ tag, representation: written(representation) },
      bytes: textBytes(value, representation),
    }),
    floats: (tag: Tag, values: readonly number[], littleEndian: boolean): Element => {
      const bytes = Buffer.alloc(values.length * 4);
      for (const [index, value] of values.entries()) {
        if (littleEndian) bytes.writeFloatLE(value, index * 4);
        else bytes.writeFloatBE(value, index * 4);
      }
      return { tag, representation: written('FL'), bytes };
    },
    sequence: (tag: Tag, ...items: readonly DataSet[]): Element => ({ tag, representation: written('SQ'), items }),
  };
}

/** An item of a code sequence: a code of a coding scheme with its meaning. */
export function codeItem(value: string, scheme: string, meaning: string, implicit: boolean): DataSet {
  const { text } = maker(implicit);
  return [text(0x0008_0100, 'SH', value), text(0x0008_0102, 'SH', scheme), text(0x0008_0104, 'LO', meaning)];
}

/** Stands for a code that may not leave: an item without a code is not well formed. */
export const removedCode = (implicit: boolean): DataSet => codeItem('REMOVED', '99RESIDUA', 'REMOVED', implicit);

/**
 * The one item that stands for what a sequence held, so that the object stays well formed: a person's code, a comment in a
 * report, a text in a presentation state. Others get an empty item.
 */
export function dummyItem(tag: Tag, implicit: boolean, littleEndian: boolean): DataSet {
  const { text, floats, sequence } = maker(implicit);
  if (tag === 0x0040_1101) return removedCode(implicit);
  if (tag === 0x0040_a730) {
    return [
      text(0x0040_a010, 'CS', 'CONTAINS'),
      text(0x0040_a040, 'CS', 'TEXT'),
      sequence(0x0040_a043, codeItem('121106', 'DCM', 'Comment', implicit)),
      text(0x0040_a160, 'UT', 'REMOVED'),
    ];
  }
  if (tag !== 0x0070_0001) return [];
  return [
    text(0x0070_0002, 'CS', 'REMOVED'),
    sequence(0x0070_0008, [
      text(0x0070_0003, 'CS', 'DISPLAY'),
      text(0x0070_0006, 'ST', 'REMOVED'),
      floats(0x0070_0010, [0, 0], littleEndian),
      floats(0x0070_0011, [1, 1], littleEndian),
      text(0x0070_0012, 'CS', 'LEFT'),
    ]),
  ];
}

// Code strings that decide how an image is read (PS3.5 6.2, CS): known terms only, and a note where one had to be bent.
import { type Attributes, text } from './data-set.ts';

/** The attributes with the terms that the standard defines for them. */
const terms = {
  x00280004: {
    name: 'Photometric Interpretation',
    terms: [
      'MONOCHROME1',
      'MONOCHROME2',
      'PALETTE COLOR',
      'RGB',
      'YBR_FULL',
      'YBR_FULL_422',
      'YBR_ICT',
      'YBR_RCT',
      'YBR_PARTIAL_420',
      'YBR_PARTIAL_422',
      'XYB',
      'HSV',
      'ARGB',
      'CMYK',
    ],
  },
  x00281056: { name: 'VOI LUT Function', terms: ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] },
  x20500020: { name: 'Presentation LUT Shape', terms: ['IDENTITY', 'INVERSE', 'LIN OD'] },
} as const;

type CodedTag = keyof typeof terms;
type Term<T extends CodedTag> = (typeof terms)[T]['terms'][number];

/** Upper case, blanks and underscores alike: `Linear Exact` is LINEAR_EXACT. */
const plain = (value: string) =>
  value
    .trim()
    .toUpperCase()
    .replace(/[ _-]+/g, '_');

/** What a code string says: its term, and in words what was odd about how it is written. Both undefined where it is absent. */
export interface Code<T extends CodedTag> {
  readonly term: Term<T> | undefined;
  readonly note: string | undefined;
}

/** Reads the code string `tag`; a value that is no term of the standard gives a note and no term. */
export function codeString<T extends CodedTag>(attributes: Attributes, tag: T): Code<T> {
  const value = text(attributes, tag);
  if (value === undefined) return { term: undefined, note: undefined };
  const { name, terms: known } = terms[tag];
  const exact = known.find((term) => term === value);
  if (exact !== undefined) return { term: exact, note: undefined };
  const meant = known.find((term) => plain(term) === plain(value));
  if (meant !== undefined)
    return { term: meant, note: `${name} is not written as the standard has it; read as ${meant}` };
  return { term: undefined, note: `${name} is ${printable(value)}, which is not known` };
}

/** A code string of the file, safe to print: it may hold anything. */
export function printable(value: string): string {
  return /^[A-Za-z0-9_ ]{1,16}$/.test(value) ? value : 'unreadable';
}

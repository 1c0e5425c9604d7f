// Who a DICOM file is about, and the words that tell it: names, identifiers and dates that may stand in texts that are kept.
import { type CharacterSets, characterSetsOf, decodeText } from '../../archive/dicom/character-sets.ts';
import { standardRepresentation } from './dicom-dictionary.ts';
import { type DataSet, type Element, type Tag, textBytes, textOf } from './dicom-elements.ts';

const characterSet = 0x0008_0005;
const [patientName, patientId, studyUid] = [0x0010_0010, 0x0010_0020, 0x0020_000d];

/** Identifiers and places that people copy into other texts: accession, institution, station, other ids, phone, study, serial number. */
const identifiers: ReadonlySet<Tag> = new Set([
  ...[0x0008_0050, 0x0008_0080, 0x0008_0081, 0x0008_1010, 0x0008_1040, 0x0010_0020, 0x0010_1000, 0x0010_1040],
  ...[0x0010_2154, 0x0018_1000, 0x0020_0010, 0x0038_0010, 0x0040_1001, 0x0040_2016, 0x0040_2017],
]);

/** Code strings that say how to read the file: without them it is none. */
const structural = (tag: Tag) => tag >>> 16 === 0x0028 || tag === characterSet || tag === 0x0008_0060;

/** Lower case without accents, so that a word is found however it is written. */
const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** A text as the characters that it means, without blanks around it, which mean nothing (PS3.5 6.2). */
function decoded(bytes: Uint8Array | undefined, sets: CharacterSets): string {
  return decodeText(bytes ?? new Uint8Array(), sets)
    .replaceAll('\0', ' ')
    .normalize('NFC')
    .trim();
}

/** What tells about whom a file is. */
export interface Identities {
  /** The patient's identifier; without one the name, without a name the study, so that a file is a patient of its own study. */
  readonly patient: string;
  /** The patient that an item of a sequence names; undefined where it names none. */
  readonly patientOf: (item: DataSet) => string | undefined;
  /** Whether a text of Latin letters and digits repeats a name, an identifier or a date of the file. */
  readonly names: (text: string) => boolean;
  /** The element with `REMOVED` for each of its values that does. Numbers, UIDs and structural code strings stay. */
  readonly without: (element: Element) => Element;
}

/** Words in one pattern: a file may name thousands. */
const alternatives = 500;

/** Reads who a file is about from its elements, those of nested items too. `kept`: identifiers that are retained. */
export function identitiesOf(dataSet: DataSet, kept: ReadonlySet<Tag>): Identities {
  const valueAt = (elements: DataSet, tag: Tag) => elements.find((element) => element.tag === tag)?.bytes;
  const sets = characterSetsOf(textOf(valueAt(dataSet, characterSet) ?? new Uint8Array()));
  const textAt = (elements: DataSet, tag: Tag) => decoded(valueAt(elements, tag), sets);
  const words = wordsOf(dataSet, sets, kept);
  const patterns = Array.from(
    { length: Math.ceil(words.length / alternatives) },
    (_, index) => new RegExp(words.slice(index * alternatives, (index + 1) * alternatives).join('|'), 'u'),
  );
  const names = (text: string) => {
    const plain = folded(text);
    return patterns.some((pattern) => pattern.test(plain));
  };
  return {
    patient: [patientId, patientName, studyUid].map((tag) => textAt(dataSet, tag)).find((text) => text !== '') ?? '',
    patientOf: (item) => [patientId, patientName].map((tag) => textAt(item, tag)).find((text) => text !== ''),
    names,
    without: (element) => {
      const representation = standardRepresentation(element.tag) ?? '';
      if (element.bytes === undefined || !/^(CS|AE|SH|LO|ST|LT|UC|UT)$/.test(representation)) return element;
      if (structural(element.tag) || !names(decodeText(element.bytes, sets))) return element;
      const values = textOf(element.bytes).split('\\');
      const clean = values.map((value) => (names(decodeText(Buffer.from(value, 'latin1'), sets)) ? 'REMOVED' : value));
      // A name may stand in several values together.
      const text = names(decodeText(Buffer.from(clean.join('\\'), 'latin1'), sets)) ? 'REMOVED' : clean.join('\\');
      return { tag: element.tag, representation: element.representation, bytes: textBytes(text, representation) };
    },
  };
}

/** Patterns of the words of all levels, each once. */
function wordsOf(dataSet: DataSet, sets: CharacterSets, kept: ReadonlySet<Tag>): readonly string[] {
  const patterns = new Set<string>();
  const visit = (elements: DataSet): void => {
    for (const { tag, bytes, items } of elements) {
      for (const item of items ?? []) visit(item);
      if (bytes === undefined || bytes.length === 0 || bytes.length > 1024) continue;
      const representation = standardRepresentation(tag);
      if (representation === 'PN') for (const word of nameWords(decoded(bytes, sets))) patterns.add(wordPattern(word));
      else if (representation === 'DA' || representation === 'DT') {
        for (const value of textOf(bytes).split('\\')) for (const form of datePatterns(value)) patterns.add(form);
      } else if (identifiers.has(tag) && !kept.has(tag)) {
        for (const value of decoded(bytes, sets).split('\\')) {
          if (value.trim().length >= 4) patterns.add(wordPattern(value.trim().toLowerCase()));
        }
      }
    }
  };
  visit(dataSet);
  return [...patterns];
}

/** Family, given and middle names of each way in which a person name is written; no titles, no initials. */
function nameWords(name: string): readonly string[] {
  const components = name.split(/[=\\]/).flatMap((group) => group.split('^').slice(0, 3));
  const words = components.flatMap((component) => [component, ...component.split(/[\s,.;]+/)]);
  return words.map((word) => word.trim().toLowerCase()).filter((word) => word.length > 1 && word !== 'removed');
}

/** A word (lower case) of five letters or more anywhere, a shorter one that stands alone. */
function wordPattern(word: string): string {
  // A word with too few plain letters must be as it is: what may be left out would match everything.
  const loose = (word.match(/[a-z0-9]/g) ?? []).length >= 4;
  const letters = [...word].map((letter) => (loose ? letterPattern(letter) : escaped(folded(letter)))).join('');
  return word.length >= 5 ? letters : `(?<![\\p{L}\\p{N}])${letters}(?![\\p{L}\\p{N}])`;
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Letters that no decomposition turns into plain ones. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'oe?',
  æ: 'ae?',
  œ: 'oe?',
  đ: 'd',
  ı: 'i',
};

/** A letter as people write it where only plain ones are allowed: ü as u, ue or _; what is no letter may be another or none. */
function letterPattern(letter: string): string {
  if (/[a-z0-9]/.test(letter)) return letter;
  const plain = folded(letter);
  if (/^[a-z]$/.test(plain)) return `(?:${plain}e?|[^\\p{L}\\p{N}]?)`;
  if (Object.hasOwn(plainLetters, plain)) return `(?:${plain}|${plainLetters[plain]}|[^\\p{L}\\p{N}]?)`;
  return /\p{L}/u.test(letter) ? escaped(plain) : '[^\\p{L}\\p{N}]{0,2}';
}

const months = ['jan', 'feb', 'mar', 'apr', 'ma[yi]', 'jun', 'jul', 'aug', 'sep', 'o[ck]t', 'nov', 'de[cz]'];

/** The ways to write a date (YYYYMMDD...): digits in any order with or without separators, and with the name of the month. */
function datePatterns(value: string): readonly string[] {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(value.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) return [];
  const [m, d] = [month, day].map((part) => part.replace(/^0/, '0?'));
  const name = months[Number(month) - 1];
  const between = '[-./ ]?';
  return [
    `${year}${between}${m}${between}${d}(?!\\d)`,
    `(?<!\\d)${d}${between}${m}${between}${year}`,
    `(?<!\\d)${m}${between}${d}${between}${year}`,
    ...(name === undefined
      ? []
      : [
          `(?<!\\d)${d}[-./ ]{0,3}${name}[a-z]{0,7}[-./ ,]{0,3}${year}`,
          `${name}[a-z]{0,7}[-./ ]{0,3}${d}[-./ ,]{1,3}${year}`,
        ]),
  ];
}

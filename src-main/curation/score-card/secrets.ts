// The words about a patient that may be in no de-identified copy, in whatever case and character set.
import { characterSetsOf, decodeText } from '../../archive/dicom/character-sets.ts';
import type { Patient } from './people.ts';

/** Lower case without accents: how words are compared. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Everything that identifies the patient, folded; `more` are words of the study, such as its accession number. */
export function secretWords(patient: Patient, more: readonly string[]): readonly string[] {
  const native = Buffer.from(patient.native ?? []);
  const decoded = decodeText(native, characterSetsOf(patient.characterSets[0]));
  const components = decoded.split(/[\^=]/).filter((word) => word.length > 1);
  const { family, given, id, otherId, phone, street } = patient;
  // What is left of a name when its other letters were lost.
  const runs = [family, given].flatMap((name) => name.toLowerCase().match(/[a-z]{5,}/g) ?? []);
  return [...new Set([family, given, id, otherId, phone, street, ...components, ...runs, ...more].map(folded))];
}

/** Those of `words` that the bytes of a value contain, read by the character set of its file. */
export function foundIn(value: Uint8Array, characterSet: string, words: readonly string[]): readonly string[] {
  const readings = [decodeText(value, characterSetsOf(characterSet)), Buffer.from(value).toString('latin1')];
  const texts = [...new Set([...readings, Buffer.from(value).toString('utf8')])].map(folded);
  return words.filter((word) => texts.some((text) => text.includes(word)));
}

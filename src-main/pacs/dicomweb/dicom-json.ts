// Answers of QIDO-RS in the DICOM JSON model (PS3.18 annex F): an array of objects, of which few attributes are read.
import { z } from 'zod';
import { Malformed } from '../data-set.ts';
import { limits } from '../limits.ts';

const attribute = z.object({ Value: z.array(z.unknown()).optional() });
const answer = z.record(z.string(), z.unknown());
const answers = z.array(answer);
export type JsonAnswer = z.output<typeof answer>;

/** The objects of a page. Throws `Malformed`. */
export function parseAnswers(bytes: Buffer): readonly JsonAnswer[] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Malformed('it is no JSON');
  }
  const parsed = answers.safeParse(value);
  if (!parsed.success) throw new Malformed('it is no list of DICOM objects');
  return parsed.data;
}

/** The values of an attribute as texts; a name as its alphabetic group. What is no text or number is left out. */
export function valuesOf(object: JsonAnswer, tag: string): readonly string[] {
  const found = Object.hasOwn(object, tag) ? attribute.safeParse(object[tag]).data : undefined;
  return (found?.Value ?? []).slice(0, limits.valueCharacters).flatMap((value) => {
    const plain =
      typeof value === 'object' && value !== null ? (value as { readonly Alphabetic?: unknown }).Alphabetic : value;
    if (typeof plain !== 'string' && typeof plain !== 'number') return [];
    return [shortText(String(plain).trim())];
  });
}

/** The first value; empty when there is none. */
export const firstValue = (object: JsonAnswer, tag: string): string => valuesOf(object, tag)[0] ?? '';

/** At most so many characters, and nothing else of the answer kept in memory with them. */
function shortText(text: string): string {
  if (text.length <= limits.valueCharacters) return text;
  return Buffer.from(text.slice(0, limits.valueCharacters), 'utf8').toString('utf8');
}

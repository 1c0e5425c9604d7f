// Modality and VOI lookup tables (PS3.3 C.11.1, C.11.2) of a data set.
import { Problem } from '../../platform/errors.ts';
import type { LookupTable } from '../decoded-image.ts';
import { type Attributes, items, numbers, rawBytes, text } from './data-set.ts';

const tableNames = { x00283000: 'modality', x00283010: 'VOI' } as const;
/** Descriptor and data. */
const tableTags = ['x00283002', 'x00283006'] as const;

/**
 * Lookup tables of a sequence, modality (0028,3000) or VOI (0028,3010). `signedInput`: whether what is looked up may be
 * negative, for files that do not say how the descriptor is written. Items that hold no table at all are left out, with a note.
 * Throws `content` when a table is incomplete: without it the values would mean something else.
 */
export function lookupTablesOf(
  root: Attributes,
  sequence: keyof typeof tableNames,
  signedInput: boolean,
  name: string,
): { readonly tables: readonly LookupTable[]; readonly notes: readonly string[] } {
  const all = items(root, sequence);
  const filled = all.filter((item) => tableTags.some((tag) => rawBytes(item, tag) !== undefined));
  const notes = filled.length < all.length ? [`an empty ${tableNames[sequence]} lookup table was left out`] : [];
  const tables = filled.map((item) => {
    const [declared, , bits] = numbers(item, 'x00283002', 'US');
    const written = item.elements.x00283002?.vr;
    const signed = written === 'SS' || (written !== 'US' && signedInput);
    const first = numbers(item, 'x00283002', signed ? 'SS' : 'US')[1];
    const count = declared === 0 ? 65_536 : declared;
    const values = count === undefined ? undefined : tableEntries(item, count, bits);
    if (first === undefined || bits === undefined || bits < 1 || bits > 16 || values === undefined) {
      throw new Problem('content', { file: name, reason: `the ${tableNames[sequence]} lookup table is incomplete` });
    }
    const explanation = text(item, 'x00283003');
    return { first, bits, values, ...(explanation ? { explanation } : {}) };
  });
  return { tables, notes };
}

/** Entries of two bytes; those of 8 bits are also written as bytes. Undefined when there are too few. */
function tableEntries(item: Attributes, count: number, bits: number | undefined): Uint16Array | undefined {
  const words = numbers(item, 'x00283006', 'US');
  if (words.length >= count) return Uint16Array.from(words.slice(0, count));
  const bytes = rawBytes(item, 'x00283006');
  return bits === 8 && bytes !== undefined && bytes.length >= count
    ? Uint16Array.from(bytes.subarray(0, count))
    : undefined;
}

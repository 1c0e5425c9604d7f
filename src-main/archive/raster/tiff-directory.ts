// The directories of a TIFF or BigTIFF file (TIFF 6.0, section 2), all of them in one pass: what each page is and where it lies.
import { Problem } from '../../platform/errors.ts';
import { checkLimit } from '../limits.ts';

/** Bytes of one value of each field type; types that are not listed are skipped. */
const sizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** A field of a directory: its values lie at `at` of the file. */
export interface Field {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

/** A page: its fields by tag. */
export interface Directory {
  /** Number of the page in the file, from 0. */
  readonly page: number;
  readonly fields: ReadonlyMap<number, Field>;
}

/** An opened file. */
export interface TiffFile {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly directories: readonly Directory[];
  /** What was odd about the structure. */
  readonly notes: readonly string[];
}

/** Reads all directories. Throws `content` when one lies outside the file or refers back, `limit` when there are too many. */
export function readTiffDirectories(bytes: Uint8Array, name: string): TiffFile {
  const broken = (reason: string) => new Problem('content', { file: name, reason: `TIFF: ${reason}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const big = view.byteLength >= 16 && view.getUint16(2, little) === 43;
  const word = (at: number) => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const [wordBytes, entryBytes, countBytes] = big ? [8, 20, 8] : [4, 12, 2];
  const directories: Directory[] = [];
  const seen = new Set<number>();
  let unsorted = false;
  let at = bytes.length < 8 ? 0 : word(big ? 8 : 4);
  while (at !== 0) {
    if (seen.has(at)) throw broken('its directories form a circle');
    seen.add(at);
    checkLimit('frames', 'number of pages', seen.size);
    if (!(at + countBytes <= bytes.length)) throw broken('a directory lies outside the file');
    const count = big ? word(at) : view.getUint16(at, little);
    const end = at + countBytes + count * entryBytes;
    if (!(end + wordBytes <= bytes.length)) throw broken('a directory is cut short');
    const fields = new Map<number, Field>();
    let last = 0;
    for (let entry = at + countBytes; entry < end; entry += entryBytes) {
      const tag = view.getUint16(entry, little);
      unsorted ||= tag < last;
      last = tag;
      const field = fieldAt(entry);
      if (field !== undefined && !fields.has(tag)) fields.set(tag, field);
    }
    directories.push({ page: directories.length, fields });
    at = word(end);
  }
  if (directories.length === 0) throw broken('it has no page');
  return {
    bytes,
    littleEndian: little,
    directories,
    notes: unsorted ? ['the tags of a TIFF directory are not in order'] : [],
  };

  /** Undefined for a field whose type is unknown or whose values lie outside the file. */
  function fieldAt(entry: number): Field | undefined {
    const type = view.getUint16(entry + 2, little);
    const count = word(entry + 4);
    const length = (sizes[type] ?? Number.NaN) * count;
    const inline = entry + 4 + wordBytes!;
    const at = length <= wordBytes! ? inline : word(inline);
    return length >= 0 && at + length <= bytes.length ? { type, count, at } : undefined;
  }
}

/** The values of an integer field; empty where it is missing or of another kind. */
export function integers({ bytes, littleEndian }: TiffFile, { fields }: Directory, tag: number): readonly number[] {
  const field = fields.get(tag);
  if (field === undefined) return [];
  const { type, count, at } = field;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizes[type]!;
  const read: ((at: number) => number) | undefined = {
    1: (at: number) => view.getUint8(at),
    3: (at: number) => view.getUint16(at, littleEndian),
    4: (at: number) => view.getUint32(at, littleEndian),
    16: (at: number) => Number(view.getBigUint64(at, littleEndian)),
  }[type];
  return read === undefined ? [] : Array.from({ length: count }, (_, index) => read(at + index * size));
}

/** The bytes of a field's values, in the byte order of the file. */
export function fieldBytes({ bytes }: TiffFile, { type, count, at }: Field): Uint8Array {
  return bytes.subarray(at, at + sizes[type]! * count);
}

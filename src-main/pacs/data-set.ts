// Data sets as a PACS sends them (PS3.5 section 7): written implicit little endian, read in any encoding up to a tag, every length checked.
import { characterSetsOf, decodeText } from '../archive/dicom/character-sets.ts';
import { limits } from './limits.ts';

/** How a data set is encoded. */
export interface Encoding {
  readonly littleEndian: boolean;
  readonly implicit: boolean;
}
export const implicitLittleEndian: Encoding = { littleEndian: true, implicit: true };

/** Tag -> value, of the top level and without sequences. Numbers as in `0x0010_0020`. */
export type Elements = ReadonlyMap<number, Uint8Array>;

/** A data set that breaks the rules; whoever reads it says whose it is. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

const UNDEFINED = 0xffff_ffff;
const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
const longLengths = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** What was read: the elements, and whether `last` was reached, rather than the end of the bytes. */
export interface Reading {
  readonly elements: Elements;
  readonly complete: boolean;
}

/**
 * Reads elements with tags up to `last` (inclusive) from the beginning of a data set; bytes may end anywhere. `whole`: the bytes are all
 * of it, and must end with an element. Throws `Malformed` for tags out of order, lengths that do not fit, too deep sequences.
 */
export function readElements(
  bytes: Uint8Array,
  { littleEndian, implicit }: Encoding,
  { last = 0xffff_ffff, whole = true }: { readonly last?: number; readonly whole?: boolean } = {},
): Reading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements = new Map<number, Uint8Array>();
  const cut = (): Reading => {
    if (whole) throw new Malformed('it is cut short');
    return { elements, complete: false };
  };
  let before = -1;
  for (let at = 0; at < bytes.length; ) {
    const head = headAt(view, at, littleEndian, implicit);
    if (head === undefined) return cut();
    const { tag, length, value, isSequence } = head;
    if (tag <= before) throw new Malformed('its elements are not in order');
    if (tag > last) return { elements, complete: true };
    before = tag;
    if (length === UNDEFINED) {
      const end = endOfSequence(view, value, littleEndian, implicit, 1);
      if (end === undefined) return cut();
      at = end;
    } else {
      if (value + length > bytes.length) return cut();
      if (!isSequence) elements.set(tag, bytes.subarray(value, value + length));
      at = value + length;
    }
  }
  return { elements, complete: whole };
}

interface Head {
  readonly tag: number;
  readonly length: number;
  /** Where the value begins. */
  readonly value: number;
  readonly isSequence: boolean;
}

/** The head of the element at `at`; undefined where the bytes end within it. */
function headAt(view: DataView, at: number, little: boolean, implicit: boolean): Head | undefined {
  if (at + 8 > view.byteLength) return undefined;
  const tag = view.getUint16(at, little) * 0x1_0000 + view.getUint16(at + 2, little);
  // Items and their ends have no representation in any encoding.
  if (implicit || tag >>> 16 === 0xfffe) {
    return { tag, length: view.getUint32(at + 4, little), value: at + 8, isSequence: false };
  }
  const representation = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  if (!/^[A-Z]{2}$/.test(representation)) throw new Malformed('an element has no value representation');
  if (!longLengths.has(representation)) {
    return { tag, length: view.getUint16(at + 6, little), value: at + 8, isSequence: false };
  }
  if (at + 12 > view.byteLength) return undefined;
  return { tag, length: view.getUint32(at + 8, little), value: at + 12, isSequence: representation === 'SQ' };
}

/** Where a sequence of undefined length ends, from its first item on; undefined where the bytes end before. */
function endOfSequence(
  view: DataView,
  from: number,
  little: boolean,
  implicit: boolean,
  depth: number,
): number | undefined {
  if (depth > limits.depth) throw new Malformed('its sequences lie too deep');
  for (let at = from; ; ) {
    const head = headAt(view, at, little, implicit);
    if (head === undefined) return undefined;
    if (head.tag === SEQUENCE_END) return head.value;
    if (head.tag !== ITEM) throw new Malformed('a sequence holds something else than items');
    const end =
      head.length === UNDEFINED ? endOfItem(view, head.value, little, implicit, depth) : head.value + head.length;
    if (end === undefined || end > view.byteLength) return undefined;
    at = end;
  }
}

function endOfItem(
  view: DataView,
  from: number,
  little: boolean,
  implicit: boolean,
  depth: number,
): number | undefined {
  for (let at = from; ; ) {
    const head = headAt(view, at, little, implicit);
    if (head === undefined) return undefined;
    if (head.tag === ITEM_END) return head.value;
    const end =
      head.length === UNDEFINED
        ? endOfSequence(view, head.value, little, implicit, depth + 1)
        : head.value + head.length;
    if (end === undefined || end > view.byteLength) return undefined;
    at = end;
  }
}

/** An element to be written: unsigned 16-bit numbers, or text, which is padded to an even length. */
export type Written = readonly [tag: number, value: number | string];

/** Encodes elements, which are in order, implicit little endian; text as UTF-8. Identifiers are padded with NUL, other texts with a space. */
export function encodeElements(elements: readonly Written[]): Buffer {
  return Buffer.concat(
    elements.flatMap(([tag, value]) => {
      const bytes = typeof value === 'number' ? Buffer.from(Uint16Array.of(value).buffer) : paddedText(value);
      const head = Buffer.alloc(8);
      head.writeUInt16LE(tag >>> 16, 0);
      head.writeUInt16LE(tag & 0xffff, 2);
      head.writeUInt32LE(bytes.length, 4);
      return [head, bytes];
    }),
  );
}

function paddedText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from(/^[\d.\\]+$/.test(text) ? '\0' : ' ')]);
}

/** A value as ASCII text without its padding; empty when there is none. */
export function plainText(elements: Elements, tag: number): string {
  const value = elements.get(tag);
  return value === undefined ? '' : trimmed(Buffer.from(value).toString('latin1'));
}

/** A value as text in the character set of its data set. Longer ones than anybody shows are cut. */
export function textOf(elements: Elements, tag: number): string {
  const value = elements.get(tag);
  if (value === undefined) return '';
  const sets = characterSetsOf(plainText(elements, 0x0008_0005) || undefined);
  return trimmed(decodeText(value.subarray(0, 4 * limits.valueCharacters), sets)).slice(0, limits.valueCharacters);
}

/** An unsigned 16-bit number; undefined when there is none. */
export function shortOf(elements: Elements, tag: number): number | undefined {
  const value = elements.get(tag);
  return value === undefined || value.length < 2 ? undefined : value[0]! + value[1]! * 256;
}

/** Without the spaces and NULs around it. */
export const trimmed = (text: string): string => text.replace(/^[ \0]+|[ \0]+$/g, '');

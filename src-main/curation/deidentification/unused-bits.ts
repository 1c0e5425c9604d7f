// Clears what no pixel of a DICOM image uses: bits of a cell outside the stored ones, and entries of the colour palette.
import type { DataSet, Element, Tag } from './dicom-elements.ts';

/** Which bits of each cell are the sample (PS3.5 8.1.1). */
export interface Cells {
  readonly allocated: number;
  readonly stored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/**
 * The cell with nothing in its other bits. Above a signed sample that begins at bit 0 its sign goes on, as it does in
 * most files; everywhere else there are zeros.
 */
function cleanCell(cell: number, { stored, highBit, signed }: Cells, bits: number): number {
  const lowest = highBit + 1 - stored;
  const mask = 2 ** stored - 1;
  const sample = (cell >>> lowest) & mask;
  const negative = signed && lowest === 0 && (sample >>> (stored - 1)) % 2 === 1;
  return (negative ? (sample | ~mask) & (2 ** bits - 1) : sample << lowest) >>> 0;
}

/** Whether cells of whole bytes have bits that are not stored. */
export function hasUnusedBits({ allocated, stored }: Cells): boolean {
  return [8, 16, 32].includes(allocated) && stored < allocated;
}

/** Cleans plain pixel cells, in place; nothing changes where every bit is stored or cells are no whole bytes. */
export function clearUnusedBits(bytes: Uint8Array, cells: Cells, littleEndian: boolean): void {
  if (!hasUnusedBits(cells)) return;
  const { allocated } = cells;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + allocated / 8 <= bytes.length; at += allocated / 8) {
    if (allocated === 8) view.setUint8(at, cleanCell(view.getUint8(at), cells, 8));
    else if (allocated === 16) view.setUint16(at, cleanCell(view.getUint16(at, littleEndian), cells, 16), littleEndian);
    else view.setUint32(at, cleanCell(view.getUint32(at, littleEndian), cells, 32), littleEndian);
  }
}

/**
 * Byte `position` (0: the least significant) of a cell with nothing in its unused bits; for planes of bytes. The sign goes
 * on above a signed sample in the byte that holds its sign bit; decoders ignore it in those above.
 */
export function cleanByte(byte: number, position: number, { stored, highBit, signed }: Cells): number {
  const [lowest, top] = [highBit + 1 - stored - position * 8, highBit - position * 8];
  if (top < 0 || lowest > 7) return 0;
  const mask = (2 ** (Math.min(7, top) + 1) - 1) & (0xff << Math.max(0, lowest));
  const negative = signed && highBit + 1 === stored && top < 7 && ((byte >>> top) & 1) === 1;
  return negative ? (byte & mask) | ((0xff << (top + 1)) & 0xff) : byte & mask;
}

const descriptors: readonly Tag[] = [0x0028_1101, 0x0028_1102, 0x0028_1103];
const tables: readonly Tag[] = [0x0028_1201, 0x0028_1202, 0x0028_1203];

/** Tables of colours, plain and segmented. */
export const paletteTables: ReadonlySet<Tag> = new Set([...tables, 0x0028_1221, 0x0028_1222, 0x0028_1223]);

/** The data set with zeros in the palette entries that `used` indices do not look up, and nothing behind the last entry. */
export function withoutUnusedColours(dataSet: DataSet, used: ReadonlySet<number>, littleEndian: boolean): DataSet {
  return dataSet.map((element) => {
    const colour = tables.indexOf(element.tag);
    const descriptor = dataSet.find(({ tag }) => tag === descriptors[colour])?.bytes;
    if (colour < 0 || element.bytes === undefined || descriptor === undefined || descriptor.length < 6) return element;
    return withoutEntries(element, element.bytes, descriptor, used, littleEndian);
  });
}

function withoutEntries(
  element: Element,
  bytes: Uint8Array,
  descriptor: Uint8Array,
  used: ReadonlySet<number>,
  littleEndian: boolean,
): Element {
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
  const [declared, first] = [view.getUint16(0, littleEndian), view.getUint16(2, littleEndian)];
  const count = declared === 0 ? 65_536 : declared;
  // Entries of 8 bits are packed in some files; an odd number of them is padded.
  const width = bytes.length >= count * 2 ? 2 : 1;
  const entries = new Set([...used].map((index) => Math.min(count - 1, Math.max(0, index - first))));
  const clean = new Uint8Array(Math.min(bytes.length, count * width + ((count * width) % 2)));
  for (const entry of entries) {
    for (let byte = entry * width; byte < (entry + 1) * width; byte++) clean[byte] = bytes[byte] ?? 0;
  }
  return { ...element, bytes: clean };
}

const [lutDescriptor, lutData]: readonly [Tag, Tag] = [0x0028_3002, 0x0028_3006];

/** An item of a sequence without bytes behind the last entry of its lookup table. */
export function withoutSurplusEntries(item: DataSet, littleEndian: boolean): DataSet {
  const descriptor = item.find(({ tag }) => tag === lutDescriptor)?.bytes;
  if (descriptor === undefined || descriptor.length < 2) return item;
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
  const count = view.getUint16(0, littleEndian) || 65_536;
  return item.map((element) => {
    if (element.tag !== lutData || element.bytes === undefined) return element;
    const width = element.bytes.length >= count * 2 ? 2 : 1;
    return { ...element, bytes: element.bytes.subarray(0, count * width) };
  });
}

/** Adds every value of plain cells of 8 or 16 bits to `values`. */
export function addValues(values: Set<number>, bytes: Uint8Array, cells: Cells, littleEndian: boolean): void {
  const lowest = cells.highBit + 1 - cells.stored;
  const add = (cell: number) => values.add((cell >>> lowest) & (2 ** cells.stored - 1));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (cells.allocated === 8) for (const cell of new Set(bytes)) add(cell);
  if (cells.allocated !== 16) return;
  for (let at = 0; at + 1 < bytes.length; at += 2) add(view.getUint16(at, littleEndian));
}

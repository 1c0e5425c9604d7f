// A DICOM data set as a tree of elements with their bytes untouched: read, change any part of it, write it again (PS3.5).
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Problem } from '../../platform/errors.ts';
import { standardRepresentation } from './dicom-dictionary.ts';

/** Group number * 65536 + element number. */
export type Tag = number;

/** One element; exactly one of its values. Bytes are in the byte order of the file. */
export interface Element {
  readonly tag: Tag;
  /** Two letters; empty where the transfer syntax carries none. */
  readonly representation: string;
  readonly bytes?: Uint8Array;
  /** Of a sequence. */
  readonly items?: readonly DataSet[];
  /** Encapsulated pixel data from the first item to the delimiter, as in the file. */
  readonly fragments?: Uint8Array;
}

/** Elements in the order of their tags. */
export type DataSet = readonly Element[];

/** A Part 10 file: file meta information (always explicit little endian) and the data set behind it. */
export interface DicomFile {
  readonly meta: DataSet;
  readonly dataSet: DataSet;
  readonly encoding: Encoding;
}

/** How the data set is written (PS3.5 annex A). */
export interface Encoding {
  readonly littleEndian: boolean;
  readonly implicit: boolean;
  readonly deflated: boolean;
}

const explicitLittle: Encoding = { littleEndian: true, implicit: false, deflated: false };
const implicitLittle: Encoding = { littleEndian: true, implicit: true, deflated: false };
const encodings: Readonly<Record<string, Encoding>> = {
  '1.2.840.10008.1.2': implicitLittle,
  '1.2.840.10008.1.2.1.99': { ...explicitLittle, deflated: true },
  '1.2.840.10008.1.2.2': { ...explicitLittle, littleEndian: false },
};
/** Representations whose explicit length has 32 bits behind two reserved bytes (PS3.5 7.1.2). */
const longLengths = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const [itemTag, itemEnd, sequenceEnd] = [0xfffe_e000, 0xfffe_e00d, 0xfffe_e0dd];
const transferSyntaxTag = 0x0002_0010;
const pixelDataTag = 0x7fe0_0010;
const trailingPaddingTag = 0xfffc_fffc;
const undefinedLength = 0xffff_ffff;
const largestInflated = 1024 ** 3;
const deepest = 64;

/** Reads a Part 10 file. `file` is for messages. Throws `content` for anything that is not well formed. */
export function readDicom(bytes: Uint8Array, file: string): DicomFile {
  if (new TextDecoder('latin1').decode(bytes.subarray(128, 132)) !== 'DICM') {
    throw new Problem('content', { file, reason: 'has no DICOM file header' });
  }
  const header = new Reader(bytes, explicitLittle, file);
  header.at = 132;
  const meta: Element[] = [];
  while (header.at + 8 <= bytes.length && header.peekTag() >>> 16 === 2) meta.push(header.element(0));
  const syntax = textOf(meta.find(({ tag }) => tag === transferSyntaxTag)?.bytes ?? new Uint8Array());
  const encoding = encodings[syntax] ?? explicitLittle;
  const body = encoding.deflated ? inflate(bytes.subarray(header.at), file) : bytes.subarray(header.at);
  const reader = new Reader(body, encoding, file);
  const dataSet: Element[] = [];
  while (reader.at < body.length) dataSet.push(reader.element(0));
  return { meta, dataSet: dataSet.filter(({ tag }) => tag !== trailingPaddingTag), encoding };
}

/** Writes the file again in its transfer syntax: sequences with undefined lengths, no group lengths, a blank preamble. */
export function writeDicom({ meta, dataSet, encoding }: DicomFile): Uint8Array {
  const metaBytes = Buffer.concat(writeDataSet(meta, explicitLittle));
  const length = Buffer.alloc(12);
  length.writeUInt16LE(2, 0);
  length.write('UL', 4, 'latin1');
  length.writeUInt16LE(4, 6);
  length.writeUInt32LE(metaBytes.length, 8);
  const body = Buffer.concat(writeDataSet(dataSet, encoding));
  const written = encoding.deflated ? padded(deflateRawSync(body)) : body;
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, metaBytes, written]);
}

/** Text of a value: each byte as the character of its number (what `TextDecoder` calls latin1 is Windows 1252), without padding. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
}

/** A text value padded to an even length: UIDs with a null byte, others with a space. */
export function textBytes(text: string, representation: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(representation === 'UI' ? '\0' : ' ')]);
}

function inflate(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: largestInflated });
  } catch (error) {
    throw new Problem('content', { file, reason: 'its deflated data set is broken or too large' }, { cause: error });
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** Walks a data set; `at` is the next byte. */
class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #encoding: Encoding;
  readonly #file: string;

  constructor(bytes: Uint8Array, encoding: Encoding, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#encoding = encoding;
    this.#file = file;
  }

  peekTag(): Tag {
    return this.#uint16(this.at) * 0x1_0000 + this.#uint16(this.at + 2);
  }

  element(depth: number): Element {
    const tag = this.#tag();
    const representation = this.#encoding.implicit ? '' : this.#representation();
    const length = this.#length(representation);
    if (length === undefinedLength) return this.#undefined(tag, representation, depth);
    const bytes = this.#take(length);
    const items = this.#itemsWithin(tag, representation, bytes, depth);
    if (items === undefined) return { tag, representation, bytes };
    return { tag, representation: representation === 'UN' ? 'UN' : representation && 'SQ', items };
  }

  /** Items up to the sequence delimiter, or up to the end of the bytes. */
  items(depth: number): readonly DataSet[] {
    if (depth > deepest) throw this.#broken('has sequences nested too deeply');
    const items: DataSet[] = [];
    while (this.at < this.#bytes.length) {
      const tag = this.#tag();
      const length = this.#uint32();
      if (tag === sequenceEnd) return items;
      if (tag !== itemTag) throw this.#broken('has a sequence with something else than items in it');
      if (length === undefinedLength) items.push(this.#openItem(depth));
      else items.push(new Reader(this.#take(length), this.#encoding, this.#file).#closedItem(depth));
    }
    return items;
  }

  #openItem(depth: number): DataSet {
    const elements: Element[] = [];
    while (this.peekTag() !== itemEnd) elements.push(this.element(depth + 1));
    this.at += 8;
    return elements;
  }

  #closedItem(depth: number): DataSet {
    const elements: Element[] = [];
    while (this.at < this.#bytes.length) elements.push(this.element(depth + 1));
    return elements;
  }

  #undefined(tag: Tag, representation: string, depth: number): Element {
    if (tag === pixelDataTag) return { tag, representation, fragments: this.#fragments() };
    if (representation !== 'UN') return { tag, representation: representation && 'SQ', items: this.items(depth) };
    // An unknown element of undefined length is a sequence in implicit little endian (PS3.5 6.2.2 note 2).
    const inner = new Reader(this.#bytes.subarray(this.at), implicitLittle, this.#file);
    const items = inner.items(depth);
    this.at += inner.at;
    return { tag, representation: 'UN', items };
  }

  /**
   * The items of a sequence of defined length; undefined when the value is no sequence. Where neither the file nor the
   * standard says what it is, a value is a sequence when it reads as items to its last byte.
   */
  #itemsWithin(tag: Tag, representation: string, bytes: Uint8Array, depth: number): readonly DataSet[] | undefined {
    if (representation === 'SQ') return new Reader(bytes, this.#encoding, this.#file).items(depth);
    if ((representation !== '' && representation !== 'UN') || bytes.length < 8) return undefined;
    const known = standardRepresentation(tag);
    if (known !== undefined && known !== 'SQ' && known !== 'UN') return undefined;
    const encoding = representation === 'UN' ? implicitLittle : this.#encoding;
    const inner = new Reader(bytes, encoding, this.#file);
    if (inner.peekTag() !== itemTag) return undefined;
    try {
      return inner.items(depth);
    } catch {
      return undefined;
    }
  }

  #fragments(): Uint8Array {
    const start = this.at;
    for (;;) {
      const tag = this.#tag();
      const length = this.#uint32();
      if (tag === sequenceEnd) return this.#bytes.subarray(start, this.at - 8);
      if (tag !== itemTag || length === undefinedLength) throw this.#broken('has broken encapsulated pixel data');
      this.#take(length);
    }
  }

  #tag(): Tag {
    const tag = this.peekTag();
    this.at += 4;
    return tag;
  }

  #representation(): string {
    const text = new TextDecoder('latin1').decode(this.#take(2));
    if (!/^[A-Z]{2}$/.test(text)) throw this.#broken('has an element without value representation');
    return text;
  }

  #length(representation: string): number {
    if (this.#encoding.implicit) return this.#uint32();
    if (longLengths.has(representation)) {
      this.#take(2);
      return this.#uint32();
    }
    const length = this.#uint16(this.at);
    this.at += 2;
    return length;
  }

  #uint16(at: number): number {
    if (at + 2 > this.#bytes.length) throw this.#broken('ends in the middle of an element');
    return this.#view.getUint16(at, this.#encoding.littleEndian);
  }

  #uint32(): number {
    if (this.at + 4 > this.#bytes.length) throw this.#broken('ends in the middle of an element');
    this.at += 4;
    return this.#view.getUint32(this.at - 4, this.#encoding.littleEndian);
  }

  #take(length: number): Uint8Array {
    if (this.at + length > this.#bytes.length) throw this.#broken('ends in the middle of an element');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  #broken(reason: string): Problem {
    return new Problem('content', { file: this.#file, reason });
  }
}

function writeDataSet(dataSet: DataSet, encoding: Encoding): Uint8Array[] {
  // Group lengths (element 0) are retired and would have to be computed anew; the file header's own is written by itself.
  return dataSet.filter(({ tag }) => tag % 0x1_0000 !== 0).flatMap((element) => writeElement(element, encoding));
}

function writeElement({ tag, representation, bytes, items, fragments }: Element, encoding: Encoding): Uint8Array[] {
  const value = bytes === undefined ? undefined : padded(bytes);
  const header = headerOf(tag, representation, value?.length ?? undefinedLength, encoding);
  if (value !== undefined) return [header, value];
  const end = marker(sequenceEnd, 0, encoding);
  if (fragments !== undefined) return [header, fragments, end];
  // What an unknown element holds is implicit little endian in every transfer syntax.
  const inner = representation === 'UN' ? implicitLittle : encoding;
  const written = (items ?? []).flatMap((item) => [
    marker(itemTag, undefinedLength, inner),
    ...writeDataSet(item, inner),
    marker(itemEnd, 0, inner),
  ]);
  return [header, ...written, representation === 'UN' ? marker(sequenceEnd, 0, inner) : end];
}

function headerOf(tag: Tag, representation: string, length: number, { littleEndian, implicit }: Encoding): Uint8Array {
  const long = !implicit && longLengths.has(representation);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, littleEndian);
  view.setUint16(2, tag % 0x1_0000, littleEndian);
  if (!implicit) bytes.set(Buffer.from(representation, 'latin1'), 4);
  if (implicit) view.setUint32(4, length, littleEndian);
  else if (long) view.setUint32(8, length, littleEndian);
  else view.setUint16(6, length, littleEndian);
  return bytes;
}

function marker(tag: Tag, length: number, { littleEndian }: Encoding): Uint8Array {
  return headerOf(tag, '', length, { littleEndian, implicit: true, deflated: false });
}

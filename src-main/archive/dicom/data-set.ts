// Opens a DICOM file (PS3.10) and reads attributes from its data set; every length is checked before it is believed.
import { inflateRawSync } from 'node:zlib';
import dicomParser, { type ByteStream, type DataSet, type Element } from 'dicom-parser';
import { Problem } from '../../platform/errors.ts';
import { limits } from '../limits.ts';
import { type CharacterSets, characterSetsOf, decodeText } from './character-sets.ts';
import { readFileHeader } from './file-header.ts';
import type { TransferSyntax } from './transfer-syntax.ts';

/** A data set or an item of a sequence. Tags are written as in dicom-parser: `x00280010`. */
export interface Attributes {
  readonly elements: Readonly<Record<string, Element>>;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly characterSets: CharacterSets;
}

export interface DicomFile {
  readonly attributes: Attributes;
  readonly syntax: TransferSyntax;
  /** What was odd about the structure. */
  readonly warnings: readonly string[];
}

/**
 * Parses the structure of a DICOM file. Throws `content` when it is broken, cut short or not what its header says, and
 * `format` when its transfer syntax is not read. Deflated data is inflated up to a limit.
 */
export function parseDicomFile(file: Uint8Array, name: string): DicomFile {
  const { syntax, rest, notes } = parsed(name, () => readFileHeader(file, name));
  const bytes = syntax.deflated ? parsed(name, () => inflate(rest)) : rest;
  const warnings: string[] = [];
  const elements = parsed(name, () => readElements(bytes, syntax, warnings));
  const fatal = warnings.find((warning) => warning !== MISDECLARED && !/pixel data element/.test(warning));
  if (fatal !== undefined) throw new Problem('content', { file: name, reason: 'a DICOM sequence does not end' });
  const root = { elements, bytes, littleEndian: syntax.littleEndian };
  const characterSets = characterSetsOf(rawText(root, 'x00080005'));
  return { attributes: { ...root, characterSets }, syntax, warnings: [...notes, ...warnings] };
}

function inflate(rest: Uint8Array): Uint8Array {
  return inflateRawSync(rest, { maxOutputLength: limits.inflatedBytes });
}

/** dicom-parser throws strings as well as Errors; none of its words may hold a value of the file. */
function parsed<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const tooLarge = (error as { readonly code?: string } | undefined)?.code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooLarge ? 'inflates beyond the limit' : 'the DICOM data set is broken or cut short';
    throw new Problem('content', { file: name, reason }, { cause: error });
  }
}

/** The length field of elements that end with a marker instead. */
const UNDEFINED = 0xffff_ffff;

/** Representations of 64-bit integers, which dicom-parser takes for ones with a short length field. */
const longIntegers = new Set(['OV', 'SV', 'UV']);

function readElements(bytes: Uint8Array, syntax: TransferSyntax, warnings: string[]): Record<string, Element> {
  const parser = syntax.littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, 0);
  const implicit = isImplicit(bytes);
  if (implicit !== syntax.implicit) warnings.push(MISDECLARED);
  const elements: Record<string, Element> = {};
  while (stream.position < bytes.length) {
    const element = readElement(stream, implicit, warnings);
    // Pixel data that lacks its end marker has no length: it reaches to the end of the file, as its fragments must.
    if (element.length === UNDEFINED && element.fragments !== undefined)
      element.length = bytes.length - element.dataOffset;
    checkElement(element, bytes.length);
    elements[element.tag] = element;
  }
  return elements;
}

const MISDECLARED = 'value representations are not as the transfer syntax says';

/** Some writers declare one kind and write the other: two capital letters behind the first tag tell. */
function isImplicit(bytes: Uint8Array): boolean {
  return !/^[A-Z]{2}$/.test(String.fromCharCode(...bytes.subarray(4, 6)));
}

function readElement(stream: ByteStream, implicit: boolean, warnings: string[]): Element {
  const start = stream.position;
  const tag = dicomParser.readTag(stream);
  if (implicit) {
    const element = { tag, length: stream.readUint32(), dataOffset: stream.position };
    // dicom-parser would take encapsulated pixels without a representation for a sequence.
    if (tag === 'x7fe00010' && element.length === UNDEFINED) {
      dicomParser.findEndOfEncapsulatedElement(stream, element, warnings);
      return element;
    }
    stream.position = start;
    return dicomParser.readDicomElementImplicit(stream);
  }
  const vr = stream.readFixedString(2);
  if (!longIntegers.has(vr)) {
    stream.position = start;
    return dicomParser.readDicomElementExplicit(stream, warnings);
  }
  stream.seek(2);
  const element = { tag, vr, length: stream.readUint32(), dataOffset: stream.position };
  stream.seek(element.length);
  return element;
}

/** dicom-parser believes lengths that reach past the end of the file, in fragments and sequences too. */
function checkElement({ dataOffset, length, items = [], fragments = [] }: Element, end: number): void {
  const parts = fragments.map((fragment) => fragment.position + fragment.length);
  if ([dataOffset + length, ...parts].some((last) => last > end)) throw new Error('an element reaches past the end');
  for (const item of items) {
    for (const element of Object.values(item.dataSet?.elements ?? {})) {
      if (longIntegers.has(element.vr ?? '')) throw new Error('64-bit integers inside a sequence are not read');
      checkElement(element, end);
    }
  }
}

/** The value of an attribute, or undefined when it is absent or empty. */
export function rawBytes(
  { elements, bytes }: Pick<Attributes, 'elements' | 'bytes'>,
  tag: string,
): Uint8Array | undefined {
  const element = elements[tag];
  if (element === undefined || element.length === 0 || element.items !== undefined) return undefined;
  return bytes.subarray(element.dataOffset, element.dataOffset + element.length);
}

const defaultRepertoire = characterSetsOf(undefined);

/** Text in the default repertoire, padding removed, not split. */
function rawText(attributes: Pick<Attributes, 'elements' | 'bytes'>, tag: string): string | undefined {
  const bytes = rawBytes(attributes, tag);
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes, defaultRepertoire).replace(/[\0 ]+$/, '');
  return text === '' ? undefined : text;
}

/** Values of a text attribute (LO, PN, SH, ...), in the character sets of the data set. */
export function textValues(attributes: Attributes, tag: string): readonly string[] {
  const bytes = rawBytes(attributes, tag);
  if (bytes === undefined) return [];
  const values = decodeText(bytes, attributes.characterSets).split('\\');
  return values.map((value) => value.replace(/[\0 ]+$/, '').trimStart());
}

/** The first value of a text attribute, or undefined when there is none. */
export function text(attributes: Attributes, tag: string): string | undefined {
  const [first] = textValues(attributes, tag);
  return first === '' ? undefined : first;
}

/** A decimal or integer string (PS3.5 6.2). Nothing is guessed: a decimal comma or a unit makes it unreadable. */
const decimalString = /^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$/;

/** The values of a DS or IS attribute, or of a binary one written in its place; values that are no number are NaN. */
export function decimals(attributes: Attributes, tag: string): readonly number[] {
  return remembered(knownDecimals, attributes, tag, readDecimals);
}

function readDecimals(attributes: Attributes, tag: string): readonly number[] {
  const representation = attributes.elements[tag]?.vr ?? '';
  if (Object.hasOwn(readers, representation)) return numbers(attributes, tag, representation as keyof typeof readers);
  const values = rawText(attributes, tag)?.split('\\') ?? [];
  return values.map((value) => (decimalString.test(value) ? Number(value) : Number.NaN));
}

const readers = {
  US: { size: 2, read: (view: DataView, at: number, little: boolean) => view.getUint16(at, little) },
  SS: { size: 2, read: (view: DataView, at: number, little: boolean) => view.getInt16(at, little) },
  UL: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getUint32(at, little) },
  SL: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getInt32(at, little) },
  FL: { size: 4, read: (view: DataView, at: number, little: boolean) => view.getFloat32(at, little) },
  FD: { size: 8, read: (view: DataView, at: number, little: boolean) => view.getFloat64(at, little) },
  UV: { size: 8, read: (view: DataView, at: number, little: boolean) => Number(view.getBigUint64(at, little)) },
} as const;

/** Value `index` of a binary attribute of the given representation; undefined where there are fewer. */
export function numberAt(
  attributes: Attributes,
  tag: string,
  representation: keyof typeof readers,
  index: number,
): number | undefined {
  const element = attributes.elements[tag];
  const { size } = readers[representation];
  if (element === undefined || element.length < (index + 1) * size) return undefined;
  const one = { ...element, dataOffset: element.dataOffset + index * size, length: size };
  return numbers({ ...attributes, elements: { [tag]: one } }, tag, representation)[0];
}

/** The values of a binary attribute of the given representation. */
export function numbers(attributes: Attributes, tag: string, representation: keyof typeof readers): readonly number[] {
  const bytes = rawBytes(attributes, tag);
  if (bytes === undefined) return [];
  const { size, read } = readers[representation];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / size);
  // A value of unknown representation stays little endian, as whoever wrote it so received it (PS3.5 6.2.2).
  const little = attributes.littleEndian || attributes.elements[tag]?.vr === 'UN';
  return Array.from({ length: count }, (_, index) => read(view, index * size, little));
}

/** Values by tag, of each data set or item. */
type Memory<V> = WeakMap<Attributes['elements'], Map<string, V>>;

/** Elements that have been read: sequences and lists of thousands of frames are parsed once, not for each frame. */
const knownItems: Memory<readonly Attributes[]> = new WeakMap();
const knownDecimals: Memory<readonly number[]> = new WeakMap();

function remembered<V>(
  memory: Memory<V>,
  attributes: Attributes,
  tag: string,
  read: (attributes: Attributes, tag: string) => V,
): V {
  const known = memory.get(attributes.elements) ?? new Map<string, V>();
  memory.set(attributes.elements, known);
  const found = known.get(tag) ?? read(attributes, tag);
  known.set(tag, found);
  return found;
}

/**
 * The items of a sequence, each with the character sets it declares or those of its parent. A sequence of unknown
 * representation (UN) is read as the implicit little endian that it is (PS3.5 6.2.2). Empty where it cannot be read.
 */
export function items(attributes: Attributes, tag: string): readonly Attributes[] {
  return remembered(knownItems, attributes, tag, readItems);
}

function readItems(attributes: Attributes, tag: string): readonly Attributes[] {
  const element = attributes.elements[tag];
  const unknown = element?.vr === 'UN';
  const parts = element?.items ?? (unknown ? itemsOfUnknown(attributes, element) : []);
  const parent = unknown ? { ...attributes, littleEndian: true } : attributes;
  return parts.flatMap(({ dataSet }) => (dataSet === undefined ? [] : [itemOf(parent, dataSet)]));
}

/** The items inside an element of unknown representation; none when it holds no sequence. */
function itemsOfUnknown({ bytes }: Attributes, { tag, dataOffset, length }: Element): readonly Element[] {
  const sequence: Element = { tag, dataOffset, length };
  try {
    const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, dataOffset);
    dicomParser.readSequenceItemsImplicit(stream, sequence, undefined);
    checkElement(sequence, dataOffset + length);
    return sequence.items ?? [];
  } catch {
    return [];
  }
}

function itemOf(parent: Attributes, { elements, byteArray }: DataSet): Attributes {
  const own = rawText({ elements, bytes: byteArray }, 'x00080005');
  const characterSets = own === undefined ? parent.characterSets : characterSetsOf(own);
  return { elements, bytes: byteArray, littleEndian: parent.littleEndian, characterSets };
}

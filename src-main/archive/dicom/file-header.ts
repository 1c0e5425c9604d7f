// The beginning of a DICOM file (PS3.10 section 7): preamble, prefix and meta information, and what is done where they are missing.
import dicomParser, { type DataSet } from 'dicom-parser';
import { Problem } from '../../platform/errors.ts';
import { type TransferSyntax, transferSyntaxOf } from './transfer-syntax.ts';

/** Where the data set of a file begins, and how it is encoded. */
export interface FileHeader {
  readonly syntax: TransferSyntax;
  /** The file from the data set on. */
  readonly rest: Uint8Array;
  /** What was odd. */
  readonly notes: readonly string[];
}

const PREAMBLE = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];

/** True when DICM stands behind the preamble. */
function hasPrefix(bytes: Uint8Array): boolean {
  return PREFIX.every((byte, index) => bytes[PREAMBLE + index] === byte);
}

/** True when the file begins with DICM, without a preamble. */
const startsWithPrefix = (bytes: Uint8Array) => PREFIX.every((byte, index) => bytes[index] === byte);

/**
 * True for the first bytes of a data set without a preamble, also behind the prefix: three elements in ascending order of the groups that
 * images begin with, each of a length and a representation that fit. Either byte order, with or without representations.
 */
export function isBareDataSet(bytes: Uint8Array): boolean {
  const head = startsWithPrefix(bytes) ? bytes.subarray(PREFIX.length) : bytes;
  const encoding = encodingOf(head);
  if (encoding === undefined) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const { littleEndian: little, implicit } = encoding;
  let at = 0;
  let last = -1;
  for (let element = 0; element < 3; element++) {
    if (at + 8 > head.length) return false;
    const tag = view.getUint16(at, little) * 0x1_0000 + view.getUint16(at + 2, little);
    if (tag <= last || tag >= 0x0030_0000) return false;
    last = tag;
    const representation = String.fromCharCode(head[at + 4]!, head[at + 5]!);
    if (!implicit && !/^[A-Z]{2}$/.test(representation)) return false;
    const long = !implicit && longLengths.has(representation);
    const length = implicit ? view.getUint32(at + 4, little) : long ? -1 : view.getUint16(at + 6, little);
    // A sequence or a long value this early: what follows is not looked at.
    if (length < 0 || length > head.length) return element > 0 && (length < 0 || length === 0xffff_ffff);
    at += 8 + length;
  }
  return true;
}

const longLengths = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** How a data set is encoded, by its first element, which is of group 0002 or 0008; undefined when it is none. */
function encodingOf(bytes: Uint8Array): Pick<TransferSyntax, 'littleEndian' | 'implicit'> | undefined {
  const [first, second] = bytes;
  const littleEndian = (first === 0x02 || first === 0x08) && second === 0;
  if (!littleEndian && !(first === 0 && second === 0x08)) return undefined;
  return { littleEndian, implicit: !/^[A-Z]{2}$/.test(String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0)) };
}

/**
 * Reads the header of a file. Without preamble, prefix or meta information the data set itself shows how it is encoded.
 * Throws `content` when it does not, and `format` when its transfer syntax is not read; the error of a broken header passes.
 */
export function readFileHeader(file: Uint8Array, name: string): FileHeader {
  if (!hasPrefix(file)) {
    const notes = ['the DICOM file has no header'];
    // Meta information without preamble, with the prefix or without: it is put behind them.
    const start = startsWithPrefix(file) ? PREFIX.length : 0;
    if (file[start] === 0x02) return { ...readFileHeader(withPrefix(file.subarray(start)), name), notes };
    return { syntax: guessedSyntax(file, name), rest: file, notes };
  }
  const header = dicomParser.readPart10Header(file) as DataSet & { readonly position: number };
  const rest = file.subarray(header.position);
  const element = header.elements.x00020010;
  const value = element === undefined ? '' : file.subarray(element.dataOffset, element.dataOffset + element.length);
  const uid = Buffer.from(value)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  if (uid === '')
    return { syntax: guessedSyntax(rest, name), rest, notes: ['the DICOM file names no transfer syntax'] };
  // A broken length makes the rest of the file the value: it would be told, with all that it says of the patient.
  if (!/^[0-9.]{1,64}$/.test(uid))
    throw new Problem('content', { file: name, reason: 'its transfer syntax is no identifier' });
  const syntax = transferSyntaxOf(uid);
  if (syntax === undefined) throw new Problem('format', { file: name, found: `DICOM with transfer syntax ${uid}` });
  return { syntax, rest, notes: [] };
}

function withPrefix(file: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.alloc(PREAMBLE), Buffer.from(PREFIX), file]));
}

/** Of the plain encodings; compressed pixels without a transfer syntax are told when they are decoded. */
function guessedSyntax(rest: Uint8Array, name: string): TransferSyntax {
  const encoding = encodingOf(rest);
  if (encoding === undefined || !isBareDataSet(rest.subarray(0, 4096)))
    throw new Problem('content', { file: name, reason: 'no transfer syntax is given' });
  const { littleEndian, implicit } = encoding;
  const uid = implicit ? '1.2.840.10008.1.2' : littleEndian ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.2';
  return transferSyntaxOf(uid)!;
}

// Whose an instance is: its identifiers, read from its beginning, whichever way it came.
import { constants, inflateRawSync } from 'node:zlib';
import { characterSetsOf, decodeText } from '../archive/dicom/character-sets.ts';
import { type Elements, type Encoding, Malformed, plainText, readElements, trimmed } from './data-set.ts';

/** What an instance says of itself. */
export interface InstanceHead {
  readonly instance: string;
  readonly sopClass: string;
  readonly study: string;
  readonly series: string;
  readonly patientId: string;
}

/** All identifiers lie before this tag. */
const lastTag = 0x0020_000e;
const deflated = '1.2.840.10008.1.2.1.99';
/** Deflated data set: so many bytes of it hold the identifiers, and grow to no more than 1032 times as much. */
const deflatedBytes = 16 * 1024;

/** The encoding of a transfer syntax: all but these two are explicit little endian. */
export function encodingOf(syntax: string): Encoding {
  return { littleEndian: syntax !== '1.2.840.10008.1.2.2', implicit: syntax === '1.2.840.10008.1.2' };
}

/**
 * Reads the identifiers from the first bytes of a data set; undefined when these do not reach far enough. `whole`: there are no more
 * bytes. Throws `Malformed`.
 */
export function headOfDataSet(bytes: Uint8Array, syntax: string, whole: boolean): InstanceHead | undefined {
  const plain = syntax === deflated ? inflatedStart(bytes) : bytes;
  const { elements, complete } = readElements(plain, encodingOf(syntax), {
    last: lastTag,
    whole: whole && syntax !== deflated,
  });
  if (!complete && !whole) return undefined;
  return {
    sopClass: plainText(elements, 0x0008_0016),
    instance: plainText(elements, 0x0008_0018),
    patientId: patientIdOf(elements),
    study: plainText(elements, 0x0020_000d),
    series: plainText(elements, 0x0020_000e),
  };
}

/** Never cut: two ids that are the same for a while are those of two patients. */
function patientIdOf(elements: Elements): string {
  const value = elements.get(0x0010_0020);
  if (value === undefined) return '';
  return trimmed(decodeText(value, characterSetsOf(plainText(elements, 0x0008_0005) || undefined)));
}

function inflatedStart(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes.subarray(0, deflatedBytes), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 1100 * deflatedBytes,
    });
  } catch {
    throw new Malformed('its deflated data set is broken');
  }
}

/** The same from the first bytes of a DICOM file (PS3.10), whose header says how it is encoded. */
export function headOfFile(bytes: Uint8Array, whole: boolean): InstanceHead | undefined {
  if (bytes.length < 132) {
    if (whole) throw new Malformed('it is no DICOM file');
    return undefined;
  }
  if (Buffer.from(bytes.subarray(128, 132)).toString('latin1') !== 'DICM') throw new Malformed('it is no DICOM file');
  const rest = bytes.subarray(132);
  // Group 0002 is explicit little endian and tells how long it is.
  const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
  if (rest.length < 12) return whole ? fault('its header is cut short') : undefined;
  if (view.getUint32(0, true) !== 0x0000_0002 || view.getUint16(6, true) !== 4)
    throw new Malformed('its header does not say how long it is');
  const end = 12 + view.getUint32(8, true);
  if (end > rest.length) return whole ? fault('its header is cut short') : undefined;
  const { elements } = readElements(rest.subarray(12, end), { littleEndian: true, implicit: false });
  const syntax = plainText(elements, 0x0002_0010);
  if (!/^[0-9.]{1,64}$/.test(syntax)) throw new Malformed('its transfer syntax is no identifier');
  return headOfDataSet(rest.subarray(end), syntax, whole);
}

function fault(reason: string): never {
  throw new Malformed(reason);
}

/** The header of a DICOM file whose data set came without one. */
export function fileHeader(facts: {
  readonly sopClass: string;
  readonly instance: string;
  readonly syntax: string;
  readonly source: string;
}): Buffer {
  const element = (number: number, representation: string, value: Uint8Array | string): Buffer => {
    const raw = Buffer.from(value as string, 'latin1');
    const even = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(representation === 'UI' ? '\0' : ' ')]);
    const isLong = representation === 'OB';
    const head = Buffer.alloc(isLong ? 12 : 8);
    head.writeUInt16LE(0x0002, 0);
    head.writeUInt16LE(number, 2);
    head.write(representation, 4, 'latin1');
    if (isLong) head.writeUInt32LE(even.length, 8);
    else head.writeUInt16LE(even.length, 6);
    return Buffer.concat([head, even]);
  };
  const group = Buffer.concat([
    element(0x0001, 'OB', Uint8Array.of(0, 1)),
    element(0x0002, 'UI', facts.sopClass),
    element(0x0003, 'UI', facts.instance),
    element(0x0010, 'UI', facts.syntax),
    element(0x0012, 'UI', implementation.uid),
    element(0x0013, 'SH', implementation.name),
    element(0x0016, 'AE', facts.source),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(group.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0000, 'UL', length), group]);
}

/** What this program is called in associations and file headers. The identifier is a UUID (PS3.5 annex B.2). */
export const implementation = { uid: '2.25.243137613265414317871330423461302117291', name: 'RESIDUA' } as const;

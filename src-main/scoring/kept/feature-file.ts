// What one network saw in images, kept in two files that are only appended to: the records, and an index of them with checksums.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../../platform/make-folder.ts';

/** Bytes of a key, and of an entry of the index: key, offset (8), length (4), checksum of the record, checksum of the entry. */
export const keyBytes = 16;
const entryBytes = keyBytes + 8 + 4 + 4 + 4;

/** Where a record is. */
interface Place {
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

/** A record to keep; its key in hexadecimal digits. */
export interface KeptRecord {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * Records by key. A process may be killed at any moment: a record without its entry is unused space, half an entry is cut off
 * when the file is next opened, and a record that does not agree with its checksum counts as not there.
 */
export class FeatureFile {
  readonly #records: FileHandle;
  readonly #index: FileHandle;
  readonly #places: Map<string, Place>;

  private constructor(records: FileHandle, index: FileHandle, places: Map<string, Place>) {
    this.#records = records;
    this.#index = index;
    this.#places = places;
  }

  /** Opens or makes the two files in `folder`. */
  static async open(folder: string): Promise<FeatureFile> {
    makeFolder(folder);
    const records = await open(join(folder, 'records'), 'a+');
    const index = await open(join(folder, 'index'), 'a+');
    const { size } = await records.stat();
    const bytes = await index.readFile();
    const whole = bytes.length - (bytes.length % entryBytes);
    if (whole < bytes.length) await index.truncate(whole);
    return new FeatureFile(records, index, placesOf(bytes.subarray(0, whole), size));
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** The record of a key; undefined when there is none that is whole. */
  async read(key: string): Promise<Uint8Array | undefined> {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const bytes = new Uint8Array(place.length);
    const { bytesRead } = await this.#records.read(bytes, 0, place.length, place.offset);
    if (bytesRead === place.length && checksumOf(key, bytes) === place.checksum) return bytes;
    this.#places.delete(key);
    return undefined;
  }

  /** Appends records in two writes, the records before their entries. */
  async append(records: readonly KeptRecord[]): Promise<void> {
    if (records.length === 0) return;
    const entries = Buffer.alloc(records.length * entryBytes);
    const added = new Map<string, Place>();
    let { size: end } = await this.#records.stat();
    for (const [at, { key, bytes }] of records.entries()) {
      const place = { offset: end, length: bytes.length, checksum: checksumOf(key, bytes) };
      writeEntry(entries.subarray(at * entryBytes, (at + 1) * entryBytes), key, place);
      added.set(key, place);
      end += bytes.length;
    }
    await this.#records.appendFile(Buffer.concat(records.map(({ bytes }) => bytes)));
    await this.#index.appendFile(entries);
    for (const [key, place] of added) this.#places.set(key, place);
  }

  async close(): Promise<void> {
    await this.#records.close();
    await this.#index.close();
  }
}

/** Of the key too: a record that lies where another's should is not taken for it. */
const checksumOf = (key: string, bytes: Uint8Array): number => crc32(bytes, crc32(key));

function writeEntry(entry: Buffer, key: string, { offset, length, checksum }: Place): void {
  entry.write(key, 'hex');
  entry.writeBigUInt64LE(BigInt(offset), keyBytes);
  entry.writeUInt32LE(length, keyBytes + 8);
  entry.writeUInt32LE(checksum, keyBytes + 12);
  entry.writeUInt32LE(crc32(entry.subarray(0, entryBytes - 4)), keyBytes + 16);
}

/** The entries that are whole and whose record lies within the file; of two with one key the later. */
function placesOf(index: Buffer, size: number): Map<string, Place> {
  const places = new Map<string, Place>();
  for (let at = 0; at < index.length; at += entryBytes) {
    const entry = index.subarray(at, at + entryBytes);
    if (crc32(entry.subarray(0, entryBytes - 4)) !== entry.readUInt32LE(keyBytes + 16)) continue;
    const offset = Number(entry.readBigUInt64LE(keyBytes));
    const [length, checksum] = [entry.readUInt32LE(keyBytes + 8), entry.readUInt32LE(keyBytes + 12)];
    if (offset + length <= size) places.set(entry.toString('hex', 0, keyBytes), { offset, length, checksum });
  }
  return places;
}

// Builds zip files byte by byte, also ones that lie: names that no honest tool writes, wrong sizes, overlapping entries.
import { crc32, deflateRawSync } from 'node:zlib';

export interface RawEntry {
  /** Written as these bytes; text becomes UTF-8. */
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
  readonly method?: 0 | 8;
  /** Written instead of the content, as if it were that. */
  readonly stored?: Uint8Array;
  /** Lies: replaces the declared uncompressed size, the checksum or the flags. */
  readonly declaredSize?: number;
  readonly declaredCrc?: number;
  readonly flags?: number;
  /** Uses the data of the entry of this index instead of writing its own. */
  readonly sharesDataOf?: number;
}

const UTF8 = 0x800;

/** The bytes of a zip with the entries, in the order given. */
export function rawZip(entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const name = Buffer.from(entry.name as string);
    const stored = entry.stored ?? (entry.method === 8 ? deflateRawSync(entry.content) : entry.content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? UTF8, 2);
    fields.writeUInt16LE(entry.method ?? 0, 4);
    fields.writeUInt32LE(0x5a21_6000, 6);
    fields.writeUInt32LE(entry.declaredCrc ?? crc32(entry.content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(entry.declaredSize ?? entry.content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const shared = entry.sharesDataOf === undefined ? undefined : offsets[entry.sharesDataOf];
    offsets[index] = shared ?? at;
    if (shared === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, stored]);
      parts.push(local);
      at += local.length;
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offsets[index]!, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, rest, name]));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

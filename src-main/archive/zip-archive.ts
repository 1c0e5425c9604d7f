// Reads a zip by random access: its directory once, then single entries, with sizes and checksums verified.
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader } from 'yauzl';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import type { Container, ContainerEntry } from './containers/container.ts';
import { checkLimit } from './limits.ts';

/** One file in a zip. */
export interface ZipEntry extends ContainerEntry {
  readonly compressedSize: number;
  readonly method: number;
  readonly crc: number;
  readonly encrypted: boolean;
  /** Offset of the local header. */
  readonly offset: number;
}

/** Where the bytes of a zip come from. */
type Source = { readonly handle: FileHandle } | { readonly buffer: Buffer };

async function bytesAt(source: Source, position: number, length: number): Promise<Buffer> {
  if ('buffer' in source) return source.buffer.subarray(position, position + length);
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await source.handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Gives yauzl the directory of a zip a mebibyte at a time: it asks for each entry twice, and a disk is slow to ask. */
class DirectoryReader extends RandomAccessReader {
  readonly #source: Source;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const give = () =>
      done(null, this.#window.copy(target, offset, position - this.#start, position - this.#start + length));
    const isHeld = position >= this.#start && position + length <= this.#start + this.#window.length;
    const held = isHeld ? Promise.resolve() : this.#fetch(position, length);
    held.then(give).catch(done);
  }

  async #fetch(position: number, length: number): Promise<void> {
    this.#window = await bytesAt(this.#source, position, Math.max(length, 2 ** 20));
    this.#start = position;
  }
}

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER = 30;

/** An open zip; owns the file handle until `close`. */
export class ZipArchive implements Container {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Names that more than one entry has: the first one is read. How many others there are. */
  readonly doubled: ReadonlyMap<string, number>;
  readonly refused = [];
  readonly order = 'name';
  readonly #source: Source;
  readonly #label: string;

  private constructor(source: Source, label: string, { entries, doubled }: Listing) {
    this.#source = source;
    this.#label = label;
    this.entries = entries;
    this.doubled = doubled;
  }

  /** Opens the zip at `path`. Throws `content` when its directory is broken or its entries overlap. */
  static async openFile(path: string, label: string): Promise<ZipArchive> {
    const handle = await open(diskPath(path), 'r');
    try {
      const source = { handle };
      return new ZipArchive(source, label, await listEntries(source, (await handle.stat()).size, label));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Opens a zip in memory (one that lay in another zip). */
  static async openBuffer(bytes: Uint8Array, label: string): Promise<ZipArchive> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new ZipArchive({ buffer }, label, await listEntries({ buffer }, buffer.length, label));
  }

  /** Opening has listed it. */
  async list(): Promise<void> {}

  async close(): Promise<void> {
    if ('handle' in this.#source) await this.#source.handle.close();
  }

  /**
   * The bytes of entry `name`, at most `limit`. Inflating stops as soon as more comes out than the directory declares.
   * Throws `content` when size or checksum differ, `limit` when too large, `missing` when it is not there.
   */
  async read(name: string): Promise<Uint8Array> {
    const entry = this.#entry(name);
    checkLimit(entry.method === STORED ? 'fileBytes' : 'inflatedBytes', 'entry size in bytes', entry.size);
    checkLimit('fileBytes', 'compressed entry size in bytes', entry.compressedSize);
    const bytes = inflate(entry, await this.#stored(entry, entry.compressedSize), this.#label);
    if (bytes.length !== entry.size || crc32(bytes) !== entry.crc)
      throw this.#broken(entry, 'size or checksum is wrong');
    return bytes;
  }

  /** The first bytes of entry `name`, at most `count`; nothing is verified. */
  async head(name: string, count: number): Promise<Uint8Array> {
    const entry = this.#entry(name);
    const stored = await this.#stored(entry, Math.min(entry.compressedSize, count + 1024));
    if (entry.method === STORED) return stored.subarray(0, count);
    try {
      // Z_SYNC_FLUSH: gives what the beginning of the stream holds.
      return inflateRawSync(stored, { finishFlush: 2 }).subarray(0, count);
    } catch {
      return new Uint8Array(0);
    }
  }

  #entry(name: string): ZipEntry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Problem('missing', { what: `entry of ${this.#label}`, name });
    if (entry.encrypted) throw this.#broken(entry, 'it is encrypted');
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw this.#broken(entry, `compression method ${entry.method} is not read`);
    }
    return entry;
  }

  /** The first `length` bytes of the entry as they lie in the zip. */
  async #stored(entry: ZipEntry, length: number): Promise<Buffer> {
    const header = await bytesAt(this.#source, entry.offset, LOCAL_HEADER);
    if (header.length < LOCAL_HEADER || header.readUInt32LE(0) !== 0x04034b50) {
      throw this.#broken(entry, 'its local header is broken');
    }
    const start = entry.offset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
    const stored = await bytesAt(this.#source, start, length);
    if (stored.length !== length) throw this.#broken(entry, 'it reaches past the end of the zip');
    return stored;
  }

  #broken(entry: ZipEntry, reason: string): Problem {
    return new Problem('content', { file: `${this.#label}/${entry.name}`, reason });
  }
}

// Names and sizes are judged here, entry by entry: one bad entry does not cost the others.
const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false } as const;

async function orBroken<T>(label: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const reason = `not a readable zip: ${error instanceof Error ? error.message : 'broken'}`;
    throw new Problem('content', { file: label, reason }, { cause: error });
  }
}

type Listing = Pick<ZipArchive, 'entries' | 'doubled'>;

async function listEntries(source: Source, bytes: number, label: string): Promise<Listing> {
  const zip = await orBroken(label, fromRandomAccessReaderPromise(new DirectoryReader(source), bytes, options));
  checkLimit('zipEntries', `entries of ${label}`, zip.entryCount);
  const entries = new Map<string, ZipEntry>();
  const doubled = new Map<string, number>();
  let compressed = 0;
  const iterator = zip.eachEntry();
  for (;;) {
    const next = await orBroken(label, iterator.next());
    if (next.done) break;
    const entry = toZipEntry(next.value);
    compressed += entry.compressedSize;
    if (entry.name.endsWith('/')) continue;
    if (entries.has(entry.name)) doubled.set(entry.name, (doubled.get(entry.name) ?? 0) + 1);
    else entries.set(entry.name, entry);
  }
  // Entries that share bytes are how a small zip claims to hold petabytes.
  if (compressed > bytes) throw new Problem('content', { file: label, reason: 'its entries overlap' });
  return { entries, doubled };
}

function toZipEntry(entry: Entry): ZipEntry {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  return {
    name: getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true),
    size: entry.uncompressedSize,
    compressedSize: entry.compressedSize,
    method: entry.compressionMethod,
    crc: entry.crc32,
    encrypted: entry.isEncrypted(),
    offset: entry.relativeOffsetOfLocalHeader,
  };
}

function inflate(entry: ZipEntry, stored: Buffer, label: string): Uint8Array {
  if (entry.method === STORED) return stored;
  try {
    // One piece of memory of the declared size: collecting pieces would take twice as much.
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.size), chunkSize: entry.size + 64 });
  } catch (error) {
    const reason = 'its compressed data is broken or longer than declared';
    throw new Problem('content', { file: `${label}/${entry.name}`, reason }, { cause: error });
  }
}

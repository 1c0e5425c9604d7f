// Reads the bytes of archive entries; keeps the zips of recent entries open, since neighbours come together.
import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import type { ArchiveEntry } from './entry.ts';
import type { FileBytes } from './formats/format.ts';
import { checkLimit } from './limits.ts';
import { ZipArchive } from './zip-archive.ts';

/** The content of an entry and its SHA-256 in hexadecimal (of the .hdr and then its .img, where there are two). */
export interface EntryBytes extends FileBytes {
  readonly sha256: string;
}

const OPEN_ZIPS = 4;

/** Owns up to four open zips until `close`. */
export class EntryReader {
  readonly #zips = new Map<string, ZipArchive>();
  readonly #readWhole: (path: string) => Uint8Array | Promise<Uint8Array>;

  /**
   * `oneAtATime`: the bytes of an entry are wanted only until the next one is read, by a process that does nothing else.
   * Files then share one piece of memory and need no other thread, which is most of the time that a small one takes.
   */
  constructor({ oneAtATime = false }: { readonly oneAtATime?: boolean } = {}) {
    this.#readWhole = oneAtATime ? intoSharedMemory() : readWhole;
  }

  /**
   * Reads an entry whole. Throws `file` when the disk refuses, `content` when the zip is broken, `limit` when it is too
   * large, and `mismatch` when its size is no longer what the entry says.
   */
  async read(entry: ArchiveEntry): Promise<EntryBytes> {
    const bytes = await this.#bytes(entry, entry.inside);
    if (bytes.length !== entry.size) {
      const sizes = { expected: `${entry.size} bytes`, found: `${bytes.length} bytes` };
      throw new Problem('mismatch', { what: `size of ${entry.path}`, ...sizes });
    }
    if (entry.companion === undefined) return { name: entry.path, bytes, sha256: hash('sha256', bytes) };
    const companion = await this.#companion(entry, entry.companion);
    const both = createHash('sha256').update(bytes).update(companion);
    return { name: entry.path, bytes, companion, sha256: both.digest('hex') };
  }

  async close(): Promise<void> {
    const zips = [...this.#zips.values()];
    this.#zips.clear();
    for (const zip of zips) await zip.close();
  }

  async #companion(entry: ArchiveEntry, name: string): Promise<Uint8Array> {
    if (entry.inside.length === 0) return readWhole(join(dirname(entry.file), name));
    return this.#bytes(entry, entry.inside.with(-1, name));
  }

  async #bytes(entry: ArchiveEntry, inside: readonly string[]): Promise<Uint8Array> {
    const name = inside.at(-1);
    if (name === undefined) return this.#readWhole(entry.file);
    return (await this.#zip(entry, inside.slice(0, -1))).read(name);
  }

  /** The zip at `inside` of the entry's file, opened by its parent's entry when it lies in another zip. */
  async #zip(entry: ArchiveEntry, inside: readonly string[]): Promise<ZipArchive> {
    const key = JSON.stringify([entry.file, entry.modified, inside]);
    const known = this.#zips.get(key);
    if (known !== undefined) {
      this.#zips.delete(key);
      this.#zips.set(key, known);
      return known;
    }
    const name = inside.at(-1);
    const label = entry.path.split('/').slice(0, -1).join('/') || entry.path;
    const zip =
      name === undefined
        ? await ZipArchive.openFile(entry.file, label)
        : await ZipArchive.openBuffer(await (await this.#zip(entry, inside.slice(0, -1))).read(name), label);
    this.#zips.set(key, zip);
    await this.#closeOldest();
    return zip;
  }

  async #closeOldest(): Promise<void> {
    if (this.#zips.size <= OPEN_ZIPS) return;
    const [key, oldest] = [...this.#zips][0]!;
    this.#zips.delete(key);
    await oldest.close();
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  const handle = await open(diskPath(path), 'r');
  try {
    checkLimit('fileBytes', 'file size in bytes', (await handle.stat()).size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Files up to this size share memory; larger ones, which are rare, get their own. */
const sharedBytes = 16 * 2 ** 20;

/** Reads files one after the other into the same memory. */
function intoSharedMemory(): (path: string) => Uint8Array {
  const shared = Buffer.allocUnsafeSlow(sharedBytes);
  return (path) => {
    const file = openSync(diskPath(path), 'r');
    try {
      const { size } = fstatSync(file);
      checkLimit('fileBytes', 'file size in bytes', size);
      const bytes = size <= shared.length ? shared.subarray(0, size) : Buffer.allocUnsafeSlow(size);
      let read = 0;
      for (let count = -1; count !== 0 && read < size; read += count)
        count = readSync(file, bytes, read, size - read, null);
      return bytes.subarray(0, read);
    } finally {
      closeSync(file);
    }
  };
}

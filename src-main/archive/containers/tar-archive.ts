// Reads a tar archive, gzipped or not, by the places of its files, which are found once, as far as they are needed.
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { diskPath } from '../../platform/disk-path.ts';
import { Problem } from '../../platform/errors.ts';
import { checkLimit, limits } from '../limits.ts';
import type { Container, ContainerEntry } from './container.ts';
import { isPlainFile, paddedSize, readPaxRecords, readTarHeader, type TarHeader, tarBlock } from './tar-header.ts';
import { bufferSource, fileSource, GunzipSource, type TarSource } from './tar-source.ts';

interface TarEntry extends ContainerEntry {
  /** Where its content begins. */
  readonly offset: number;
}

/** What headers before a file say of it. */
interface Said {
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  readonly isSparse?: boolean;
}

/** A header may be as long as any name is. */
const longestHeader = 2 ** 20;

const kinds: Readonly<Record<string, string>> = {
  1: 'a link to another file',
  2: 'a link to another file',
  3: 'a device',
  4: 'a device',
  6: 'a pipe',
  S: 'a file with holes',
};

export class TarArchive implements Container {
  /** The files that were found so far: all of them after `list`. */
  readonly entries = new Map<string, TarEntry>();
  readonly doubled = new Map<string, number>();
  readonly refused: { readonly name: string; readonly reason: string }[] = [];
  readonly order = 'stored';
  readonly #heads = new Map<string, Buffer>();
  readonly #source: TarSource;
  readonly #label: string;
  #at = 0;
  #isComplete = false;

  constructor(source: TarSource, label: string) {
    this.#source = source;
    this.#label = label;
  }

  /** Opens the archive at `path`. `keeps`: files will be read in any order (see `GunzipSource`). */
  static async openFile(
    path: string,
    label: string,
    { gzipped, keeps }: { readonly gzipped: boolean; readonly keeps: boolean },
  ): Promise<TarArchive> {
    if (gzipped) return new TarArchive(new GunzipSource(path, label, { keeps }), label);
    return new TarArchive(fileSource(await open(diskPath(path), 'r')), label);
  }

  /** Opens one in memory (one that lay in another archive), of which `take` is told what it takes unpacked. */
  static openBuffer(bytes: Uint8Array, label: string, gzipped: boolean, take: (bytes: number) => void): TarArchive {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!gzipped) return new TarArchive(bufferSource(buffer), label);
    return new TarArchive(bufferSource(unzipped(buffer, label, take)), label);
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /**
   * Finds every file. `keepsHead` says of which content the beginning is worth keeping for `head`. Throws `content` when it is no tar
   * archive or is cut off, `limit` when it has too many files.
   */
  async list(keepsHead: (name: string, head: Buffer) => boolean, alive?: () => void): Promise<void> {
    const end = async (entry: TarEntry) => {
      const head = await this.#source.bytesAt(entry.offset, Math.min(entry.size, tarBlock), alive);
      if (keepsHead(entry.name, head)) this.#heads.set(entry.name, head);
    };
    while (!this.#isComplete) {
      const entry = await this.#next(alive);
      if (entry !== undefined) await end(entry);
      alive?.();
    }
  }

  /** The first bytes of a file, where listing has found them worth keeping. */
  async head(name: string): Promise<Uint8Array> {
    return this.#heads.get(name) ?? new Uint8Array(0);
  }

  /** The content of a file. Throws `missing`, `limit` when it is too large, `content` when the archive is cut off. */
  async read(name: string, alive?: () => void): Promise<Uint8Array> {
    while (!this.#isComplete && !this.entries.has(name)) await this.#next(alive);
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Problem('missing', { what: `entry of ${this.#label}`, name });
    checkLimit('fileBytes', 'entry size in bytes', entry.size);
    const bytes = await this.#source.bytesAt(entry.offset, entry.size, alive);
    if (bytes.length === entry.size) return bytes;
    throw this.#broken('is cut off');
  }

  /** Goes to the next header: the plain file that it is of, if it is of a new one. */
  async #next(alive?: () => void): Promise<TarEntry | undefined> {
    let said: Said = {};
    for (;;) {
      const header = await this.#header(alive);
      if (header === undefined) return undefined;
      const content = this.#at + tarBlock;
      this.#at = content + paddedSize(header.size);
      if ('xgLK'.includes(header.type)) {
        said = { ...said, ...(await this.#saidBy(header, content, alive)) };
        continue;
      }
      const size = said.size ?? header.size;
      this.#at = content + paddedSize(size);
      const name = (said.name ?? header.name).replace(/^(\.\/)+/, '');
      return this.#note({ name, size, offset: content }, header, said.isSparse === true);
    }
  }

  #note(entry: TarEntry, header: TarHeader, isSparse: boolean): TarEntry | undefined {
    const { name } = entry;
    if (header.type === '5' || (name.endsWith('/') && entry.size === 0)) return undefined;
    if (!isPlainFile(header) || isSparse) {
      const kind = isSparse ? kinds.S : (kinds[header.type] ?? 'neither a file nor a folder');
      this.refused.push({ name, reason: `is ${kind}, which is not read` });
      return undefined;
    }
    if (this.entries.has(name)) {
      this.doubled.set(name, (this.doubled.get(name) ?? 0) + 1);
      return undefined;
    }
    checkLimit('zipEntries', `entries of ${this.#label}`, this.entries.size + this.refused.length + 1);
    this.entries.set(name, entry);
    return entry;
  }

  /** The header at the present place; undefined at the end, which may also be the end of the file. */
  async #header(alive?: () => void): Promise<TarHeader | undefined> {
    const block = await this.#source.bytesAt(this.#at, tarBlock, alive);
    const header = readTarHeader(block);
    if (header !== undefined && header !== 'end') return header;
    this.#isComplete = true;
    if (header === 'end' || (block.length === 0 && this.#at > 0 && (await this.#endsHere()))) return undefined;
    throw this.#broken(block.length < tarBlock ? 'is cut off' : 'is not a readable tar archive');
  }

  /** Some programs write no end: then the last file must be whole. */
  async #endsHere(): Promise<boolean> {
    return (await this.#source.bytesAt(this.#at - 1, 1)).length === 1;
  }

  async #saidBy({ type, size }: TarHeader, content: number, alive?: () => void): Promise<Said> {
    if (type === 'g' || type === 'K') return {};
    checkLimit('sideDataBytes', `a header of ${this.#label}`, size);
    if (size > longestHeader) throw this.#broken('has a header that is too long');
    const bytes = await this.#source.bytesAt(content, size, alive);
    if (bytes.length !== size) throw this.#broken('is cut off');
    if (type === 'L') return { name: bytes.toString('utf8').replace(/\0.*$/s, '') };
    const records = readPaxRecords(bytes);
    if (records === undefined) throw this.#broken('has a header that is not well formed');
    const written = records.get('size');
    const length = written === undefined ? undefined : Number(written);
    if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0)) {
      throw this.#broken('has a header that is not well formed');
    }
    const isSparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
    return { ...(records.has('path') ? { name: records.get('path') } : {}), size: length, isSparse };
  }

  #broken(reason: string): Problem {
    return new Problem('content', { file: this.#label, reason });
  }
}

/** A nested archive is held in memory. */
function unzipped(buffer: Buffer, label: string, take: (bytes: number) => void): Buffer {
  try {
    const bytes = gunzipSync(buffer, { maxOutputLength: limits.nestedZipBytes });
    take(bytes.length);
    return bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (isLarge) {
      const value = limits.nestedZipBytes + 1;
      throw new Problem('limit', { what: `unpacked size of ${label}`, value, limit: limits.nestedZipBytes });
    }
    throw new Problem('content', { file: label, reason: 'its compressed data is broken' }, { cause: error });
  }
}

// Reads the bytes of archive entries; keeps the archives of recent entries open, since neighbours come together.
import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import type { Container } from './containers/container.ts';
import {
  type ContainerKind,
  containerKind,
  openContainerBuffer,
  openContainerFile,
} from './containers/open-container.ts';
import type { ArchiveEntry } from './entry.ts';
import type { FileBytes } from './formats/format.ts';
import { checkLimit } from './limits.ts';

/** The content of an entry and its SHA-256 in hexadecimal (of the .hdr and then its .img, where there are two). */
export interface EntryBytes extends FileBytes {
  readonly sha256: string;
}

const OPEN_ARCHIVES = 4;

/** Owns up to four open archives until `close`; of gzipped ones, each with a large file of what it was unpacked to, only one. */
export class EntryReader {
  readonly #archives = new Map<string, OpenContainer>();
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
   * large, and `mismatch` when its size is no longer what the entry says. `alive` is called while an archive is unpacked.
   */
  async read(entry: ArchiveEntry, alive?: () => void): Promise<EntryBytes> {
    const bytes = await this.#bytes(entry, entry.inside, alive);
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
    const archives = [...this.#archives.values()];
    this.#archives.clear();
    for (const { container } of archives) await container.close();
  }

  async #companion(entry: ArchiveEntry, name: string): Promise<Uint8Array> {
    if (entry.inside.length === 0) return readWhole(join(dirname(entry.file), name));
    return this.#bytes(entry, entry.inside.with(-1, name));
  }

  async #bytes(entry: ArchiveEntry, inside: readonly string[], alive?: () => void): Promise<Uint8Array> {
    const name = inside.at(-1);
    if (name === undefined) return this.#readWhole(entry.file);
    return (await this.#archive(entry, inside.slice(0, -1), alive)).read(name, alive);
  }

  /** The archive at `inside` of the entry's file, opened by its parent's entry when it lies in another one. */
  async #archive(entry: ArchiveEntry, inside: readonly string[], alive?: () => void): Promise<Container> {
    const key = JSON.stringify([entry.file, entry.modified, inside]);
    const known = this.#archives.get(key);
    if (known !== undefined) {
      this.#archives.delete(key);
      this.#archives.set(key, known);
      return known.container;
    }
    const name = inside.at(-1);
    const label = entry.path.split('/').slice(0, -1).join('/') || entry.path;
    const opened =
      name === undefined
        ? await openOnDisk(entry.file, label)
        : {
            container: await openContainerBuffer(
              await (await this.#archive(entry, inside.slice(0, -1), alive)).read(name, alive),
              label,
            ),
            isUnpacked: false,
          };
    if (opened.isUnpacked) await this.#closeWhere(({ isUnpacked }) => isUnpacked);
    this.#archives.set(key, opened);
    if (this.#archives.size > OPEN_ARCHIVES) {
      const [oldest] = [...this.#archives.values()];
      await this.#closeWhere((each) => each === oldest);
    }
    return opened.container;
  }

  async #closeWhere(isClosed: (archive: OpenContainer) => boolean): Promise<void> {
    for (const [key, archive] of [...this.#archives]) {
      if (!isClosed(archive)) continue;
      this.#archives.delete(key);
      await archive.container.close();
    }
  }
}

interface OpenContainer {
  readonly container: Container;
  /** Takes as much of the disk as its content. */
  readonly isUnpacked: boolean;
}

async function openOnDisk(file: string, label: string): Promise<OpenContainer> {
  const kind = await kindOf(file, label);
  const container = await openContainerFile(file, label, kind, { keeps: true });
  return { container, isUnpacked: kind.kind === 'tar' && kind.gzipped };
}

/** Which archive a file is. Throws `content` when it is none by now. */
async function kindOf(file: string, label: string): Promise<ContainerKind> {
  const handle = await open(diskPath(file), 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const kind = containerKind(buffer.subarray(0, bytesRead));
    if (kind !== undefined) return kind;
    throw new Problem('content', { file: label, reason: 'is not a readable zip or tar archive' });
  } finally {
    await handle.close();
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

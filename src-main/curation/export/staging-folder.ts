// A folder that becomes visible under its name only when everything in it is complete and on the disk.

import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAlive, syncFolder } from '../../platform/atomic-file.ts';
import { diskPath } from '../../platform/disk-path.ts';
import { Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { makeFolder } from '../../platform/make-folder.ts';

/** A file of the folder: path below it with `/`, SHA-256 in hex, bytes. */
export interface StagedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** Owns a hidden folder beside `target` until `commit` renames it or `discard` removes it. */
export class StagingFolder {
  readonly target: string;
  readonly #folder: string;
  readonly #folders = new Set<string>();
  readonly #files: StagedFile[] = [];

  private constructor(target: string, folder: string) {
    this.target = target;
    this.#folder = folder;
  }

  /** Opens one for `target`, which must not exist. Removes what a killed process has left of an earlier try. */
  static async open(target: string): Promise<StagingFolder> {
    const whole = resolve(target);
    const parent = dirname(whole);
    makeFolder(parent);
    if ((await statOf(whole)) !== undefined) throw new Problem('file', { file: whole, reason: 'exists already' });
    const prefix = `.${basename(whole)}.`;
    for (const name of await readdir(parent)) {
      const left = name.startsWith(prefix) ? /^(\d+)\.[0-9a-f]{8}\.partial$/.exec(name.slice(prefix.length)) : null;
      if (left !== null && !isAlive(Number(left[1]))) await rm(join(parent, name), { recursive: true, force: true });
    }
    const folder = join(parent, `${prefix}${process.pid}.${randomBytes(4).toString('hex')}.partial`);
    await mkdir(folder);
    return new StagingFolder(whole, folder);
  }

  /** What was written so far, in order. */
  get files(): readonly StagedFile[] {
    return this.#files;
  }

  /** Writes a file and waits until it is on the disk. */
  async write(path: string, content: Uint8Array | string): Promise<StagedFile> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const handle = await open(await this.#place(path), 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return this.#note({ path, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length });
  }

  /** Makes `path` another name of the file `original`. Throws `file` when the two are not on one drive. */
  async link(path: string, original: string): Promise<StagedFile> {
    const place = await this.#place(path);
    try {
      await link(diskPath(original), place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      const message = 'the export lies on another drive than the originals, where links cannot reach: copy instead';
      throw new Problem('usage', { message }, { cause: error });
    }
    return this.#note({ path, ...(await hashOfFile(place)) });
  }

  /** Lets `write` make the file at the path it is given, and takes it in. */
  async adopt(path: string, write: (absolute: string) => Promise<unknown>): Promise<StagedFile> {
    const place = await this.#place(path);
    await write(place);
    return this.#note({ path, ...(await hashOfFile(place)) });
  }

  /** Gives the folder its name. After this it is complete, whatever happens. */
  async commit(): Promise<void> {
    for (const folder of [...this.#folders, this.#folder]) await syncFolder(folder);
    if ((await statOf(this.target)) !== undefined) {
      throw new Problem('file', { file: this.target, reason: 'exists already' });
    }
    await rename(this.#folder, this.target);
    await syncFolder(dirname(this.target));
  }

  /** Leaves nothing behind, unless the drive refuses: what follows an error must not hide it. */
  async discard(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
  }

  async #place(path: string): Promise<string> {
    const place = join(this.#folder, path);
    makeFolder(dirname(place));
    this.#folders.add(dirname(place));
    return place;
  }

  #note(file: StagedFile): StagedFile {
    this.#files.push(file);
    return file;
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

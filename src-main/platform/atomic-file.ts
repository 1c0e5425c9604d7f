// Writes a file so that a reader sees the old content or the whole new content, whatever happens in between.
import { createHash, randomBytes } from 'node:crypto';
import { constants, copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Temporary files bear the machine and the process that write them: what a killed one has left is known by that. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const temporaryName = new RegExp(`^\\..+\\.${machine}-(\\d+)\\.[0-9a-f]{8}\\.tmp$`);

/**
 * Writes `content` (parts: one after the other) to `path` through a temporary file in the same folder: write, fsync, rename, fsync of the
 * folder (where the platform allows to open a folder). Creates missing folders. On failure the temporary is removed; those
 * that killed processes have left in the folder are removed when this process first writes there.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const file = await openAtomicFile(path);
  try {
    for (const part of Array.isArray(content) ? content : [content]) await file.write(part);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A file that is written in parts, and is there once all of it is. */
export interface AtomicFile {
  /** Where the parts are until then. */
  readonly temporary: string;
  readonly write: (part: string | Uint8Array) => Promise<void>;
  /** The same with several parts at once, which are not copied together first. */
  readonly writeAll: (parts: readonly Uint8Array[]) => Promise<void>;
  /** Makes the content durable and gives the file its name; the name is durable after `syncFolder`. */
  readonly commit: () => Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  readonly discard: () => Promise<void>;
}

/** Begins a file at `path` as `writeFileAtomic` does. */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const folder = dirname(path);
  await prepareFolder(folder);
  const owner = `${machine}-${process.pid}`;
  const temporary = join(folder, `.${basename(path)}.${owner}.${randomBytes(4).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx');
  let named = false;
  return {
    temporary,
    write: (part) => handle.writeFile(part),
    async writeAll(parts) {
      const { bytesWritten } = await handle.writev([...parts]);
      // A system may write a part of it only.
      let left = bytesWritten;
      for (const part of parts) {
        if (left < part.length) await handle.writeFile(part.subarray(left));
        left = Math.max(0, left - part.length);
      }
    },
    async commit() {
      await handle.sync();
      await handle.close();
      await rename(temporary, path);
      named = true;
    },
    async discard() {
      await handle.close().catch(() => {});
      // A drive that refuses this as well is not the reason to be told.
      if (!named) await rm(temporary, { force: true }).catch(() => {});
    },
  };
}

const prepared = new Map<string, Promise<void>>();

async function prepareFolder(folder: string): Promise<void> {
  const first = makeFolder(folder);
  // A new folder is as durable as its name in the one above.
  if (first !== undefined) return syncFolder(dirname(first));
  const whole = resolve(folder);
  const clearing = prepared.get(whole) ?? clearTemporaries(whole);
  prepared.set(whole, clearing);
  await clearing;
}

/** Removes what killed processes of this machine have left in a folder. */
export async function clearTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = temporaryName.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { force: true });
  }
}

/** True while a process of this machine has the id. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes the content of a file durable. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Copies a file, without copying its bytes where the drive can share them; then makes it and its name durable. Creates missing folders. */
export async function copyDurably(from: string, to: string): Promise<void> {
  makeFolder(dirname(to));
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
  await syncFolder(dirname(to));
}

/** Makes a rename inside `folder` durable. Windows cannot open folders: there the journal of NTFS must do. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

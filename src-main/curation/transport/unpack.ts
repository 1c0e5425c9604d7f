// Opens what `export pack` has made: parts checked and joined, decrypted, and the export checked before it appears.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { checksumsName, parseChecksums, readChecksums } from '../export/checksums.ts';
import { StagingFolder } from '../export/staging-folder.ts';
import { decrypted, type Unlocking } from './age.ts';
import { readTar } from './tar.ts';

/** The parts of a packed export in their order, with their checksums. */
export interface PackedParts {
  readonly parts: readonly { readonly name: string; readonly sha256: string }[];
  readonly isEncrypted: boolean;
}

/** What a folder holds by its checksums; undefined when it is no packed export. Throws `content`. */
export async function packedParts(folder: string): Promise<PackedParts | undefined> {
  const sums = await readChecksums(folder);
  const parts = [...sums]
    .filter(([name]) => /^[^/]+\.tar(\.age)?(\.\d{4})?$/.test(name))
    .map(([name, sha256]) => ({ name, sha256 }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (parts.length === 0 || sums.has('manifest.json')) return undefined;
  return { parts, isEncrypted: parts.every(({ name }) => /\.age(\.\d{4})?$/.test(name)) };
}

/**
 * Makes `target` with the export; how many files it has. It appears only when every file is there and as its own SHA256SUMS says.
 * Throws `content` for parts that are missing, altered or not packed by us, `missing` without a key for what is encrypted.
 */
export async function unpackExport(
  {
    folder,
    target,
    unlocking,
  }: { readonly folder: string; readonly target: string; readonly unlocking: Unlocking | undefined },
  control: JobControl,
): Promise<{ readonly target: string; readonly files: number }> {
  const source = resolve(folder);
  const packed = await packedParts(source);
  if (packed === undefined) throw new Problem('content', { file: source, reason: 'is not a packed export' });
  const { parts, isEncrypted } = packed;
  if (isEncrypted && unlocking === undefined) throw new Problem('missing', { what: 'passphrase or key', name: source });
  const staging = await StagingFolder.open(target);
  try {
    const joined = joinedParts(source, parts, control);
    const plain = isEncrypted ? decrypted(joined, unlocking!, source) : joined;
    let listed: ReadonlyMap<string, string> | undefined;
    for await (const { name, bytes } of readTar(plain, source)) {
      // Below the folder's name, whatever that is.
      const path = name.replace(/^[^/]+\//, '');
      await staging.adopt(path, async (absolute) => {
        await pipeline(Readable.from(bytes), createWriteStream(absolute, { flags: 'wx', flush: true }));
        if (path === checksumsName) listed = parseChecksums(await readFile(absolute, 'utf8'), path);
      });
    }
    checkFiles(source, staging, listed);
    await staging.commit();
    return { target: staging.target, files: staging.files.length };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

/** Throws `content` unless the files are those of their own checksums, no more and no less. */
function checkFiles(source: string, { files }: StagingFolder, listed: ReadonlyMap<string, string> | undefined): void {
  const broken = (reason: string) => new Problem('content', { file: source, reason });
  if (listed === undefined) throw broken('holds no export: SHA256SUMS is missing');
  const found = files.filter(({ path }) => path !== checksumsName);
  for (const { path, sha256 } of found) {
    if (listed.get(path) !== sha256) throw broken(`${path} is not what SHA256SUMS says`);
  }
  if (found.length !== listed.size) throw broken(`has ${found.length} of ${listed.size} files`);
}

/** The bytes of the parts one after the other; each is compared with its checksum once it has been read. */
async function* joinedParts(
  folder: string,
  parts: PackedParts['parts'],
  control: JobControl,
): AsyncGenerator<Uint8Array> {
  for (const [index, { name, sha256 }] of parts.entries()) {
    const hash = createHash('sha256');
    const path = join(folder, name);
    try {
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        checkpoint(control, 'unpacking');
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Problem('content', { file: path, reason: 'is missing' }, { cause: error });
    }
    if (hash.digest('hex') !== sha256) throw new Problem('content', { file: path, reason: 'was changed' });
    control.report({ stage: 'unpacking', done: index + 1, total: parts.length });
  }
}

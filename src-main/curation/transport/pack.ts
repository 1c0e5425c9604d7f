// Packs a checked export for transport: one tar archive, encrypted or not, in parts that `cat` joins, with checksums of the parts.

import { createWriteStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ByteStream } from '../../platform/byte-stream.ts';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { checksums, checksumsName, readChecksums } from '../export/checksums.ts';
import { StagingFolder } from '../export/staging-folder.ts';
import { verifyExport } from '../export/verify-export.ts';
import { encrypted, type Locking } from './age.ts';
import { type TarFile, tarOf, tarSize } from './tar.ts';

/** What to pack, and how. */
export interface Packing {
  /** The export. */
  readonly folder: string;
  /** The folder to be made. */
  readonly target: string;
  /** Bytes of the largest part; undefined: one file. */
  readonly split: number | undefined;
  /** Undefined: not encrypted. */
  readonly locking: Locking | undefined;
}

export interface Packed {
  readonly target: string;
  readonly parts: number;
  readonly bytes: number;
}

const mostParts = 9999;

/**
 * Makes `target` with `NAME.tar`, `NAME.tar.age`, or parts of it (`.0001` and so on), SHA256SUMS and a text that says how to open
 * them. It appears only when it is complete. Throws `content` when the export is not as it was made: nothing else leaves.
 */
export async function packExport({ folder, target, split, locking }: Packing, control: JobControl): Promise<Packed> {
  const source = resolve(folder);
  const { faults } = await verifyExport(source, control);
  if (faults.length > 0)
    throw new Problem('content', { file: source, reason: `is not as it was exported: ${faults[0]}` });
  const files = await filesOf(source);
  const total = tarSize(files);
  const archive = `${basename(source)}.tar${locking === undefined ? '' : '.age'}`;
  const staging = await StagingFolder.open(target);
  try {
    const plain = counted(tarOf(files), total, control);
    const bytes = locking === undefined ? plain : await encrypted(plain, locking);
    const chunks = new ByteStream(bytes);
    for (let part = 1; part === 1 || !(await chunks.isEmpty()); part++) {
      if (part > mostParts) throw new Problem('limit', { what: 'number of parts', value: part, limit: mostParts });
      const name = split === undefined ? archive : `${archive}.${String(part).padStart(4, '0')}`;
      const size = split ?? Number.POSITIVE_INFINITY;
      await staging.adopt(name, (path) =>
        pipeline(Readable.from(chunks.upTo(size)), createWriteStream(path, { flags: 'wx', flush: true })),
      );
    }
    const parts = staging.files.length;
    const written = staging.files.reduce((sum, { size }) => sum + size, 0);
    await staging.write('HOW-TO-OPEN.txt', instructions(archive, basename(source), split !== undefined));
    await staging.write(checksumsName, checksums(staging.files));
    checkpoint(control, 'packing');
    await staging.commit();
    return { target: staging.target, parts, bytes: written };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

/** Every file that the checksums of an export list, and these last, below the name of its folder. */
async function filesOf(source: string): Promise<readonly TarFile[]> {
  const paths = [...(await readChecksums(source)).keys(), checksumsName];
  const files: TarFile[] = [];
  for (const path of paths) {
    const { size } = await lstat(join(source, path));
    files.push({ name: `${basename(source)}/${path}`, path: join(source, path), size });
  }
  return files;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  total: number,
  control: JobControl,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of chunks) {
    checkpoint(control, 'packing');
    yield chunk;
    done += chunk.length;
    control.report({ stage: 'packing', done, total });
  }
}

function instructions(archive: string, folder: string, isSplit: boolean): string {
  const encryptedToo = archive.endsWith('.age');
  const first = isSplit ? `cat ${archive}.*` : `cat ${archive}`;
  return `An export of Residua, packed for transport.

Check it:               sha256sum -c SHA256SUMS
Open it with Residua:   residua export unpack THIS-FOLDER --out ${folder}
Open it without:        ${first}${encryptedToo ? ' | age -d' : ''} | tar x
Check what came out:    cd ${folder} && sha256sum -c SHA256SUMS     (or: residua export verify ${folder})
${encryptedToo ? '\nIt is encrypted in the age format (https://age-encryption.org); with a secret key: age -d -i KEYFILE.\n' : ''}`;
}

// Backs up a catalog while it is in use, and restores it: database, heads of the audit log, files beside it.
import { dirname, join, relative, resolve, sep } from 'node:path';
import { headsUpTo } from '../../catalog/audit-heads.ts';
import { type Catalog, openCatalog } from '../../catalog/catalog.ts';
import { lastHead } from '../../catalog/tables/audit.ts';
import { copyDurably, syncFile } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { checksumFaults, checksums, checksumsName, filesBelow, readChecksums } from '../export/checksums.ts';
import { StagingFolder } from '../export/staging-folder.ts';

/** A folder that was written, and what it holds. */
export interface CopyReport {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

const databaseName = 'catalog.sqlite';
const headsName = 'audit-heads.txt';
/** Where a catalog keeps the key of its pseudonyms. It is in no backup: who has backups must not get identities by it. */
export const keyPath = 'secrets/pseudonyms.key';
/** Copied in their own way, or not at all: SQLite's working files, half-written files, secrets, locks of processes. */
const leftOut = /^(catalog\.sqlite(-wal|-shm|-journal)?|audit-heads\.txt|(secrets|locks)\/.*)$|\.tmp$|\.partial(\/|$)/;

/**
 * Copies a catalog, which others may use meanwhile, into the new folder `target`, which appears only when it is complete:
 * the database as of one moment (SQLite's online backup), then every file beside it, with checksums. Throws `file` when
 * `target` exists, `usage` when it lies in the catalog.
 */
export async function backupCatalog(catalog: Catalog, target: string, control: JobControl): Promise<CopyReport> {
  if (!relative(catalog.folder, resolve(target)).startsWith(`..${sep}`)) {
    throw new Problem('usage', { message: 'a backup cannot lie in the catalog itself' });
  }
  return staged(target, async (staging) => {
    let entries = 0;
    await staging.adopt(databaseName, async (copy) => {
      await catalog.backup(copy);
      entries = entriesOf(dirname(copy));
      await syncFile(copy);
    });
    // The heads of what the copy holds: others may have written more since.
    await staging.write(headsName, headsUpTo(catalog, entries));
    const files = (await filesBelow(catalog.folder)).filter((path) => !leftOut.test(path));
    await copyAll(catalog.folder, files, staging, control);
    await staging.write(checksumsName, checksums(staging.files));
  });
}

/**
 * Makes the catalog of a backup again in the new folder `target`. Throws `content` when the backup is not as it was
 * written, when the database is damaged or its audit log was tampered with; then there is no `target`.
 */
export async function restoreCatalog(backup: string, target: string, control: JobControl): Promise<CopyReport> {
  const sums = await readChecksums(backup);
  refuse(backup, await checksumFaults(backup, sums, control));
  return staged(target, async (staging) => {
    await copyAll(
      backup,
      [...sums.keys()].filter((path) => path !== databaseName),
      staging,
      control,
    );
    await staging.adopt(databaseName, async (copy) => {
      await copyDurably(join(backup, databaseName), copy);
      const catalog = openCatalog(dirname(copy));
      try {
        refuse(backup, [...catalog.integrityFaults(), ...verifyAudit(catalog).faults]);
      } finally {
        catalog.close();
      }
    });
  });
}

/** How many entries the audit log of the catalog in `folder` has. */
function entriesOf(folder: string): number {
  const copy = openCatalog(folder);
  try {
    return lastHead(copy).number;
  } finally {
    copy.close();
  }
}

async function staged(target: string, fill: (staging: StagingFolder) => Promise<void>): Promise<CopyReport> {
  const staging = await StagingFolder.open(target);
  try {
    await fill(staging);
    await staging.commit();
  } catch (error) {
    await staging.discard();
    throw error;
  }
  const bytes = staging.files.reduce((sum, { size }) => sum + size, 0);
  return { folder: staging.target, files: staging.files.length, bytes };
}

async function copyAll(
  folder: string,
  files: readonly string[],
  staging: StagingFolder,
  control: JobControl,
): Promise<void> {
  for (const [index, path] of files.entries()) {
    checkpoint(control, 'copying the catalog');
    await staging.adopt(path, (copy) => copyDurably(join(folder, path), copy));
    control.report({ stage: 'copying the catalog', done: index + 1, total: files.length });
  }
}

function refuse(backup: string, [fault, ...others]: readonly string[]): void {
  if (fault === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new Problem('content', { file: backup, reason: `the backup is damaged: ${fault}${more}` });
}

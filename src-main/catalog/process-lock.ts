// Whether the process that holds a run is alive: a lock that the operating system gives back when its holder ends, however it ends.
import { randomInt } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { systemCode } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { Catalog } from './catalog.ts';

/** Held until `release` or the end of this process. The number is nobody else's, unlike a process id, which comes again. */
export interface ProcessLock {
  readonly number: number;
  readonly release: () => void;
}

const fileOf = (catalog: Catalog, number: number): string => catalog.path(`locks/${number}.lock`);

/** Takes a new lock in the catalog's folder: SQLite's own lock of an empty database, the same on every platform. */
export function holdProcessLock(catalog: Catalog): ProcessLock {
  const number = randomInt(2 ** 48 - 1);
  const file = fileOf(catalog, number);
  makeFolder(dirname(file));
  const database = new Sqlite(file);
  database.exec('BEGIN EXCLUSIVE');
  return {
    number,
    release: () => {
      database.close();
      rmSync(file, { force: true });
    },
  };
}

/** True while the holder of this lock lives. */
export function isProcessAlive(catalog: Catalog, number: number): boolean {
  const file = fileOf(catalog, number);
  if (!existsSync(file)) return false;
  const database = new Sqlite(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (systemCode(error) === 'SQLITE_BUSY') return true;
    throw error;
  } finally {
    database.close();
  }
  rmSync(file, { force: true });
  return false;
}

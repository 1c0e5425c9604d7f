// Brings a catalog's database to the newest schema, one numbered migration after the other, each in one transaction.
import type { Database } from 'better-sqlite3';
import { Problem } from '../platform/errors.ts';
import { initial } from './migrations/1-initial.ts';
import { oddFiles } from './migrations/2-odd-files.ts';
import { fingerprints } from './migrations/3-fingerprints.ts';
import { reasons } from './migrations/4-reasons.ts';
import { calibration } from './migrations/5-calibration.ts';
import { views } from './migrations/6-views.ts';
import { boxes } from './migrations/7-boxes.ts';
import { metadataColumns } from './migrations/8-columns.ts';
import { map } from './migrations/9-map.ts';
import { archiveMoves } from './migrations/10-archive-moves.ts';
import { readers } from './migrations/11-readers.ts';
import { origins } from './migrations/12-origins.ts';
import { removedContent } from './migrations/13-removed-content.ts';

/** Migration n, at index n - 1, takes a database of version n - 1 to version n. */
const migrations: readonly string[] = [
  initial,
  oddFiles,
  fingerprints,
  reasons,
  calibration,
  views,
  boxes,
  metadataColumns,
  map,
  archiveMoves,
  readers,
  origins,
  removedContent,
];

/** The schema version that this program writes. */
export const schemaVersion = migrations.length;

/** Marks a database as a Residua catalog: 'Resi' as `application_id`. */
const applicationId = 0x52_65_73_69;

/** Throws `format` for a database of another program and `mismatch` for one that a newer Residua has written. */
export function checkSchema(database: Database, file: string): void {
  const tables = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()!.count;
  if (tables > 0 && pragma(database, 'application_id') !== applicationId) {
    throw new Problem('format', { file, found: 'an SQLite database of another program' });
  }
  const version = pragma(database, 'user_version');
  if (version <= schemaVersion) return;
  const [expected, found] = [`version ${schemaVersion} or older`, `version ${version}, of a newer Residua`];
  throw new Problem('mismatch', { what: `schema of ${file}`, expected, found });
}

/**
 * Applies the missing migrations, all or none; whether that made a new catalog. Of two processes that open a new catalog at
 * once one makes it.
 */
export function migrate(database: Database): boolean {
  return database
    .transaction(() => {
      const version = pragma(database, 'user_version');
      if (version >= schemaVersion) return false;
      for (const migration of migrations.slice(version)) database.exec(migration);
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${schemaVersion}`);
      return version === 0;
    })
    .immediate();
}

function pragma(database: Database, name: 'application_id' | 'user_version'): number {
  return Number(database.pragma(name, { simple: true }));
}

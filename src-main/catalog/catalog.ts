// The open catalog: a folder with `catalog.sqlite` and the files beside it; tables/ holds the queries, one file per table.
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize, resolve, sep } from 'node:path';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { Problem } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { trace, tracing } from '../platform/trace.ts';
import { inWords, systemReason } from '../platform/words.ts';
import { beginHeads } from './audit-heads.ts';
import { refuseNetworkShare } from './local-folder.ts';
import { checkSchema, migrate } from './migrate.ts';

/** What SQLite stores: numbers, text, nothing. Pixels never. */
export type Value = string | number | null | Uint8Array;
/** Values by the names they have in the SQL (`@name`). */
export type Values = Readonly<Record<string, Value>>;

/** Folders beside the database, for the files that rows name. */
const subfolders = ['reconstructions', 'score-maps', 'models', 'logs'] as const;
const databaseName = 'catalog.sqlite';
const oldestNode = [22, 12] as const;

/** A statement that takes longer is worth a line of a trace. */
const slowMilliseconds = 50;

/** Runs a statement; with RESIDUA_TRACE, a slow one is noted by its text, which holds no value. */
function timed<T>(sql: string, run: () => T): T {
  if (!tracing) return run();
  const began = performance.now();
  try {
    return run();
  } finally {
    if (performance.now() - began > slowMilliseconds) trace('sql', sql.replaceAll(/\s+/g, ' ').trim(), began);
  }
}

/** What a transaction does beside the database, around its commit. */
export interface CommitStep {
  readonly before: () => void;
  readonly after: () => void;
}

/**
 * An open catalog. Queries are plain functions over it, one module per table in `tables/`:
 * `importFiles`, `pageImages`, `countImages`, `imageIds`, `imageRows` (images), `createCohort` (cohorts),
 * `createRun`, `nextItems`, `recordResults` (runs), `setSetting` (settings), `appendAudit` (audit) and so on.
 * Everything is synchronous; several processes may have the same catalog open, each waits for the other's
 * transactions. SQL is constant text with named parameters and is prepared once.
 */
export class Catalog {
  readonly folder: string;
  /** Its folder does not let this user write: nothing of it can be changed. */
  readonly readOnly: boolean;
  readonly #database: Database;
  readonly #steps = new Map<string, CommitStep>();
  readonly #statements = new Map<string, Statement<[Values], unknown>>();

  readonly #copy: string | undefined;

  /** `copy`: a folder of ours with the copy of the database that is read, gone once the catalog is closed. */
  constructor(folder: string, database: Database, copy?: string) {
    this.folder = folder;
    this.#database = database;
    this.#copy = copy;
    this.readOnly = copy !== undefined;
  }

  /** Every row of a query. `Row` is what the SQL selects: the caller's word, checked by the tests. */
  all<Row>(sql: string, values: Values = {}): readonly Row[] {
    return timed(sql, () => this.#prepare(sql).all(values) as Row[]);
  }

  /** The first column of every row of a query. */
  column<T extends Value>(sql: string, values: Values = {}): readonly T[] {
    const statement = this.#prepare(sql).pluck();
    try {
      return timed(sql, () => statement.all(values) as T[]);
    } finally {
      statement.pluck(false);
    }
  }

  /** The first row, or undefined. */
  get<Row>(sql: string, values: Values = {}): Row | undefined {
    return timed(sql, () => this.#prepare(sql).get(values) as Row | undefined);
  }

  /** Rows one after the other; the catalog can not be written to before the last. */
  iterate<Row>(sql: string, values: Values = {}): IterableIterator<Row> {
    return this.#prepare(sql).iterate(values) as IterableIterator<Row>;
  }

  /** Runs a statement; the number of rows it changed and the id it inserted last. */
  run(sql: string, values: Values = {}): { readonly changes: number; readonly id: number } {
    const { changes, lastInsertRowid } = timed(sql, () => this.#prepare(sql).run(values));
    return { changes, id: Number(lastInsertRowid) };
  }

  /** All of `work` or nothing. Within another transaction it is a part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#database.inTransaction) return this.#database.transaction(work)();
    const whole = () => {
      const result = work();
      for (const { before } of this.#steps.values()) before();
      return result;
    };
    try {
      const result = this.#database.transaction(whole).immediate();
      for (const { after } of this.#steps.values()) after();
      return result;
    } finally {
      this.#steps.clear();
    }
  }

  /**
   * Does `before` as the last thing of the present transaction and `after` once it is on the disk; neither when it fails
   * before. The first step of a name in a transaction counts. Only within a transaction.
   */
  onCommit(name: string, step: CommitStep): void {
    if (!this.#database.inTransaction) throw new Error(`${name} is a step of no transaction`);
    if (!this.#steps.has(name)) this.#steps.set(name, step);
  }

  /** The absolute path of a file beside the database. Throws `usage` when `relative` leaves the catalog's folder. */
  path(relative: string): string {
    const absolute = resolve(this.folder, normalize(relative));
    if (absolute.startsWith(this.folder + sep)) return absolute;
    throw new Problem('usage', { message: 'a file of the catalog must lie in its folder' });
  }

  /** Copies the database as it is now to `file`, while others may write. */
  async backup(file: string): Promise<void> {
    await this.#database.backup(file);
  }

  /** A number that is another one once another process or connection has written; own writes do not count. */
  version(): number {
    return this.column<number>('PRAGMA data_version')[0]!;
  }

  /** What SQLite finds wrong with its file; empty when all is well. */
  integrityFaults(): readonly string[] {
    const found = this.column<string>('PRAGMA integrity_check');
    const orphans = this.all('PRAGMA foreign_key_check').map(() => 'a row refers to another that is not there');
    return [...found.filter((line) => line !== 'ok'), ...orphans];
  }

  close(): void {
    if (!this.#database.open) return;
    this.#statements.clear();
    if (!this.readOnly) this.#database.pragma('optimize');
    this.#database.close();
    if (this.#copy !== undefined) rmSync(this.#copy, { recursive: true, force: true });
  }

  #prepare(sql: string): Statement<[Values], unknown> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare<[Values], unknown>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Opens the catalog in `folder`; with `create` also a new one in a folder that has none. Brings an older schema up to
 * date. A catalog whose folder this user may not write is opened for reading. Throws `missing` (no catalog there), `file` (network share, cannot be opened), `format` (not a catalog),
 * `mismatch` (written by a newer Residua; Node.js too old).
 */
export function openCatalog(folder: string, { create = false }: { readonly create?: boolean } = {}): Catalog {
  checkNodeVersion(process.versions.node);
  const home = resolve(folder);
  const file = join(home, databaseName);
  try {
    if (create) for (const name of subfolders) makeFolder(join(home, name));
    if (!create && existsSync(file) && !isWritable(home, file)) return openForReading(home);
    refuseNetworkShare(home);
    const database = new Sqlite(file, { fileMustExist: !create, timeout: 10_000 });
    try {
      return configure(home, file, database);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if ((code === 'ENOENT' && !create) || (code === 'SQLITE_CANTOPEN' && !existsSync(file))) {
      throw new Problem('missing', { what: 'catalog', name: home }, { cause: error });
    }
    if (code === 'SQLITE_NOTADB') throw new Problem('format', { file, found: 'not an SQLite database' });
    // SQLite does not say why it cannot write; where it was not even reached, the system has said.
    const refusal = code?.startsWith('SQLITE_') ? refusalOf(home) : error;
    throw new Problem('file', { file: home, reason: systemReason(refusal) ?? inWords(error) }, { cause: error });
  }
}

function isWritable(...paths: readonly string[]): boolean {
  try {
    for (const path of paths) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens the catalog in `home` for reading: SQLite cannot read a write-ahead log without writing beside it, so a copy of the
 * database is read, which is brought up to date and then let nobody write. Throws as `openCatalog`.
 */
export function openForReading(home: string): Catalog {
  const copy = mkdtempSync(join(tmpdir(), 'residua-reading-'));
  try {
    for (const name of [databaseName, `${databaseName}-wal`]) {
      const from = join(home, name);
      if (existsSync(from)) copyFileSync(from, join(copy, name), constants.COPYFILE_FICLONE);
      if (existsSync(join(copy, name))) chmodSync(join(copy, name), 0o600);
    }
    const file = join(copy, databaseName);
    const database = new Sqlite(file, { fileMustExist: true });
    try {
      prepare(database, join(home, databaseName));
      migrate(database);
      database.pragma('query_only = ON');
      return new Catalog(home, database, copy);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
}

/** Why the system lets nobody write into a folder; undefined when it lets. */
function refusalOf(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Throws `mismatch` below the Node.js version whose binary interface better-sqlite3 13 needs. */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Problem('mismatch', { what: 'Node.js', expected: `${oldestNode.join('.')} or newer`, found: version });
}

function configure(folder: string, file: string, database: Database): Catalog {
  prepare(database, file);
  const made = migrate(database);
  const catalog = new Catalog(folder, database);
  if (made) beginHeads(catalog);
  return catalog;
}

function prepare(database: Database, file: string): void {
  checkSchema(database, file);
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') throw new Problem('file', { file, reason: 'the file system does not allow write-ahead logging' });
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('trusted_schema = OFF');
  database.pragma('cache_size = -65536');
  database.pragma('temp_store = MEMORY');
}

// The file of audit heads beside the database: every head of the chain, written a second time by the program that makes the entry.
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';

/** Where a catalog keeps its files. */
interface Beside {
  readonly path: (name: string) => string;
}

/** The end of the chain after `number` entries. */
export interface AuditHead {
  readonly number: number;
  readonly hash: string;
}

/** The head of a chain without entries. */
export const genesis: AuditHead = { number: 0, hash: '0'.repeat(64) };

/**
 * In the catalog's folder, written only by the program that makes an entry: `begin number hash` before its transaction is
 * committed, `number hash` after. A crash between the two leaves the first line, whether the entry came to be or not.
 */
const headsName = 'audit-heads.txt';

/** A head beside the database. */
export interface WrittenHead extends AuditHead {
  /** Whether its entry was on the disk when it was written. */
  readonly committed: boolean;
}

/** The heads beside the database, as written; undefined when the file is not there. A torn last line is left out. */
export function headsBeside(catalog: Beside): readonly WrittenHead[] | undefined {
  const path = catalog.path(headsName);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => /^(begin )?(\d+) ([0-9a-f]{64})$/.exec(line))
    .filter((match) => match !== null)
    .map(([, begin, number, hash]) => ({ number: Number(number), hash: hash!, committed: begin === undefined }));
}

/** The text of a file of heads for the first `entries` entries, from the heads beside the database. */
export function headsUpTo(catalog: Beside, entries: number): string {
  return (headsBeside(catalog) ?? [])
    .filter(({ number }) => number <= entries)
    .map(({ number, hash, committed }) => `${committed ? '' : 'begin '}${number} ${hash}\n`)
    .join('');
}

/**
 * Makes the file of heads of a new catalog. Only then: a file that is missing later, and a head that is missing in it, are
 * not made up from the database, which `verifyAudit` could then no longer check.
 */
export function beginHeads(catalog: Beside): void {
  writeHeads(catalog, '', [genesis]);
}

/** Appends heads to the file. */
export function writeHeads(catalog: Beside, mark: '' | 'begin ', heads: readonly AuditHead[]): void {
  if (heads.length === 0) return;
  const file = openSync(catalog.path(headsName), 'a');
  try {
    // The line break in front ends a line that a crash has torn.
    appendFileSync(file, `\n${heads.map(({ number, hash }) => `${mark}${number} ${hash}\n`).join('')}`);
    // The line from before the commit must be there once the entry is; the one from after may get lost with the power.
    if (mark === 'begin ') fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

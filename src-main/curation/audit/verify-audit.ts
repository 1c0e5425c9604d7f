// Finds any edit, deletion or truncation of the audit log, and any verdict that is not as it was audited.
import type { Catalog } from '../../catalog/catalog.ts';
import { auditEntries, genesis, hashOf, headInSettings, headsBeside } from '../../catalog/tables/audit.ts';
import { digestOfAction, verdictFaults } from '../../catalog/tables/verdicts.ts';
import { verdictEvent } from '../verdicts/decide.ts';

/** How many entries were checked, and what is wrong in words; nothing is wrong when there are no faults. */
export interface AuditReport {
  readonly entries: number;
  /** Hash of the last entry: written down elsewhere, it proves later that the log was only appended to. */
  readonly head: string;
  readonly faults: readonly string[];
}

/**
 * Recomputes the chain of hashes and compares it with the heads that are kept beside the database and in its settings,
 * and the verdicts with the digests in the log. Somebody who can write both the database and the file beside it can
 * forge all of it; `head`, written down elsewhere, is the remedy.
 */
export function verifyAudit(catalog: Catalog): AuditReport {
  const faults: string[] = [];
  const actions = new Set<number>();
  const heads = headsOf(catalog, faults);
  let last = genesis;
  for (const entry of auditEntries(catalog)) {
    const name = `entry ${entry.number}`;
    if (entry.number !== last.number + 1) faults.push(`${between(last.number + 1, entry.number - 1)} missing`);
    else if (entry.previous !== last.hash) faults.push(`${name} does not follow from entry ${last.number}`);
    if (entry.hash !== hashOf(entry, entry.previous)) faults.push(`${name} was edited`);
    const head = heads?.get(entry.number);
    if (heads !== undefined && head !== entry.hash) {
      faults.push(head === undefined ? `${name} has no head beside the database` : `${name} is not what was written`);
    }
    if (entry.event === verdictEvent) {
      const action = Number(entry.details.action);
      actions.add(action);
      if (digestOfAction(catalog, action) !== entry.details.digest) {
        faults.push(`the verdicts of ${name} were edited or deleted`);
      }
    }
    last = { number: entry.number, hash: entry.hash };
  }
  const furthest = Math.max(0, ...(heads?.keys() ?? []));
  if (furthest > last.number) faults.push(`${between(last.number + 1, furthest)} missing at the end`);
  const setting = headInSettings(catalog) ?? genesis;
  if (setting.number !== last.number || setting.hash !== last.hash) {
    faults.push(`the log ends with entry ${last.number}, the settings say ${setting.number}`);
  }
  return { entries: last.number, head: last.hash, faults: [...faults, ...verdictFaults(catalog, actions)] };
}

/** `entry 2 is` or `entries 2 to 4 are`. */
function between(first: number, last: number): string {
  return first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;
}

function headsOf(catalog: Catalog, faults: string[]): ReadonlyMap<number, string> | undefined {
  const written = headsBeside(catalog);
  if (written === undefined) {
    faults.push('the file of heads beside the database is missing');
    return undefined;
  }
  const heads = new Map<number, string>();
  for (const { number, hash } of written) {
    if ((heads.get(number) ?? hash) !== hash)
      faults.push(`entry ${number} has two different heads beside the database`);
    heads.set(number, hash);
  }
  return heads;
}

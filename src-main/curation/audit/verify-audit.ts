// Finds any edit, deletion or truncation of the audit log, and any verdict that is not as it was audited.

import { genesis, headsBeside, type WrittenHead } from '../../catalog/audit-heads.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type AuditEntry, auditEntries, hashOf, headInSettings } from '../../catalog/tables/audit.ts';
import { annotationsById } from '../../catalog/tables/marks.ts';
import { readerFaults } from '../../catalog/tables/reader-verdicts.ts';
import {
  type DigestVersion,
  digestOfAction,
  hasVerdicts,
  storedAction,
  verdictFaults,
} from '../../catalog/tables/verdicts.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { annotationEvent } from '../annotations/annotate.ts';
import { verdictEvent } from '../verdicts/decide.ts';
import { type Removals, removalsIn } from './removals.ts';

/** How many entries were checked, and what is wrong in words; nothing is wrong when there are no faults. */
export interface AuditReport {
  readonly entries: number;
  /** Hash of the last entry: written down elsewhere, it proves later that the log was only appended to. */
  readonly head: string;
  readonly faults: readonly string[];
}

/**
 * Recomputes the chain of hashes and compares it with the heads that were written beside the database and in its settings,
 * and steps and verdicts with the digests in the log. Somebody who can write both the database and the file beside it can
 * forge all of it; `noted`, the hash of an entry that was written down elsewhere, is the remedy: it must be in the chain.
 */
export function verifyAudit(catalog: Catalog, noted?: string): AuditReport {
  const faults: string[] = [];
  const actions = new Set<number>();
  const hashes = new Set<string>([genesis.hash]);
  const heads = headsOf(catalog, faults);
  const annotations = new Map<number, AuditEntry>();
  let last = genesis;
  const entries = auditEntries(catalog);
  const removals = removalsIn(entries);
  for (const entry of entries) {
    const name = `entry ${entry.number}`;
    if (entry.number !== last.number + 1) faults.push(`${between(last.number + 1, entry.number - 1)} missing`);
    else if (entry.previous !== last.hash) faults.push(`${name} does not follow from entry ${last.number}`);
    if (entry.hash !== hashOf(entry, entry.previous)) faults.push(`${name} was edited`);
    if (heads !== undefined) faults.push(...headFaults(entry, heads.get(entry.number) ?? []));
    if (entry.event === verdictEvent) {
      actions.add(Number(entry.details.action));
      faults.push(...stepFaults(catalog, entry, removals));
    }
    if (entry.event === annotationEvent) {
      const id = Number(entry.details.id);
      if (entry.details.kind === 'add' && !removals.tookAnnotation(id)) annotations.set(id, entry);
      else annotations.delete(id);
    }
    hashes.add(entry.hash);
    last = { number: entry.number, hash: entry.hash };
  }
  const written = [...(heads?.values() ?? [])].flat().filter(({ committed }) => committed);
  const furthest = Math.max(0, ...written.map(({ number }) => number));
  if (furthest > last.number) faults.push(`${between(last.number + 1, furthest)} missing at the end`);
  const setting = headInSettings(catalog) ?? genesis;
  if (setting.number !== last.number || setting.hash !== last.hash) {
    faults.push(`the log ends with entry ${last.number}, the settings say ${setting.number}`);
  }
  if (noted !== undefined && !hashes.has(noted)) {
    faults.push('the noted head is not in the log: entries were edited or removed since');
  }
  return {
    entries: last.number,
    head: last.hash,
    faults: [
      ...faults,
      ...verdictFaults(catalog, actions),
      ...readerFaults(catalog),
      ...annotationFaults(catalog, annotations),
    ],
  };
}

/** `entry 2 is` or `entries 2 to 4 are`. */
function between(first: number, last: number): string {
  return first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;
}

/** The heads beside the database by the number of their entry. */
function headsOf(catalog: Catalog, faults: string[]): ReadonlyMap<number, readonly WrittenHead[]> | undefined {
  const written = headsBeside(catalog);
  if (written === undefined) faults.push('the file of heads beside the database is missing');
  return written && Map.groupBy(written, ({ number }) => number);
}

/** Compares an entry with the heads recorded for its number: a committed head must match; if there is none, one of the uncommitted heads must. */
function headFaults(entry: AuditEntry, heads: readonly WrittenHead[]): readonly string[] {
  const name = `entry ${entry.number}`;
  if (heads.length === 0) return [`${name} has no head beside the database`];
  const committed = new Set(heads.filter(({ committed }) => committed).map(({ hash }) => hash));
  if (committed.size > 1) return [`${name} has two different heads beside the database`];
  const known = committed.size === 1 ? committed : new Set(heads.map(({ hash }) => hash));
  return known.has(entry.hash) ? [] : [`${name} is not what was written`];
}

const digestVersions: readonly DigestVersion[] = [1, 2, 3];

/** Whether a step of the verdicts, and they themselves, are as they were audited: all of them, or what removals have left. */
function stepFaults(
  catalog: Catalog,
  { number, at, actor, details }: AuditEntry,
  removals: Removals,
): readonly string[] {
  const id = Number(details.action);
  const version = digestVersions.find((known) => known === details.digestVersion) ?? 1;
  const digest = removals.digestOf(id, version) ?? details.digest;
  const same = removals.isEmptied(id) ? !hasVerdicts(catalog, id) : digestOfAction(catalog, id, version) === digest;
  if (!same) {
    return [`the verdicts of entry ${number} were edited or deleted`];
  }
  // Digests of version 1 do not cover the step; the entry itself says who made it and when.
  const step = storedAction(catalog, id);
  const audited = { kind: details.kind, target: details.target ?? null, reviewer: details.reviewer ?? actor, at };
  const sameStep =
    step?.kind === audited.kind &&
    step?.target === audited.target &&
    step?.reviewer === audited.reviewer &&
    step?.at === audited.at;
  return sameStep ? [] : [`the step of entry ${number} was edited or deleted`];
}

/** Annotations that are not as the entry says that added them. What nobody audited, such as a demonstration's, is not known. */
function annotationFaults(catalog: Catalog, added: ReadonlyMap<number, AuditEntry>): readonly string[] {
  const stored = annotationsById(catalog);
  return [...added].flatMap(([id, { number, at, actor, details }]) => {
    const said: AuditEntry['details'] = { reviewer: actor, at, ...details };
    const { kind: _, ...audited } = said;
    const same = canonicalJson(stored.get(id) ?? null) === canonicalJson(audited);
    return same ? [] : [`the annotation of entry ${number} was edited or deleted`];
  });
}

// Table `audit`: append-only, each entry hashed over the one before; its maker writes every head a second time beside it.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { type AuditHead, genesis, writeHeads } from '../audit-heads.ts';
import type { Catalog } from '../catalog.ts';

/** What happened, who did it, and plain data about it (no patient data). */
export interface AuditEvent {
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An event in its place in the chain. */
export interface AuditEntry extends AuditEvent {
  /** From 1, without gaps. */
  readonly number: number;
  readonly previous: string;
  /** SHA-256 (hex) of the previous hash and the canonical JSON of this entry. */
  readonly hash: string;
}

const headSetting = 'audit.head';

/** Appends to the chain, in the transaction that it belongs to; its head is written beside the database with the commit. */
export function appendAudit(catalog: Catalog, event: AuditEvent): AuditEntry {
  return catalog.transaction(() => {
    const last = lastHead(catalog);
    const number = last.number + 1;
    const entry = { ...event, number, previous: last.hash, hash: hashOf({ ...event, number }, last.hash) };
    catalog.run(
      `INSERT INTO audit (number, at, actor, event, details, previous, hash)
       VALUES (@number, @at, @actor, @event, @details, @previous, @hash)`,
      { ...entry, details: canonicalJson(event.details) },
    );
    catalog.run(
      'INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT DO UPDATE SET value = excluded.value',
      { key: headSetting, value: canonicalJson({ number, hash: entry.hash }) },
    );
    catalog.onCommit('audit heads', {
      before: () => writeHeads(catalog, 'begin ', headsFrom(catalog, number)),
      after: () => writeHeads(catalog, '', headsFrom(catalog, number)),
    });
    return entry;
  });
}

/** The hash that belongs to an entry whose predecessor has the hash `previous`. */
export function hashOf(
  { number, at, actor, event, details }: AuditEvent & { readonly number: number },
  previous: string,
): string {
  return createHash('sha256')
    .update(`${previous}\n${canonicalJson({ number, at, actor, event, details })}`)
    .digest('hex');
}

/** Entries in order, from the one after `after`. */
export function auditEntries(catalog: Catalog, after = 0, limit = Number.MAX_SAFE_INTEGER): readonly AuditEntry[] {
  return catalog
    .all<Omit<AuditEntry, 'details'> & { readonly details: string }>(
      `SELECT number, at, actor, event, details, previous, hash FROM audit WHERE number > @after ORDER BY number LIMIT @limit`,
      { after, limit },
    )
    .map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }));
}

/** The head as the database's settings have it; undefined when nothing was ever audited. */
export function headInSettings(catalog: Catalog): AuditHead | undefined {
  const row = catalog.get<{ value: string }>('SELECT value FROM settings WHERE key = @key', { key: headSetting });
  return row === undefined ? undefined : (JSON.parse(row.value) as AuditHead);
}

function headsFrom(catalog: Catalog, first: number): readonly AuditHead[] {
  return catalog.all<AuditHead>('SELECT number, hash FROM audit WHERE number >= @first ORDER BY number', { first });
}

/** The end of the chain in the database. */
export function lastHead(catalog: Catalog): AuditHead {
  return catalog.get<AuditHead>('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1') ?? genesis;
}

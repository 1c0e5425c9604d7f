// Tables `actions` and `verdicts`: what reviewers decided, step by step; superseded, never overwritten.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Catalog } from '../catalog.ts';

export type Decision = 'keep' | 'reject' | 'unsure';

/**
 * `open` and `adjudicated` verdicts are in force until the next one of either. `blind` and `merged` ones are their reader's own:
 * they are in force nowhere.
 */
export type VerdictRole = 'open' | 'blind' | 'merged' | 'adjudicated';

/** A verdict as given; a null decision took the one before back. */
export interface Verdict {
  readonly id: number;
  readonly image: number;
  readonly decision: Decision | null;
  readonly reason: string | null;
  readonly reviewer: string;
  readonly at: string;
  readonly role: VerdictRole;
}

/** One step of a reviewer. Undo and redo name the action whose effect they take back. */
export interface Action {
  readonly id: number;
  readonly kind: 'decide' | 'undo' | 'redo';
  readonly target: number | null;
}

interface NewAction {
  readonly reviewer: string;
  readonly at: string;
}

interface StoredAction extends Action, NewAction {}

/** SQL: the last verdict that one of `role` by `reviewer` on `image` supersedes: of the image, or of the reader's own. */
const lastOf = (image: string, role: string, reviewer: string): string =>
  `(SELECT max(l.id) FROM verdicts l WHERE l.image = ${image} AND iif(${role} IN ('open', 'adjudicated'),
     l.role IN ('open', 'adjudicated'), l.role IN ('blind', 'merged') AND l.reviewer = ${reviewer}))`;

/** Adds one step and its verdicts on `images`; the id of the step and how many images it changed. */
export function insertVerdicts(
  catalog: Catalog,
  action: NewAction & {
    readonly decision: Decision | null;
    readonly reason: string | null;
    readonly images: ArrayLike<number>;
    readonly role: VerdictRole;
  },
): { readonly action: number; readonly images: number } {
  const { reviewer, at, decision, reason, role } = action;
  const { id } = catalog.run(`INSERT INTO actions (kind, reviewer, at) VALUES ('decide', @reviewer, @at)`, {
    reviewer,
    at,
  });
  const { changes } = catalog.run(
    `INSERT INTO verdicts (action, image, decision, reason, reviewer, at, role, supersedes)
     SELECT @id, j.value, @decision, @reason, @reviewer, @at, @role, ${lastOf('j.value', '@role', '@reviewer')}
     FROM (SELECT DISTINCT value FROM json_each(@images)) AS j`,
    { id, decision, reason, reviewer, at, role, images: JSON.stringify(Array.from(action.images)) },
  );
  return { action: id, images: changes };
}

/**
 * Adds a step that gives the images of the step `target` the verdicts back that they had before it. An image whose
 * verdict somebody has superseded since is left as it is.
 */
export function insertReversal(
  catalog: Catalog,
  action: NewAction & { readonly kind: 'undo' | 'redo'; readonly target: number },
): { readonly action: number; readonly images: number } {
  const { reviewer, at, kind, target } = action;
  const { id } = catalog.run(
    'INSERT INTO actions (kind, target, reviewer, at) VALUES (@kind, @target, @reviewer, @at)',
    { kind, target, reviewer, at },
  );
  const { changes } = catalog.run(
    `INSERT INTO verdicts (action, image, decision, reason, reviewer, at, role, supersedes, restores)
     SELECT @id, v.image, before.decision, before.reason, @reviewer, @at, coalesce(before.role, v.role), last.id, coalesce(before.restores, before.id, 0)
     FROM verdicts v
     JOIN verdicts last ON last.id = ${lastOf('v.image', 'v.role', 'v.reviewer')}
     LEFT JOIN verdicts before ON before.id = v.supersedes
     WHERE v.action = @target AND coalesce(last.restores, last.id) = coalesce(v.restores, v.id)
     ORDER BY v.id`,
    { id, target, reviewer, at },
  );
  return { action: id, images: changes };
}

/** Images of the step `target` whose verdict somebody has superseded since, and who did so last; none: all can be reversed. */
export function supersededSince(
  catalog: Catalog,
  target: number,
): { readonly images: number; readonly of: number; readonly reviewer: string | null } {
  const rows = catalog.all<{ since: number; reviewer: string }>(
    `SELECT coalesce(last.restores, last.id) <> coalesce(v.restores, v.id) AS since, last.reviewer
     FROM verdicts v JOIN verdicts last ON last.id = ${lastOf('v.image', 'v.role', 'v.reviewer')}
     WHERE v.action = @target ORDER BY last.id`,
    { target },
  );
  const superseded = rows.filter(({ since }) => since === 1);
  return { images: superseded.length, of: rows.length, reviewer: superseded.at(-1)?.reviewer ?? null };
}

/** Every step of a reviewer, oldest first. */
export function actionsOf(catalog: Catalog, reviewer: string): readonly Action[] {
  return catalog.all('SELECT id, kind, target FROM actions WHERE reviewer = @reviewer ORDER BY id', { reviewer });
}

/** All verdicts on an image, newest first. */
export function verdictsOf(catalog: Catalog, image: number): readonly Verdict[] {
  return catalog.all(
    'SELECT id, image, decision, reason, reviewer, at, role FROM verdicts WHERE image = @image ORDER BY id DESC',
    { image },
  );
}

/** The verdict in force on each of `images` that has one. */
export function currentVerdicts(catalog: Catalog, images: ArrayLike<number>): ReadonlyMap<number, Verdict> {
  const rows = catalog.all<Verdict>(
    `SELECT v.id, v.image, v.decision, v.reason, v.reviewer, v.at, v.role
     FROM json_each(@images) AS j JOIN current_verdicts c ON c.image = j.value JOIN verdicts v ON v.id = c.verdict`,
    { images: JSON.stringify(Array.from(images)) },
  );
  return new Map(rows.map((row) => [row.image, row]));
}

/** How a step is digested: 1 (in older logs) over its verdicts, 2 over the step itself (who, when, what) as well, 3 with the role of each. */
export type DigestVersion = 1 | 2 | 3;

/** A step as it is stored; undefined when it is not there. */
export function storedAction(catalog: Catalog, id: number): StoredAction | undefined {
  return catalog.get('SELECT id, kind, target, reviewer, at FROM actions WHERE id = @id', { id });
}

/** SHA-256 (hex) over a step and its verdicts, for the audit log. */
export function digestOfAction(catalog: Catalog, action: number, version: DigestVersion): string {
  const hash = createHash('sha256');
  if (version >= 2) hash.update(`${canonicalJson(storedAction(catalog, action) ?? null)}\n`);
  const sql = `SELECT id, action, image, decision, reason, reviewer, at, supersedes, restores${version >= 3 ? ', role' : ''}
    FROM verdicts WHERE action = @action ORDER BY id`;
  for (const row of catalog.iterate(sql, { action })) hash.update(`${canonicalJson(row)}\n`);
  return hash.digest('hex');
}

/** The images of a step, with the role of its verdict on each. */
export function verdictsOfStep(catalog: Catalog, action: number): readonly Pick<Verdict, 'image' | 'role'>[] {
  return catalog.all('SELECT image, role FROM verdicts WHERE action = @action ORDER BY id', { action });
}

/** Whether a step has any verdict. */
export function hasVerdicts(catalog: Catalog, action: number): boolean {
  return catalog.get('SELECT 1 FROM verdicts WHERE action = @action LIMIT 1', { action }) !== undefined;
}

/** What is wrong between the tables of verdicts: rows without an audited step, or a verdict in force that is not the last. */
export function verdictFaults(catalog: Catalog, auditedActions: ReadonlySet<number>): readonly string[] {
  const unaudited = catalog
    .column<number>('SELECT id FROM actions UNION SELECT action FROM verdicts')
    .filter((id) => !auditedActions.has(id))
    .map((id) => `step ${id} of the verdicts is not in the audit log`);
  const stale = catalog.column<number>(
    `SELECT newest.image FROM (SELECT image, max(id) AS last FROM verdicts WHERE role IN ('open', 'adjudicated') GROUP BY image) newest
     JOIN verdicts v ON v.id = newest.last LEFT JOIN current_verdicts c ON c.image = newest.image
     WHERE (v.decision IS NULL) <> (c.verdict IS NULL) OR c.verdict <> v.id OR c.decision <> v.decision
     UNION SELECT image FROM current_verdicts WHERE verdict NOT IN (SELECT id FROM verdicts)`,
  );
  return [...unaudited, ...stale.map((image) => `the verdict in force on image ${image} is not its last`)];
}

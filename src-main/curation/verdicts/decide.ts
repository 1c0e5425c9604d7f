// Keep, reject, unsure: a reviewer's decisions about one image or thousands, each step undoable, each step audited.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import {
  actionsOf,
  type Decision,
  type DigestVersion,
  digestOfAction,
  insertReversal,
  insertVerdicts,
} from '../../catalog/tables/verdicts.ts';

/** A decision to be made. Null takes back what was decided. */
export interface NewDecision {
  readonly images: ArrayLike<number>;
  readonly decision: Decision | null;
  readonly reason: string | null;
  readonly reviewer: string;
  readonly at: string;
  /** Who brings the decision in, when that is not the reviewer: the actor of the audit log. */
  readonly importedBy?: string;
}

/** Who takes a step back (or forward again), and when. */
export interface Reversal {
  readonly reviewer: string;
  readonly at: string;
}

/** Name of the audit event of every step of verdicts. */
export const verdictEvent = 'verdicts';

/** Decides about images in one step; how many. Older verdicts on them are superseded. */
export function decide(catalog: Catalog, decision: NewDecision): number {
  if (decision.images.length === 0) return 0;
  return catalog.transaction(() => {
    const { action, images } = insertVerdicts(catalog, decision);
    const actor = decision.importedBy ?? decision.reviewer;
    auditStep(catalog, actor, decision, { action, images, kind: 'decide', decision: decision.decision });
    return images;
  });
}

/**
 * Takes back the reviewer's last step that was not taken back yet: its images have the verdicts again that they had
 * before. How many images that changed; 0 when there is nothing to undo, or others have decided anew since.
 */
export function undo(catalog: Catalog, reversal: Reversal): number {
  return reverse(catalog, reversal, 'undo');
}

/** Does again what the reviewer's last undo took back, unless a new decision came after it. */
export function redo(catalog: Catalog, reversal: Reversal): number {
  return reverse(catalog, reversal, 'redo');
}

function reverse(catalog: Catalog, { reviewer, at }: Reversal, kind: 'undo' | 'redo'): number {
  return catalog.transaction(() => {
    const target = stacks(catalog, reviewer)[kind].at(-1);
    if (target === undefined) return 0;
    const { action, images } = insertReversal(catalog, { kind, target, reviewer, at });
    auditStep(catalog, reviewer, { reviewer, at }, { action, images, kind, target });
    return images;
  });
}

/** The steps whose effect can be taken back (`undo`) and those that took one back (`redo`), the last one at the end. */
function stacks(
  catalog: Catalog,
  reviewer: string,
): { readonly undo: readonly number[]; readonly redo: readonly number[] } {
  const undoable: number[] = [];
  let redoable: number[] = [];
  for (const { id, kind } of actionsOf(catalog, reviewer)) {
    if (kind === 'undo') {
      undoable.pop();
      redoable.push(id);
    } else {
      undoable.push(id);
      if (kind === 'redo') redoable.pop();
      else redoable = [];
    }
  }
  return { undo: undoable, redo: redoable };
}

function auditStep(
  catalog: Catalog,
  actor: string,
  { reviewer, at }: Reversal,
  step: { readonly action: number } & Readonly<Record<string, unknown>>,
): void {
  const digestVersion: DigestVersion = 2;
  const digest = digestOfAction(catalog, step.action, digestVersion);
  appendAudit(catalog, { at, actor, event: verdictEvent, details: { ...step, reviewer, digest, digestVersion } });
}

// Keep, reject, unsure: a reviewer's decisions about one image or thousands, each step undoable, each step audited.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { noteDecision, noteReaderVerdicts } from '../../catalog/tables/reader-verdicts.ts';
import {
  actionsOf,
  type Decision,
  type DigestVersion,
  digestOfAction,
  insertReversal,
  insertVerdicts,
  supersededSince,
  type VerdictRole,
} from '../../catalog/tables/verdicts.ts';
import { Problem } from '../../platform/errors.ts';

/** A decision to be made. Null takes back what was decided. */
export interface NewDecision {
  readonly images: ArrayLike<number>;
  readonly decision: Decision | null;
  readonly reason: string | null;
  readonly reviewer: string;
  readonly at: string;
  /** Who brings the decision in, when that is not the reviewer: the actor of the audit log. */
  readonly importedBy?: string;
  /** When it was brought in, where that is not when it was made. */
  readonly importedAt?: string;
  /** Without it `open`: in force until the next one. */
  readonly role?: VerdictRole;
}

/** Who undoes (or redoes) a step, and when. */
export interface Reversal {
  readonly reviewer: string;
  readonly at: string;
  /** The step to be reversed, as a window that undoes its own steps asks; undefined: the reviewer's last one. */
  readonly step?: number | undefined;
}

/** A step that was made: its number, null where nothing changed, and how many images it changed. */
export interface Step {
  readonly step: number | null;
  readonly images: number;
  /** Of an undo or redo: images that stay as they are, since somebody has decided about them meanwhile. */
  readonly left: number;
}
const noStep: Step = { step: null, images: 0, left: 0 };

/** Name of the audit event of every step of verdicts. */
export const verdictEvent = 'verdicts';

/** Decides about images in one step. Older verdicts on them are superseded. */
export function decide(catalog: Catalog, decision: NewDecision): Step {
  if (decision.images.length === 0) return noStep;
  return catalog.transaction(() => {
    const { role = 'open', reviewer } = decision;
    const { action, images } = insertVerdicts(catalog, { ...decision, role });
    if (decision.decision === null) noteReaderVerdicts(catalog, action, reviewer);
    else if (role !== 'adjudicated') noteDecision(catalog, action);
    const actor = decision.importedBy ?? reviewer;
    const { importedAt } = decision;
    const imported = importedAt === undefined ? {} : { importedAt };
    auditStep(catalog, actor, decision, { action, images, kind: 'decide', decision: decision.decision, ...imported });
    return { step: action, images, left: 0 };
  });
}

/**
 * Undoes the reviewer's last step that was not undone yet, or the given step of theirs: its images have the verdicts again
 * that they had before, except where somebody has decided since. Throws `usage` where somebody has decided about all of them.
 */
export function undo(catalog: Catalog, reversal: Reversal): Step {
  return reverse(catalog, reversal, 'undo');
}

/** Redoes what the reviewer's last undo reversed, unless a new decision came after it; or reverses the given undo of theirs. */
export function redo(catalog: Catalog, reversal: Reversal): Step {
  return reverse(catalog, reversal, 'redo');
}

function reverse(catalog: Catalog, { reviewer, at, step }: Reversal, kind: 'undo' | 'redo'): Step {
  return catalog.transaction(() => {
    const target =
      step === undefined ? stacks(catalog, reviewer)[kind].at(-1) : reversible(catalog, reviewer, kind, step);
    if (target === undefined) return noStep;
    const since = supersededSince(catalog, target);
    if (since.images > 0 && since.images === since.of) {
      const which = since.of === 1 ? 'this image' : 'these images';
      throw new Problem('usage', {
        message: `not ${kind === 'undo' ? 'undone' : 'redone'}: ${since.reviewer} has decided about ${which} since`,
      });
    }
    const { action, images } = insertReversal(catalog, { kind, target, reviewer, at });
    noteReaderVerdicts(catalog, action, reviewer);
    auditStep(catalog, reviewer, { reviewer, at }, { action, images, kind, target });
    return { step: action, images, left: since.images };
  });
}

/** `step` where it is one of the reviewer's that can be undone or redone and was not reversed yet. */
function reversible(catalog: Catalog, reviewer: string, kind: 'undo' | 'redo', step: number): number | undefined {
  const actions = actionsOf(catalog, reviewer);
  const found = actions.find(({ id }) => id === step);
  const fits = found !== undefined && (found.kind === 'undo') === (kind === 'redo');
  return fits && !actions.some(({ target }) => target === step) ? step : undefined;
}

/** The steps that can be undone (`undo`) and the undos that can be redone (`redo`), the last one at the end. */
function stacks(
  catalog: Catalog,
  reviewer: string,
): { readonly undo: readonly number[]; readonly redo: readonly number[] } {
  let undoable: number[] = [];
  let redoable: number[] = [];
  for (const { id, kind, target } of actionsOf(catalog, reviewer)) {
    // Mostly the last one; a window may have reversed an earlier step of its own.
    const others = (steps: readonly number[]) => steps.filter((step) => step !== target);
    if (kind === 'undo') {
      undoable = others(undoable);
      redoable.push(id);
    } else {
      undoable.push(id);
      redoable = kind === 'redo' ? others(redoable) : [];
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
  const digestVersion: DigestVersion = 3;
  const digest = digestOfAction(catalog, step.action, digestVersion);
  appendAudit(catalog, { at, actor, event: verdictEvent, details: { ...step, reviewer, digest, digestVersion } });
}

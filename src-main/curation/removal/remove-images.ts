// Removes images from a catalog, with everything that was computed and decided about them; the audit log keeps that it was done.
import { rm } from 'node:fs/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import { type AuditEntry, appendAudit } from '../../catalog/tables/audit.ts';
import { type Belongings, belongingsOf, deleteImages, emptySteps, tracesOf } from '../../catalog/tables/removal.ts';
import { type DigestVersion, digestOfAction } from '../../catalog/tables/verdicts.ts';
import { Problem } from '../../platform/errors.ts';
import { textOfRanges } from './ranges.ts';

/** Name of the audit event. */
export const removalEvent = 'images removed';

/** What to remove, who does it, and when (UTC). */
export interface Removal {
  readonly images: ArrayLike<number>;
  readonly actor: string;
  readonly at: string;
}

/** What was removed, and the entry of the audit log about it. */
export interface Removed extends Belongings {
  readonly entry: number;
}

/**
 * Removes images, their scores, verdicts, tags, annotations and masks, and the files that runs have made of them. The image files
 * themselves stay where they are. The audit log gets an entry with the numbers of the images and, for every step of verdicts that
 * loses some, the digest of what is left, so that `verifyAudit` can check the rest as before. Throws `usage` while a run works on
 * some of them, or when none is there.
 */
export async function removeImages(catalog: Catalog, { images, actor, at }: Removal): Promise<Removed> {
  const ids = Array.from(images).toSorted((a, b) => a - b);
  const { removed, files } = catalog.transaction(() => {
    const belongings = belongingsOf(catalog, ids);
    if (belongings.images === 0) throw new Problem('usage', { message: 'there is no image to remove' });
    refuseWhileRunning(belongings);
    const { steps, annotations, files } = tracesOf(catalog, ids);
    // The entry is made before the rows go: its number is in them. What it says of the steps is known after.
    const removal = nextEntry(catalog);
    deleteImages(catalog, ids, removal);
    const emptied = emptySteps(catalog, steps);
    const isEmptied = new Set(emptied);
    const { number } = appendAudit(catalog, {
      at,
      actor,
      event: removalEvent,
      details: {
        ...{ images: textOfRanges(ids), counts: countsIn(belongings), annotations: textOfRanges(annotations) },
        emptied: textOfRanges(emptied),
        steps: steps
          .filter((step) => !isEmptied.has(step))
          .map((step) => ({
            step,
            digests: [1, 2, 3].map((version) => digestOfAction(catalog, step, version as DigestVersion)),
          })),
      },
    });
    if (number !== removal) throw new Error(`entry ${number} of the audit log was to be ${removal}`);
    return { removed: { ...belongings, entry: number }, files };
  });
  // A part of a file that a task of a cluster has written stays in it.
  for (const file of files) if (!/\.bin:\d+\+\d+$/.test(file)) await rm(catalog.path(file), { force: true });
  return removed;
}

function refuseWhileRunning({ runs: [run, ...others] }: Belongings): void {
  if (run === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new Problem('usage', { message: `not while a job needs these images: finish or cancel ${run}${more} first` });
}

function nextEntry(catalog: Catalog): number {
  return catalog.column<number>('SELECT coalesce(max(number), 0) + 1 FROM audit')[0]!;
}

/** Numbers alone: names of cohorts may be anything. */
function countsIn({ cohorts, runs: _, ...counts }: Belongings): AuditEntry['details'] {
  return { ...counts, cohorts: cohorts.length };
}

// Takes images out of a cohort, such as those that leak into a test set from its training set; the audit log keeps it.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { removeFromCohort } from '../../catalog/tables/cohorts.ts';
import { textOfRanges } from '../removal/ranges.ts';

/** How many of `images` were in the cohort and are no longer. The images themselves stay. */
export function withdraw(
  catalog: Catalog,
  change: { readonly cohort: number; readonly images: ArrayLike<number>; readonly actor: string; readonly at: string },
): number {
  const { cohort, images, actor, at } = change;
  return catalog.transaction(() => {
    const removed = removeFromCohort(catalog, cohort, images);
    if (removed.length === 0) return 0;
    const details = { cohort, count: removed.length, images: textOfRanges(removed) };
    appendAudit(catalog, { at, actor, event: 'images taken out of a cohort', details });
    return removed.length;
  });
}

// Decisions out to a CSV table and, after a colleague has worked on it, in again.
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { currentVerdicts, type Decision } from '../../catalog/tables/verdicts.ts';
import { formatCsv, readCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { decide } from './decide.ts';

const columns = ['image', 'pixel_fingerprint', 'verdict', 'reason', 'reviewer', 'time'] as const;
const decisions: Readonly<Record<string, Decision>> = { keep: 'keep', reject: 'reject', unsure: 'unsure' };

/** The images of a filter with their verdicts, in the order of their ids; undecided ones have an empty verdict. */
export function formatDecisions(catalog: Catalog, filter: ImageFilter): string {
  const ids = imageIds(catalog, filter, { by: 'imported', descending: false });
  const verdicts = currentVerdicts(catalog, ids);
  const rows = imageRecords(catalog, ids).map(({ id, pixelFingerprint }) => {
    const verdict = verdicts.get(id);
    return {
      image: id,
      pixel_fingerprint: pixelFingerprint,
      verdict: verdict?.decision ?? null,
      reason: verdict?.reason ?? null,
      reviewer: verdict?.reviewer ?? null,
      time: verdict?.at ?? null,
    };
  });
  return formatCsv(columns, rows);
}

/**
 * Takes the decisions of a CSV (columns `image`, `verdict`; optional content of `pixel_fingerprint`, `reason`, `reviewer`)
 * over where they differ from those in force; how many images that changed. A row without a verdict changes nothing. All
 * rows are checked first: an unknown image or verdict, an image twice, or pixels that are not those of the image throw
 * `content` with the row, and nothing is taken over. `reviewer` stands in where the table names none.
 */
export async function importDecisions(
  catalog: Catalog,
  file: string,
  { reviewer, at }: { readonly reviewer: string; readonly at: string },
): Promise<number> {
  const table = await readCsv(file, {
    image: 'number',
    pixel_fingerprint: 'optional-text',
    verdict: 'optional-text',
    reason: 'optional-text',
    reviewer: 'optional-text',
  });
  const images = new Map(
    imageRecords(
      catalog,
      table.map(({ image }) => image),
    ).map((record) => [record.id, record]),
  );
  const seen = new Set<number>();
  const checked = table.flatMap((row, index) => {
    const refuse = (reason: string): never => {
      throw new Problem('content', { file, reason: `row ${index + 2}: ${reason}` });
    };
    const image = images.get(row.image) ?? refuse('the catalog has no such image');
    if (seen.has(row.image)) refuse('the image has a row already');
    seen.add(row.image);
    if (row.pixel_fingerprint !== null && row.pixel_fingerprint !== image.pixelFingerprint)
      refuse('these are not its pixels');
    if (row.verdict === null) return [];
    const decision = decisions[row.verdict] ?? refuse('the verdict is neither keep, reject nor unsure');
    return [{ image: row.image, decision, reason: row.reason, reviewer: row.reviewer ?? reviewer }];
  });
  return catalog.transaction(() => {
    const current = currentVerdicts(catalog, [...seen]);
    const changed = checked.filter(({ image, decision, reason }) => {
      const verdict = current.get(image);
      return verdict?.decision !== decision || verdict.reason !== reason;
    });
    const steps = Map.groupBy(changed, (row) => JSON.stringify([row.decision, row.reason, row.reviewer]));
    for (const rows of steps.values()) {
      const { decision, reason, reviewer: by } = rows[0]!;
      decide(catalog, {
        images: rows.map(({ image }) => image),
        decision,
        reason,
        reviewer: by,
        importedBy: reviewer,
        at,
      });
    }
    return changed.length;
  });
}

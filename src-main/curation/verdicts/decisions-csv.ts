// Decisions out to a CSV table and, after a colleague has worked on it, in again.
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { type ImageRecord, imageRecords } from '../../catalog/tables/images.ts';
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

function imagesByPixels(catalog: Catalog): Map<string, ImageRecord[]> {
  const ids = imageIds(catalog, {}, { by: 'imported', descending: false });
  return Map.groupBy(imageRecords(catalog, ids), ({ pixelFingerprint }) => pixelFingerprint ?? '');
}

/**
 * Takes the decisions of a CSV over where they differ from those in force; how many images that changed. It needs the column
 * `verdict` and `image` (the number) or `pixel_fingerprint`; `reason` and `reviewer` may be absent. A row without a verdict
 * changes nothing. All rows are checked first: an unknown image or verdict, an image twice, pixels that are not those of the
 * image, or that several images have, throw `content` with the row, and nothing is taken over. `reviewer` stands in where the table names none.
 */
export async function importDecisions(
  catalog: Catalog,
  file: string,
  { reviewer, at }: { readonly reviewer: string; readonly at: string },
): Promise<number> {
  const table = await readCsv(
    file,
    {
      image: 'optional-number',
      pixel_fingerprint: 'optional-text',
      verdict: 'optional-text',
      reason: 'optional-text',
      reviewer: 'optional-text',
    },
    { missing: ['image', 'pixel_fingerprint', 'reason', 'reviewer'] },
  );
  const numbers = table.flatMap(({ image }) => (image === null ? [] : [image]));
  const images = new Map(imageRecords(catalog, numbers).map((record) => [record.id, record]));
  const withPixels = table.some(({ image }) => image === null)
    ? imagesByPixels(catalog)
    : new Map<string, ImageRecord[]>();
  const seen = new Set<number>();
  const checked = table.flatMap((row, index) => {
    const refuse = (reason: string): never => {
      throw new Problem('content', { file, reason: `row ${index + 2}: ${reason}` });
    };
    const found = row.image === null ? withPixels.get(row.pixel_fingerprint ?? '') : [images.get(row.image)];
    if (row.image === null && row.pixel_fingerprint === null) refuse('names no image');
    if (found !== undefined && found.length > 1) refuse('several images have these pixels: name one by its number');
    const image = found?.[0] ?? refuse('the catalog has no such image');
    if (seen.has(image.id)) refuse('the image has a row already');
    seen.add(image.id);
    if (row.pixel_fingerprint !== null && row.pixel_fingerprint !== image.pixelFingerprint)
      refuse('these are not its pixels');
    if (row.verdict === null) return [];
    const decision = decisions[row.verdict] ?? refuse('the verdict is neither keep, reject nor unsure');
    return [{ image: image.id, decision, reason: row.reason, reviewer: row.reviewer ?? reviewer }];
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

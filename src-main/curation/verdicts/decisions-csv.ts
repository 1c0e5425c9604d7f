// Decisions out to a CSV table and, after a colleague has worked on it, in again.
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { type ImageRecord, imageRecords } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { currentVerdicts, type Decision } from '../../catalog/tables/verdicts.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { matchRows, namingColumn } from '../outside/match-rows.ts';
import { type OutsideTable, type ParquetReader, readOutsideTable } from '../outside/read-table.ts';
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

interface DecisionRow {
  readonly image: number | null;
  readonly pixel_fingerprint: string | null;
  readonly verdict: string | null;
  readonly reason: string | null;
  readonly reviewer: string | null;
}

/** The rows of our own table, or of one that names images as other programs do. */
async function readDecisions(
  catalog: Catalog,
  file: string,
  readParquet: ParquetReader,
): Promise<readonly DecisionRow[]> {
  const table = await readOutsideTable(file, readParquet);
  const has = (column: string) => table.columns.includes(column);
  if (!has('verdict')) throw new Problem('content', { file, reason: 'has no column verdict' });
  const texts = (column: string) => (has(column) ? table.texts(column).map((text) => text || null) : undefined);
  const isOurNumbers = has('image') && table.texts('image').every((text) => /^\s*\d*\s*$/.test(text));
  const ours = has('pixel_fingerprint') || isOurNumbers || namingColumn(table) === undefined;
  const images = ours ? (has('image') ? table.numbers('image') : undefined) : matchedImages(catalog, table);
  const [fingerprints, verdicts, reasons, reviewers] = ['pixel_fingerprint', 'verdict', 'reason', 'reviewer'].map(
    texts,
  );
  return Array.from({ length: table.rows }, (_, index) => ({
    image: images?.[index] ?? null,
    pixel_fingerprint: fingerprints?.[index] ?? null,
    verdict: verdicts?.[index] ?? null,
    reason: reasons?.[index] ?? null,
    reviewer: reviewers?.[index] ?? null,
  }));
}

/** Throws `content` for a row that no image fits: half of somebody's decisions would be taken for all of them. */
function matchedImages(catalog: Catalog, table: OutsideTable): readonly number[] {
  const { images, unmatched } = matchRows(catalog, table, null);
  const [first] = unmatched;
  if (first !== undefined) {
    throw new Problem('content', { file: table.file, reason: `row ${first}: the catalog has no such image` });
  }
  return Array.from({ length: table.rows }, (_, index) => images.get(index)!);
}

/**
 * Takes the decisions of a CSV, Parquet or COCO file over where they differ from those in force; how many images that changed. It needs the column
 * `verdict` and `image` (the number), `pixel_fingerprint`, or one that names images by path, file name or SHA-256; `reason` and `reviewer` may be absent. A row without a verdict
 * changes nothing. All rows are checked first: an unknown image or verdict, an image twice, pixels that are not those of the
 * image, or that several images have, throw `content` with the row, and nothing is taken over. `reviewer` stands in where the table names none.
 */
export async function importDecisions(
  catalog: Catalog,
  file: string,
  { reviewer, at }: { readonly reviewer: string; readonly at: string },
  readParquet: ParquetReader,
): Promise<number> {
  const table = await readDecisions(catalog, file, readParquet);
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

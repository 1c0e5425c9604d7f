// Verdicts of all readers out to a table, and in again on another machine: each once, whatever paths the images have there.
import type { Catalog } from '../../catalog/catalog.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { knowsVerdict, readerVerdicts, unsettledImages } from '../../catalog/tables/reader-verdicts.ts';
import { currentVerdicts, type Decision, type VerdictRole } from '../../catalog/tables/verdicts.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { type OutsideTable, type ParquetReader, readOutsideTable } from '../outside/read-table.ts';
import { decide } from '../verdicts/decide.ts';
import { type ImageKeys, imageMatcher } from './match-images.ts';

const columns = [
  ...['sha256', 'instance', 'frame', 'pixel_fingerprint'],
  ...['reader', 'verdict', 'reason', 'blind', 'time'],
] as const;
const decisions: Readonly<Record<string, Decision>> = { keep: 'keep', reject: 'reject', unsure: 'unsure' };

/** Every reader's own verdict, one row each; images are named by their content, never by a path. */
export function formatReaderVerdicts(catalog: Catalog): string {
  const verdicts = readerVerdicts(catalog);
  const images = new Map(
    imageRecords(catalog, [...new Set(verdicts.map(({ image }) => image))]).map((record) => [record.id, record]),
  );
  const rows = verdicts.map(({ image, reader, decision, reason, blind, at }) => {
    const { sha256, instance, frame, pixelFingerprint } = images.get(image)!;
    const keys = { sha256, instance, frame, pixel_fingerprint: pixelFingerprint };
    return { ...keys, reader, verdict: decision, reason, blind: blind ? 'yes' : 'no', time: at };
  });
  return formatCsv(columns, rows);
}

/** What became of the rows of a table. */
export interface MergedVerdicts {
  /** Verdicts that are new here, and of these: in force here now. */
  readonly added: number;
  readonly inForce: number;
  /** Already here, or followed by a later one of the same reader. */
  readonly known: number;
  /** Rows, the first below the header is 2, that no image of this catalog fits. */
  readonly unmatched: readonly number[];
  /** Images on which readers differ now and did not before. */
  readonly differences: number;
}

interface Row extends ImageKeys {
  readonly reader: string;
  readonly decision: Decision;
  readonly reason: string | null;
  readonly blind: boolean;
  readonly at: string;
}

/**
 * Takes over the verdicts of a table that `formatReaderVerdicts` wrote on another machine. Images are found by SHA-256 and frame, else by
 * SOP instance and frame, else by pixels. A verdict is added once, with its own reader and time. It is in force where no other
 * reader's is; where another reader's is in force it stays its reader's own, and the two are a difference to adjudicate. All rows
 * are checked first: throws `content` with the row. A row whose image is not here is left out and named.
 */
export async function mergeReaderVerdicts(
  catalog: Catalog,
  file: string,
  { importedBy, at }: { readonly importedBy: string; readonly at: string },
  readParquet: ParquetReader,
): Promise<MergedVerdicts> {
  const rows = rowsOf(await readOutsideTable(file, readParquet));
  return catalog.transaction(() => {
    const match = imageMatcher(imageRecords(catalog, imageIds(catalog, {}, { by: 'imported', descending: false })));
    const found = rows.map((row) => ({ ...row, image: match(row) }));
    const unmatched = found.flatMap(({ image }, index) => (image === undefined ? [index + 2] : []));
    const placed = found
      .flatMap((row) => (row.image === undefined ? [] : [{ ...row, image: row.image }]))
      .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const before = new Set(unsettledImages(catalog));
    const images = [...new Set(placed.map(({ image }) => image))];
    const current = new Map(currentVerdicts(catalog, images));
    const own = new Map(readerVerdicts(catalog, { images }).map((each) => [`${each.image} ${each.reader}`, each]));
    const fresh = placed.flatMap((row) => {
      const key = `${row.image} ${row.reader}`;
      const known = own.get(key);
      const superseded = known !== undefined && (known.blind === row.blind ? known.at >= row.at : known.blind);
      if (superseded || knowsVerdict(catalog, row)) return [];
      const role = roleOf(row, current.get(row.image));
      if (role === 'open') current.set(row.image, { ...row, id: 0, reviewer: row.reader, role });
      own.set(key, { ...row });
      return [{ ...row, role }];
    });
    const steps = Map.groupBy(fresh, (row) => JSON.stringify([row.at, row.reader, row.decision, row.reason, row.role]));
    for (const step of steps.values()) {
      const { decision, reason, reader, role, at: decidedAt } = step[0]!;
      const stepImages = step.map(({ image }) => image);
      const given = { decision, reason, role, reviewer: reader, at: decidedAt };
      decide(catalog, { ...given, images: stepImages, importedBy, importedAt: at });
    }
    return {
      added: fresh.length,
      inForce: fresh.filter(({ role }) => role === 'open').length,
      known: placed.length - fresh.length,
      unmatched,
      differences: unsettledImages(catalog).filter((image) => !before.has(image)).length,
    };
  });
}

/** In force where nothing is, or where it is the same reader's later one. */
function roleOf(
  { blind, reader }: Pick<Row, 'blind' | 'reader'>,
  current: { readonly reviewer: string; readonly role: VerdictRole } | undefined,
): VerdictRole {
  if (blind) return 'blind';
  return current === undefined || (current.reviewer === reader && current.role === 'open') ? 'open' : 'merged';
}

/** Checks all rows. Throws `content`. */
function rowsOf(table: OutsideTable): readonly Row[] {
  const { file } = table;
  const missing = ['reader', 'verdict', 'time'].filter((column) => !table.columns.includes(column));
  if (missing.length > 0)
    throw new Problem('content', {
      file,
      reason: `has no column ${missing[0]}; residua readers export writes such a table`,
    });
  const texts = Object.fromEntries(
    columns.map((column) => [column, table.columns.includes(column) ? table.texts(column) : []]),
  );
  return Array.from({ length: table.rows }, (_, index) => {
    const cell = (column: (typeof columns)[number]) => texts[column]?.[index]?.trim() || null;
    const refuse = (reason: string): never => {
      throw new Problem('content', { file, reason: `row ${index + 2}: ${reason}` });
    };
    const time = cell('time') ?? refuse('has no time');
    const at = Number.isNaN(Date.parse(time)) ? refuse('its time is not ISO 8601') : new Date(time).toISOString();
    const reader = cell('reader') ?? refuse('names no reader');
    if (reader.length > 200) refuse('the name of its reader is too long');
    const frame = Number(cell('frame') ?? 0);
    if (!Number.isInteger(frame) || frame < 0) refuse('its frame is not a number from 0');
    return {
      ...{ sha256: cell('sha256'), instance: cell('instance'), frame, pixelFingerprint: cell('pixel_fingerprint') },
      ...{ reader, at, reason: cell('reason')?.slice(0, 1000) ?? null, blind: cell('blind') === 'yes' },
      decision: decisions[cell('verdict') ?? ''] ?? refuse('the verdict is neither keep, reject nor unsure'),
    };
  });
}

// Table `images`: rows for lists, one image in full, and where its pixels are.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';
import { columnValues } from './columns.ts';
import type { FileState } from './files.ts';
import type { ScoreName } from './scores.ts';
import type { Decision } from './verdicts.ts';

/** What every list and every record of an image says. */
interface ImageFacts {
  readonly id: number;
  readonly name: string;
  readonly kind: string | null;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly view: string | null;
  readonly width: number;
  readonly height: number;
  /** Position in its file from 0, and how many the file has. */
  readonly frame: number;
  readonly frames: number;
  readonly state: FileState;
}

/** An image as a list shows it. */
export interface ImageRow extends ImageFacts {
  readonly verdict: Decision | null;
  readonly tags: readonly string[];
  /** The asked score; null when the image has none. */
  readonly score: number | null;
  /** Why it is anomalous, in words, by the newest run that says so. */
  readonly why: string | null;
  /** The values of the requested columns of metadata, in their order; null where the image has none. */
  readonly columns: readonly (string | null)[];
}

/** Everything that the catalog knows about an image itself, and where its file is. */
export interface ImageRecord extends ImageFacts {
  readonly bits: number;
  readonly pixelFingerprint: string | null;
  readonly perceptualHash: string | null;
  readonly patient: string | null;
  readonly study: string | null;
  readonly series: string | null;
  readonly instance: string | null;
  readonly scan: number | null;
  readonly position: number | null;
  readonly source: string;
  readonly path: string;
  readonly file: string;
  readonly inside: readonly string[];
  readonly companion: string | null;
  readonly size: number;
  readonly modified: number;
  readonly sha256: string | null;
  readonly format: string | null;
  readonly reason: string | null;
  /** What was odd about the file but did not prevent reading. */
  readonly warnings: readonly string[];
  readonly importedAt: string;
}

/** Rows of the images `ids` in that order, with the value of `score` and of columns of metadata; ids that are not there are left out. */
export function imageRows(
  catalog: Catalog,
  ids: ArrayLike<number>,
  score?: ScoreName,
  columns: readonly number[] = [],
): readonly ImageRow[] {
  const values = columns.length === 0 ? undefined : columnValues(catalog, ids, columns);
  const none = columns.map(() => null);
  return catalog
    .all<Omit<ImageRow, 'tags' | 'columns'> & { readonly tags: string }>(
      `SELECT i.id, i.name, i.kind, i.modality, i.body_part AS bodyPart, i.view, i.width, i.height, i.frame,
         f.frame_count AS frames, f.state, v.decision AS verdict, s.value AS score,
         (SELECT json_group_array(tag) FROM tags WHERE image = i.id) AS tags,
         (SELECT reason || coalesce(' ' || place, '') FROM current_reasons WHERE image = i.id) AS why
       FROM json_each(@ids) AS j
       JOIN images i ON i.id = j.value
       JOIN files f ON f.id = i.file
       LEFT JOIN current_verdicts v ON v.image = i.id
       LEFT JOIN scores s ON s.image = i.id AND s.run = @run AND s.score = @score
       ORDER BY j.key`,
      { ids: JSON.stringify(Array.from(ids)), run: score?.run ?? null, score: score?.score ?? null },
    )
    .map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[], columns: values?.get(row.id) ?? none }));
}

/** Records of the images `ids` in that order; ids that are not there are left out. */
export function imageRecords(catalog: Catalog, ids: ArrayLike<number>): readonly ImageRecord[] {
  return catalog
    .all<Omit<ImageRecord, 'inside' | 'warnings'> & { readonly inside: string; readonly warnings: string | null }>(
      `SELECT i.id, i.frame, i.name, i.kind, i.modality, i.body_part AS bodyPart, i.view, i.width, i.height, i.bits,
         i.pixel_fingerprint AS pixelFingerprint, i.perceptual_hash AS perceptualHash, i.patient, i.study, i.series, i.instance,
         i.scan, i.position, f.source, f.path, f.file, f.inside, f.companion, f.size, f.modified, f.sha256, f.format,
         f.frame_count AS frames, f.state, f.reason, f.warnings,
         f.imported_at AS importedAt
       FROM json_each(@ids) AS j JOIN images i ON i.id = j.value JOIN files f ON f.id = i.file ORDER BY j.key`,
      { ids: JSON.stringify(Array.from(ids)) },
    )
    .map((row) => ({
      ...row,
      inside: JSON.parse(row.inside) as string[],
      warnings: JSON.parse(row.warnings ?? '[]') as string[],
    }));
}

/** One image. Throws `missing`. */
export function imageRecord(catalog: Catalog, id: number): ImageRecord {
  const [record] = imageRecords(catalog, [id]);
  if (record === undefined) throw new Problem('missing', { what: 'image', name: String(id) });
  return record;
}

/** The images of the scan that holds `id`, in anatomical order, with score and verdict; only itself without one. */
export function slicesOf(
  catalog: Catalog,
  id: number,
  score?: ScoreName,
): readonly { readonly id: number; readonly score: number | null; readonly verdict: Decision | null }[] {
  return catalog.all(
    `SELECT i.id, s.value AS score, v.decision AS verdict FROM images own
     JOIN images i ON i.id = own.id OR i.scan = own.scan
     LEFT JOIN current_verdicts v ON v.image = i.id
     LEFT JOIN scores s ON s.image = i.id AND s.run = @run AND s.score = @score
     WHERE own.id = @id ORDER BY i.position, i.frame, i.id`,
    { id, run: score?.run ?? null, score: score?.score ?? null },
  );
}

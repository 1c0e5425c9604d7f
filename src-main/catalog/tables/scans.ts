// Table `scans`: series and files of several frames, and where their slices lie in the patient.
import type { Catalog } from '../catalog.ts';
import type { PlainObject } from './runs.ts';

/** A present slice of a series or a file, with what decides which slices make one scan; `geometry` as it was imported. */
export interface StackSlice {
  readonly id: number;
  readonly scan: number | null;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly patient: string | null;
  readonly study: string | null;
  readonly series: string | null;
  readonly instance: string | null;
  readonly pixelFingerprint: string | null;
  readonly geometry: PlainObject;
  /** Position in its file, from 0, and how many the file has. */
  readonly frame: { readonly index: number; readonly count: number };
}

const fresh = `f.source = @source AND f.seen_at >= @since AND f.imported_at >= @since AND f.format = 'DICOM'
  AND f.state = 'present' AND i.geometry IS NOT NULL`;

/** Series (by UID) of files of one frame to which an import of `source` that began at `since` has added slices. */
export function importedSeries(catalog: Catalog, source: string, since: string): readonly string[] {
  return catalog.column<string>(
    `SELECT i.series FROM files f JOIN images i ON i.file = f.id
     WHERE ${fresh} AND i.series IS NOT NULL AND f.frame_count = 1 GROUP BY i.series ORDER BY min(i.id)`,
    { source, since },
  );
}

/** Scans that are files of several frames, imported from `source` since `since`. */
export function importedFileScans(catalog: Catalog, source: string, since: string): readonly number[] {
  return catalog.column<number>(
    `SELECT DISTINCT i.scan FROM files f JOIN images i ON i.file = f.id
     WHERE ${fresh} AND i.scan IS NOT NULL AND f.frame_count > 1 ORDER BY i.scan`,
    { source, since },
  );
}

/** The present slices of all scans of a series that say where they lie: the keys of these scans begin with its UID. */
export function slicesOfSeries(catalog: Catalog, series: string): readonly StackSlice[] {
  const first = `series [${JSON.stringify(series)},`;
  const scans = 'SELECT id FROM scans WHERE key >= @first AND key < @last';
  return slicesWhere(catalog, `i.scan IN (${scans})`, { first, last: `${first}\uffff` });
}

/** The present slices of a scan that say where they lie. */
export function slicesOfFileScan(catalog: Catalog, scan: number): readonly StackSlice[] {
  return slicesWhere(catalog, 'i.scan = @scan', { scan });
}

function slicesWhere(catalog: Catalog, condition: string, values: Readonly<Record<string, string | number>>) {
  type Row = Omit<StackSlice, 'geometry' | 'frame'> & { geometry: string; index: number; count: number };
  return catalog
    .all<Row>(
      `SELECT i.id, i.scan, f.path, i.width, i.height, i.patient, i.study, i.series, i.instance,
         i.pixel_fingerprint AS pixelFingerprint, i.geometry, i.frame AS "index", f.frame_count AS "count"
       FROM images i JOIN files f ON f.id = i.file
       WHERE ${condition} AND f.state = 'present' AND i.geometry IS NOT NULL ORDER BY i.position, i.frame, i.id`,
      values,
    )
    .map(
      ({ geometry, index, count, ...slice }): StackSlice => ({
        ...slice,
        geometry: JSON.parse(geometry) as PlainObject,
        frame: { index, count },
      }),
    );
}

/** Puts images into a scan. What was computed for the scans that they leave and join as a whole no longer holds: it goes. */
export function moveToScan(catalog: Catalog, images: readonly number[], scan: number): void {
  const ids = JSON.stringify(images);
  catalog.run(
    `DELETE FROM scan_scores WHERE scan = @scan
       OR scan IN (SELECT scan FROM images WHERE id IN (SELECT value FROM json_each(@ids)))`,
    { scan, ids },
  );
  catalog.run('UPDATE images SET scan = @scan WHERE id IN (SELECT value FROM json_each(@ids))', { scan, ids });
}

// Table `scans`: series and files of several frames, and where their slices lie in the patient.
import type { Catalog } from '../catalog.ts';
import type { PlainObject } from './runs.ts';

/** A slice of a scan; `geometry` as it was imported. */
export interface ScanSlice {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly series: string | null;
  readonly geometry: PlainObject;
  /** Position in its file, from 0, and how many the file has. */
  readonly frame: { readonly index: number; readonly count: number };
}

/** Scans of DICOM slices to which an import of `source` that began at `since` has added some. */
export function importedScans(catalog: Catalog, source: string, since: string): readonly number[] {
  return catalog.column<number>(
    `SELECT DISTINCT i.scan FROM files f JOIN images i ON i.file = f.id
     WHERE f.source = @source AND f.seen_at >= @since AND f.imported_at >= @since AND f.format = 'DICOM'
       AND f.state = 'present' AND i.scan IS NOT NULL ORDER BY i.scan`,
    { source, since },
  );
}

/** The present slices of a scan that say where they lie. */
export function slicesOfScan(catalog: Catalog, scan: number): readonly ScanSlice[] {
  return catalog
    .all<Omit<ScanSlice, 'geometry' | 'frame'> & { readonly geometry: string; index: number; count: number }>(
      `SELECT f.path, i.width, i.height, i.series, i.geometry, i.frame AS "index", f.frame_count AS "count"
       FROM images i JOIN files f ON f.id = i.file
       WHERE i.scan = @scan AND f.state = 'present' AND i.geometry IS NOT NULL ORDER BY i.position, i.frame, i.id`,
      { scan },
    )
    .map(({ geometry, index, count, ...slice }) => ({
      ...slice,
      geometry: JSON.parse(geometry) as PlainObject,
      frame: { index, count },
    }));
}

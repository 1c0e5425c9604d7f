// Which files of the disk the catalog does not know.
import type { Catalog } from '../catalog.ts';
import type { FilePlace } from './files.ts';

/** Of some places, those that no import has seen, and whose images nobody has removed. */
export function unknownPlaces<P extends Pick<FilePlace, 'file' | 'inside'>>(
  catalog: Catalog,
  places: readonly P[],
): readonly P[] {
  const sql = `SELECT 1 FROM files WHERE file = @file AND inside = @inside
    UNION ALL SELECT 1 FROM removed_files WHERE file = @file AND inside = @inside LIMIT 1`;
  return places.filter(({ file, inside }) => catalog.get(sql, { file, inside: JSON.stringify(inside) }) === undefined);
}

// The score maps that runs have kept of an image, brought to the pixels of the stored image.
import type { Catalog } from '../catalog/catalog.ts';
import type { ImageRecord } from '../catalog/tables/images.ts';
import { runFileRoles } from '../catalog/tables/scores.ts';
import type { ImageMap } from '../curation/export/dicom/write-results.ts';
import { mapRoleOf, scoreFamilies } from '../scoring/families.ts';
import { familyMapOf } from './reconstructions.ts';

/** The maps of all families in some runs; values are those of the nearest position, NaN outside of what a run has seen. */
export async function imageMapsOf(
  catalog: Catalog,
  { id, width, height }: ImageRecord,
  runs: readonly number[],
): Promise<readonly ImageMap[]> {
  const found: ImageMap[] = [];
  for (const run of runs) {
    const roles = new Set(runFileRoles(catalog, id, run));
    for (const { name } of scoreFamilies.filter((family) => roles.has(mapRoleOf(family.name)))) {
      const map = await familyMapOf(catalog, run, id, name);
      const { x: left, y: top, width: across, height: down } = map.placement;
      const values = Float32Array.from({ length: width * height }, (_, pixel) => {
        const column = Math.floor((((pixel % width) + 0.5 - left) / across) * map.width);
        const row = Math.floor(((Math.floor(pixel / width) + 0.5 - top) / down) * map.height);
        const isSeen = column >= 0 && row >= 0 && column < map.width && row < map.height;
        return isSeen ? map.values[row * map.width + column]! : Number.NaN;
      });
      found.push({ family: name, run, values });
    }
  }
  return found;
}

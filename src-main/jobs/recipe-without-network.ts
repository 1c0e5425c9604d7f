// How images become comparable where no network says so: one size and one window for the normals and everything compared with them.
import type { Recipe } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { Problem } from '../platform/errors.ts';

/** Larger images are made smaller: nobody needs more pixels for the acquisition of an image, and they cost time. */
const largestSide = 512;
/** So many normals tell what is usual. */
const looked = 1000;

/** The usual shorter side of the normals, and the window that each file names. Throws `missing` for an empty cohort. */
export function recipeWithoutNetwork(catalog: Catalog, normals: number): Recipe {
  const ids = imageIds(catalog, { cohort: normals }, { by: 'imported', descending: false }).subarray(0, looked);
  if (ids.length === 0) throw new Problem('missing', { what: 'images of the cohort', name: String(normals) });
  const sides = imageRecords(catalog, ids)
    .map(({ width, height }) => Math.min(width, height))
    .sort((a, b) => a - b);
  const usual = sides[Math.floor(sides.length / 2)]!;
  return {
    intensity: { type: 'file-window' },
    fit: 'crop',
    filter: 'lanczos',
    channels: 1,
    resolution: Math.max(16, Math.min(largestSide, usual)),
  };
}

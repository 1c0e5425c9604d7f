// How images become comparable where no network says so: one size and one window for the normals and everything compared with them.
import type { Recipe } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';

/** Larger images are made smaller: nobody needs more pixels for the acquisition of an image, and they cost time. */
const largestSide = 512;
/** So many normals tell what is usual. */
const looked = 1000;

/** The usual shorter side of the normals, at least one, and the window that each file names. */
export function recipeWithoutNetwork(catalog: Catalog, normals: readonly number[]): Recipe {
  const sides = imageRecords(catalog, normals.slice(0, looked))
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

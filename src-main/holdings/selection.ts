// Which images a request means: those named one by one, or all that a filter lets through.
import type { Selection } from '../../src-preload/schemas/image.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageIds } from '../catalog/tables/pages.ts';

/** The ids of a selection: as named, or in the order of import. */
export function selectedIds(catalog: Catalog, selection: Selection): Uint32Array {
  if ('ids' in selection) return selection.ids;
  return imageIds(catalog, selection.filter, { by: 'imported', descending: false });
}

// Methods about the map of the archive and about images that are alike.
import type { Catalog } from '../../catalog/catalog.ts';
import { referenceCohorts } from '../../catalog/tables/cohorts.ts';
import { featuredImages } from '../../catalog/tables/features.ts';
import { imageRecord } from '../../catalog/tables/images.ts';
import { mapColours } from '../../catalog/tables/map-colours.ts';
import { mapOf } from '../../catalog/tables/map-layouts.ts';
import { similarImages } from '../../catalog/tables/map-search.ts';
import { countImages, imageIds } from '../../catalog/tables/pages.ts';
import { Problem } from '../../platform/errors.ts';
import { notUnusual } from '../../scoring/reasons.ts';
import type { MethodsNamed, Service } from './method.ts';

/** The map in use; throws `missing` where it is another one by now. */
function mapInUse(service: Service, layout: number) {
  const map = mapOf(service.open().catalog);
  if (map?.id !== layout) throw new Problem('missing', { what: 'map', name: String(layout) });
  return map;
}

export const mapMethods: MethodsNamed<'map'> = {
  'map.points': (_, service) => {
    const { catalog } = service.open();
    const map = mapOf(catalog);
    const all = countImages(catalog, {});
    if (map === undefined) {
      const featured = catalog.get<{ images: number }>('SELECT count(DISTINCT image) AS images FROM features')!.images;
      const none = { ids: new Uint32Array(), points: new Float32Array() };
      return { layout: null, ...none, unplaced: featured, featureless: all - featured };
    }
    const { id, network, createdAt, images, points } = map;
    const onMap = new Set(images);
    const featured = featuredImages(catalog, network);
    const unplaced = featured.filter((image) => !onMap.has(image)).length;
    return { layout: { id, network, createdAt }, ids: images, points, unplaced, featureless: all - featured.length };
  },
  'map.colours': ({ colouring, layout }, service) => {
    const colours = mapColours(service.open().catalog, mapInUse(service, layout).images, colouring);
    return 'values' in colours ? colours : { ...colours, names: [...colours.names] };
  },
  'map.similar': ({ id, count, filter, amongNormals }, service) => {
    const { catalog } = service.open();
    imageRecord(catalog, id);
    const listed = filter && new Set(imageIds(catalog, filter, { by: 'imported', descending: false }));
    const normals = amongNormals ? normalsOnMap(catalog) : undefined;
    const within = listed && normals ? listed.intersection(normals.images) : (listed ?? normals?.images);
    const similar = similarImages(catalog, id, count, within);
    return { similar: similar === undefined ? null : [...similar], normals: normals?.kind ?? null };
  },
};

/** The reference normals that are on the map; where none is, the images that were kept or found unremarkable. */
function normalsOnMap(catalog: Catalog) {
  const onMap = new Set(mapOf(catalog)?.images);
  const cohorts = [...referenceCohorts(catalog)];
  const reference = new Set(
    cohorts.flatMap((cohort) => [...imageIds(catalog, { cohort }, { by: 'imported', descending: false })]),
  ).intersection(onMap);
  if (reference.size > 0) return { kind: 'reference' as const, images: reference };
  const sql = `SELECT image FROM current_reasons WHERE reason = @notUnusual
    UNION SELECT image FROM current_verdicts WHERE decision = 'keep'`;
  return { kind: 'unremarkable' as const, images: new Set(catalog.column<number>(sql, { notUnusual })) };
}

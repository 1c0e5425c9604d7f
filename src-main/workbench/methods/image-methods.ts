// Methods about images: lists, one image in full, its pixels, its reconstruction and score map.
import { distance } from '../../../src-preload/parameters/scoring.ts';
import { imageRecord, slicesOf } from '../../catalog/tables/images.ts';
import { countImages, imageFacets, imageIds, pageImages } from '../../catalog/tables/pages.ts';
import { rankScans } from '../../catalog/tables/scan-scores.ts';
import { masksOf } from '../../catalog/tables/segmentations.ts';
import { readImage } from '../../holdings/catalog-images.ts';
import { MaskReader } from '../../holdings/mask-reader.ts';
import { familyMapOf, reconstructionOf, scoreMapOf } from '../../holdings/reconstructions.ts';
import { thumbnailOf } from '../../holdings/thumbnails.ts';
import { Problem } from '../../platform/errors.ts';
import { toFrame, toImageDetail } from '../to-contract.ts';
import { catalogKey } from './catalog-methods.ts';
import type { MethodsNamed, Service } from './method.ts';

export const imageMethods: MethodsNamed<'images'> = {
  'images.page': (request, service) => ({ rows: pageImages(service.open().catalog, request) }),
  'images.count': ({ filter }, service) => ({ images: countImages(service.open().catalog, filter) }),
  'images.ids': ({ filter, order }, service) => ({ ids: imageIds(service.open().catalog, filter, order) }),
  'images.facets': ({ filter }, service) => imageFacets(service.open().catalog, filter),
  'images.detail': ({ id }, service) => toImageDetail(service.open().catalog, id),
  'images.slices': ({ id, score }, service) => ({ slices: slicesOf(service.open().catalog, id, score) }),
  'images.scans': ({ score, by }, service) => ({
    scans: rankScans(service.open().catalog, score, by).map(({ key: _key, ...scan }) => scan),
  }),
  'images.frame': async ({ id }, service) => {
    const { catalog, decoder } = service.open();
    return toFrame(await telling(service, id, () => readImage(catalog, decoder, id)));
  },
  'images.masks': async ({ id }, service) => {
    const { catalog, decoder } = service.open();
    const reader = new MaskReader(catalog, decoder);
    const masks = await Promise.all(
      masksOf(catalog, id).map(async ({ role }) => ({ role, ...(await reader.labels(id, role))! })),
    );
    return { masks };
  },
  'images.thumbnail': async ({ id, size, catalog: key }, service) => {
    const { catalog, decoder } = service.open();
    if (key !== undefined && key !== catalogKey(catalog)) throw new Problem('missing', { what: 'catalog', name: key });
    return { png: await telling(service, id, () => thumbnailOf(catalog, decoder, id, size)) };
  },
  'images.reconstruction': ({ id, run }, service) => {
    const { catalog, decoder } = service.open();
    return reconstructionOf(catalog, decoder, run, id);
  },
  'images.map': ({ id, run, map }, service) => {
    const { catalog, decoder } = service.open();
    const patchDistance = distance.safeParse(map);
    return patchDistance.success
      ? scoreMapOf(catalog, decoder, run, id, patchDistance.data)
      : familyMapOf(catalog, run, id, map);
  },
};

/** Reads a file of the catalog and tells everybody when that finds it vanished, changed, or there again. */
async function telling<T>(service: Service, id: number, read: () => Promise<T>): Promise<T> {
  const { catalog } = service.open();
  const before = imageRecord(catalog, id).state;
  try {
    return await read();
  } finally {
    if (service.isOpen() && imageRecord(catalog, id).state !== before)
      service.emit('catalog.changed', { parts: ['images'] });
  }
}

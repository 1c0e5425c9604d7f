// Methods about images: lists, one image in full, its pixels, its reconstruction and score map.
import { slicesOf } from '../../catalog/tables/images.ts';
import { countImages, imageFacets, imageIds, pageImages } from '../../catalog/tables/pages.ts';
import { rankScans } from '../../catalog/tables/scan-scores.ts';
import { masksOf } from '../../catalog/tables/segmentations.ts';
import { readImage } from '../catalog-images.ts';
import { MaskReader } from '../mask-reader.ts';
import { reconstructionOf, scoreMapOf } from '../reconstructions.ts';
import { thumbnailOf } from '../thumbnails.ts';
import { toFrame, toImageDetail } from '../to-contract.ts';
import type { MethodsNamed } from './method.ts';

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
    return toFrame(await readImage(catalog, decoder, id));
  },
  'images.masks': async ({ id }, service) => {
    const { catalog, decoder } = service.open();
    const reader = new MaskReader(catalog, decoder);
    const masks = await Promise.all(
      masksOf(catalog, id).map(async ({ role }) => ({ role, ...(await reader.labels(id, role))! })),
    );
    return { masks };
  },
  'images.thumbnail': async ({ id, size }, service) => {
    const { catalog, decoder } = service.open();
    return { png: await thumbnailOf(catalog, decoder, id, size) };
  },
  'images.reconstruction': ({ id, run }, service) => {
    const { catalog, decoder } = service.open();
    return reconstructionOf(catalog, decoder, run, id);
  },
  'images.map': ({ id, run, distance }, service) => {
    const { catalog, decoder } = service.open();
    return scoreMapOf(catalog, decoder, run, id, distance);
  },
};

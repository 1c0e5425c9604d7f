// Images: lists, one image in full, its pixels, its reconstruction and score maps.
import { z } from 'zod';
import { uint8Array } from '../schemas/arrays.ts';
import * as catalog from '../schemas/catalog.ts';
import * as image from '../schemas/image.ts';
import * as segmentation from '../schemas/segmentation.ts';
import { method } from './method.ts';

const { id, filter, order, scoreName } = image;

export const imagesMethods = {
  'images.page': method(
    z.strictObject({
      filter,
      order,
      /** The score that rows carry; by default the one that orders them. */
      score: scoreName.optional(),
      /** Columns of metadata that rows carry. */
      columns: z.array(id).max(50).default([]),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(1000),
    }),
    z.strictObject({ rows: z.array(image.imageRow) }),
    { reads: ['images', 'verdicts', 'tags', 'scores', 'cohorts', 'columns'] },
  ),
  'images.count': method(z.strictObject({ filter }), z.strictObject({ images: z.int() }), {
    reads: ['images', 'verdicts', 'tags', 'scores', 'cohorts', 'columns'],
  }),
  /** All ids of a filter in order: for select-all, and to walk from image to image. */
  'images.ids': method(z.strictObject({ filter, order }), z.strictObject({ ids: image.ids }), {
    reads: ['images', 'verdicts', 'tags', 'scores', 'cohorts', 'columns'],
  }),
  'images.facets': method(z.strictObject({ filter }), catalog.facets, {
    reads: ['images', 'verdicts', 'tags', 'cohorts'],
  }),
  'images.detail': method(z.strictObject({ id }), image.imageDetail, {
    reads: ['images', 'verdicts', 'tags', 'annotations', 'cohorts', 'scores'],
  }),
  /** The images of the same volume or multi-frame file in anatomical order, with one score of each. */
  'images.slices': method(
    z.strictObject({ id, score: scoreName.optional() }),
    z.strictObject({
      slices: z.array(z.strictObject({ id, score: z.number().nullable(), verdict: image.decision.nullable() })),
    }),
    { reads: ['images', 'verdicts', 'scores'] },
  ),
  /** Volumes and multi-frame files, highest first by one statistic of their slices' scores. */
  'images.scans': method(
    z.strictObject({ score: scoreName, by: z.enum(['maximum', 'mean', 'percentile95']) }),
    z.strictObject({ scans: z.array(image.scanScore) }),
    { reads: ['images', 'scores'] },
  ),
  'images.frame': method(z.strictObject({ id }), image.frame),
  /** The segmentations beside an image, of its geometry; none where there are none. */
  'images.masks': method(z.strictObject({ id }), z.strictObject({ masks: z.array(segmentation.mask) }), {
    reads: ['segmentations'],
  }),
  /** A PNG file of `size` pixels on the longer side (smaller images stay as they are), windowed for display. */
  'images.thumbnail': method(
    z.strictObject({
      id,
      size: z.int().min(16).max(512),
      /** The catalog that the caller has before it: refused when another one is open by now. */
      catalog: image.catalogKey.optional(),
    }),
    z.strictObject({ png: uint8Array }),
  ),
  /** The image in the run's model space and its reconstruction, both 8 bit, and where they lie in the image. */
  'images.reconstruction': method(
    z.strictObject({ id, run: id }),
    z.strictObject({
      original: image.picture,
      reconstruction: image.picture,
      placement: image.placement,
      levels: image.levels,
    }),
  ),
  /** The score of every patch position of an image in a run. */
  'images.map': method(z.strictObject({ id, run: id, map: image.mapName }), image.scoreMap),
} as const;

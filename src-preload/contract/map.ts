// The map of the archive: where each image lies, how its points are coloured, and which images are alike.
import { z } from 'zod';
import { float32Array, uint16Array } from '../schemas/arrays.ts';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { id, scoreName } = image;
const count = z.int().nonnegative();

/** What the points of a map are coloured by. */
export const colouring = z.union([
  z.strictObject({ score: scoreName }),
  z.strictObject({ column: id }),
  z.strictObject({ by: z.enum(['reason', 'kind', 'verdict', 'cohort', 'modality', 'bodyPart', 'view', 'patient']) }),
]);

export const mapMethods = {
  /** All images of the map, by number; `points` holds x and y of each. */
  'map.points': method(
    nothing,
    z.strictObject({
      layout: z.strictObject({ id, network: z.string(), createdAt: image.time }).nullable(),
      ids: image.ids,
      points: float32Array,
      /** Images with features that are not on the map, and images without features. */
      unplaced: count,
      featureless: count,
    }),
    { reads: ['map', 'images', 'scores'], slow: true },
  ),
  /**
   * A value or a category for each image of the map, in the order of `map.points`. NaN: no value. Categories count from 0 and are named, most frequent
   * first; those beyond the named ones, and images without one, are 65535.
   */
  'map.colours': method(
    z.strictObject({ colouring, layout: id }),
    z.union([
      z.strictObject({ values: float32Array }),
      z.strictObject({ categories: uint16Array, names: z.array(z.string()), distinct: count }),
    ]),
    { reads: ['map', 'images', 'scores', 'verdicts', 'cohorts', 'columns'], slow: true },
  ),
  /** The images that are most like one, nearest first, without it; null where nothing is known of it. */
  'map.similar': method(
    z.strictObject({
      id,
      count: z.int().min(1).max(1000),
      /** Only among the images of this filter. */
      filter: image.filter.optional(),
      /** Only among normals: reference normals on the map, else images that were kept or found unremarkable. */
      amongNormals: z.boolean().default(false),
    }),
    z.strictObject({
      similar: z.array(z.strictObject({ id, distance: z.number() })).nullable(),
      /** Which normals they are, where only those were asked for. */
      normals: z.enum(['reference', 'unremarkable']).nullable(),
    }),
    { reads: ['map', 'images', 'cohorts', 'verdicts', 'scores'] },
  ),
} as const;

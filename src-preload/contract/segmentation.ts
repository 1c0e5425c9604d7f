// Segmentations: Dice, and whether a score finds the failed ones.
import { z } from 'zod';
import * as catalog from '../schemas/catalog.ts';
import * as image from '../schemas/image.ts';
import * as segmentation from '../schemas/segmentation.ts';
import { method, nothing } from './method.ts';

const { path } = image;

export const segmentationMethods = {
  'segmentation.structures': method(nothing, z.strictObject({ structures: z.array(segmentation.structure) }), {
    reads: ['segmentations'],
  }),
  /** Takes Dice values from a CSV: columns `name` (of an image, volume or slice), `structure` (may be empty), `dice`. */
  'segmentation.dice': method(z.strictObject({ file: path }), z.strictObject({ images: z.int(), scans: z.int() }), {
    writes: ['segmentations'],
  }),
  /** Scans (and images of none) that have both the score and the Dice, highest score first. */
  'segmentation.cases': method(
    segmentation.comparison,
    z.strictObject({ cases: z.array(segmentation.segmentedCase) }),
    { reads: ['segmentations', 'scores'] },
  ),
  /** How well the score finds the cases whose Dice is below a limit; null where none or all of them are. */
  'segmentation.detection': method(
    segmentation.comparison.extend({ below: z.number().min(0).max(1) }),
    z.strictObject({ detection: catalog.detection.nullable() }),
    { reads: ['segmentations', 'scores'], slow: true },
  ),
} as const;

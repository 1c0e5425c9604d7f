// What faces and workbench say about segmentations: masks beside images, and how well predicted ones agree with the reference.
import { z } from 'zod';
import { uint16Array } from './arrays.ts';
import { id, label, scoreName } from './image.ts';
import type { Output } from './read-only.ts';

/** `region`: where mask scores are computed. `predicted` and `reference`: a segmentation under test and its ground truth. */
export const maskRole = z.enum(['region', 'predicted', 'reference']);
export type MaskRole = Output<typeof maskRole>;

/** Labels in the geometry of the stored image, rows from the top; 0 is background. */
export const mask = z.strictObject({
  role: maskRole,
  width: z.int(),
  height: z.int(),
  samples: uint16Array,
});
export type Mask = Output<typeof mask>;

/** A structure with Dice values: `foreground` (all labels), `label 2`, or as named in a CSV. */
export const structure = z.strictObject({ name: label, images: z.int(), scans: z.int() });

/** What is compared: a score of scans (by one statistic of their slices) with the Dice of a structure. */
export const comparison = z.strictObject({
  score: scoreName,
  by: z.enum(['maximum', 'mean', 'percentile95']),
  structure: label,
});

/** A scan, or an image that belongs to none, with its score and the Dice of its segmentation. */
export const segmentedCase = z.strictObject({
  /** Of a scan: its highest-scoring slice. */
  image: id,
  scan: id.nullable(),
  name: z.string(),
  slices: z.int(),
  score: z.number(),
  dice: z.number(),
  /** Why that slice is anomalous, where the score's run says. */
  why: z.string().nullable(),
});
export type SegmentedCase = Output<typeof segmentedCase>;

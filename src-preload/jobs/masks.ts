// Masks: puts segmentations beside the images of the same names.
import { z } from 'zod';
import { path } from '../schemas/image.ts';
import { maskRole } from '../schemas/segmentation.ts';
import { jobFacts } from './job-facts.ts';

export const masksFacts = jobFacts({
  kind: 'masks',
  title: 'Import masks',
  help: 'puts the segmentations of a folder, zip or file beside the images of the same names; computes Dice where both masks are there',
  parameters: z.strictObject({ source: path, role: maskRole }),
});

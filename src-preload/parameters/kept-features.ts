// Whether what networks see in images is kept beside the catalog.
import { z } from 'zod';
import { parameter } from './parameter.ts';

export const keepFeatures = parameter({
  schema: z.boolean().default(true),
  option: '--keep-features [flag]',
  label: 'Keep features',
  help: 'keep what networks see in each image (about 60 kB an image), so that another cohort of normals needs no forward pass; false: look again each time',
  effect: 'speed',
  folded: true,
});

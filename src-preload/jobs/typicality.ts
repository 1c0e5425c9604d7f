// Typicality: compares what a network's discriminator sees in each image with what it sees in normals.
import { z } from 'zod';
import { shapeOf } from '../parameters/parameter.ts';
import { typicality } from '../parameters/typicality.ts';
import { id, selection } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const typicalityFacts = jobFacts({
  kind: 'typicality',
  title: 'Typicality (one forward pass per image)',
  help: "compares the discriminator's features of each image with those of a cohort of normals",
  parameters: z.strictObject({ images: selection, model: id, normals: id, ...shapeOf(typicality) }),
});

// Project: reconstructs images with a network of normals and scores what it misses.
import { z } from 'zod';
import { clusterParameters } from '../parameters/cluster.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { projection } from '../parameters/projection.ts';
import { scoring } from '../parameters/scoring.ts';
import { id, selection } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const projectFacts = jobFacts({
  kind: 'project',
  title: 'Reconstruct and score',
  help: 'reconstructs each image with a network of normals, by backpropagation, and scores what the reconstruction misses',
  parameters: z.strictObject({
    images: selection,
    projecting: z.strictObject({
      model: id,
      /** Cohort of normals that the loss `discriminator` is balanced on; null: images that the network generates. */
      normals: id.nullable().default(null),
      ...shapeOf(projection),
    }),
    /** Null: reconstruct only. */
    scoring: z.strictObject(shapeOf(scoring)).nullable(),
    ...shapeOf(clusterParameters),
  }),
});

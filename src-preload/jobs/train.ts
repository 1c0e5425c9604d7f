// Train: a StyleGAN2-ADA of a cohort of normals.
import { z } from 'zod';
import { clusterParameters } from '../parameters/cluster.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { training, trainingWindow } from '../parameters/training.ts';
import { id, label } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const trainFacts = jobFacts({
  kind: 'train',
  title: 'Train a network on normals',
  help: 'trains a StyleGAN2-ADA on a cohort of normal images',
  parameters: z.strictObject({
    cohort: id,
    name: label,
    window: trainingWindow.schema,
    ...shapeOf(training),
    ...shapeOf(clusterParameters),
    /** Options of the published `train.py` that differ from its defaults, by their names there. */
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
});

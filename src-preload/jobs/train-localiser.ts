// Train a localiser: a network that marks what does not belong into an image, learned from normal images alone.
import { z } from 'zod';
import { clusterParameters } from '../parameters/cluster.ts';
import { localiserTraining } from '../parameters/localiser.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { trainingWindow } from '../parameters/training.ts';
import { id, label } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const trainLocaliserFacts = jobFacts({
  kind: 'train-localiser',
  title: 'Train a localiser on normals',
  help: 'trains a network that marks anomalies in one pass, from normal images and synthetic anomalies',
  parameters: z.strictObject({
    cohort: id,
    name: label,
    window: trainingWindow.schema,
    ...shapeOf(localiserTraining),
    ...shapeOf(clusterParameters),
  }),
});

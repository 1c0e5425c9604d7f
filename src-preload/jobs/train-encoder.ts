// Train an encoder: the feed-forward inverse of a network, which reconstructs an image in one pass.
import { z } from 'zod';
import { clusterParameters } from '../parameters/cluster.ts';
import { encoderTraining } from '../parameters/encoder.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { id, label } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const trainEncoderFacts = jobFacts({
  kind: 'train-encoder',
  title: 'Train an encoder for a network',
  help: 'trains the inverse of a network of normals, which reconstructs an image in one pass instead of by optimization',
  parameters: z.strictObject({
    /** The network that it is the inverse of; it needs a discriminator. */
    model: id,
    cohort: id,
    /** Of the network with its encoder. */
    name: label,
    ...shapeOf(encoderTraining),
    ...shapeOf(clusterParameters),
  }),
});

// Rescore: scores the reconstructions of an earlier run again, with other settings.
import { z } from 'zod';
import { shapeOf } from '../parameters/parameter.ts';
import { scoring } from '../parameters/scoring.ts';
import { id } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const scoreFacts = jobFacts({
  kind: 'score',
  title: 'Rescore',
  help: 'scores the reconstructions of an earlier run again, with other settings',
  parameters: z.strictObject({ projection: id, scoring: z.strictObject(shapeOf(scoring)) }),
});

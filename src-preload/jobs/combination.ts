// Combination: several scores made one, with a conformal p-value.
import { z } from 'zod';
import { id, scoreName, selection } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const combinationFacts = jobFacts({
  kind: 'combination',
  title: 'Combine scores',
  help: 'makes one score of several, with a conformal p-value, against normals that have all of them',
  parameters: z.strictObject({ images: selection, scores: z.array(scoreName).min(1).max(20), validation: id }),
});

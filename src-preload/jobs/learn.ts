// Learn from verdicts: re-ranks the images of a run by what a curator kept and rejected.
import { z } from 'zod';
import { id } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const learnFacts = jobFacts({
  kind: 'learn',
  title: 'Learn from verdicts',
  help: 'ranks the images of a run again by a small model of what was kept and rejected, and says how much better that is',
  parameters: z.strictObject({
    /** A run that scored images and kept what a network saw in them. */
    run: id,
    /** What is learned from, verdicts above all, as a hash: another one makes another run. Filled in when it is queued. */
    verdicts: z.string().max(64).default(''),
  }),
});

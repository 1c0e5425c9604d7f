// Demonstration: a synthetic archive, with a network that knows its normals.
import { z } from 'zod';
import { jobFacts } from './job-facts.ts';

export const demonstrationFacts = jobFacts({
  kind: 'demonstration',
  title: 'Open the demonstration',
  help: 'draws a synthetic archive beside the catalog and imports it with a network of its normals',
  parameters: z.strictObject({}),
});

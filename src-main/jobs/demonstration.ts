// Demonstration: a synthetic archive, with a network that knows its normals.
import type { Job } from './job.ts';

export const demonstrationJob: Job<'demonstration'> = {
  kind: 'demonstration',
  lane: 'light',
  resumes: 'unfinished',
  describe: () => ({ title: 'open the demonstration archive', parameters: {} }),
  load: async () => (await import('./demonstration-run.ts')).demonstrationRun,
};

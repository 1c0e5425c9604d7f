// Masks: puts segmentations beside the images of the same names.
import type { Job } from './job.ts';

export const masksJob: Job<'masks'> = {
  kind: 'masks',
  lane: 'light',
  resumes: 'unfinished',
  describe: (_, parameters) => ({ title: `import ${parameters.role} masks of ${parameters.source}`, parameters }),
  load: async () => (await import('./masks-run.ts')).masksRun,
};

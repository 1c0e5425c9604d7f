// Train a localiser on a cohort of normals.
import type { Job } from './job.ts';

export const trainLocaliserJob: Job<'train-localiser'> = {
  kind: 'train-localiser',
  lane: 'heavy',
  resumes: 'always',
  describe: (_, parameters) => ({ title: `train the localiser ${parameters.name}`, parameters }),
  load: async () => (await import('./train-localiser-run.ts')).trainLocaliserRun,
};

// Import: reads the images of folders, zips and files into the catalog.
import type { Job } from './job.ts';

export const importJob: Job<'import'> = {
  kind: 'import',
  lane: 'light',
  resumes: 'unfinished',
  describe: (_, parameters) => ({ title: `import ${parameters.sources.join(', ')}`, parameters }),
  load: async () => (await import('./import-run.ts')).importRun,
};

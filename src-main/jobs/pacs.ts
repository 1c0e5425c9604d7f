// From the PACS: fetches what a query finds, and imports it.
import { nameOf } from '../pacs/peer.ts';
import type { Job } from './job.ts';

export const pacsJob: Job<'pacs'> = {
  kind: 'pacs',
  lane: 'light',
  resumes: 'unfinished',
  describe: (_, parameters) => ({ title: `import from ${nameOf(parameters.peer)}`, parameters }),
  load: async () => (await import('./pacs-run.ts')).pacsRun,
};

// Columns: reads attributes of the catalog's DICOM files into columns of metadata.
import { columnOfTag } from '../archive/dicom/keywords.ts';
import type { Job } from './job.ts';

export const columnsJob: Job<'columns'> = {
  kind: 'columns',
  lane: 'light',
  resumes: 'unfinished',
  describe: (_, parameters) => ({
    title: `read ${parameters.attributes.map((tag) => columnOfTag(tag).name).join(', ')}`,
    parameters,
  }),
  load: async () => (await import('./columns-run.ts')).columnsRun,
};

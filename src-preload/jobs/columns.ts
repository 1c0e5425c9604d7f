// Columns: reads attributes of the catalog's DICOM files into columns of metadata.
import { z } from 'zod';
import { jobFacts } from './job-facts.ts';

export const columnsFacts = jobFacts({
  kind: 'columns',
  title: 'Add columns of metadata',
  help: 'reads attributes of the DICOM files again, as columns to sort and filter by',
  parameters: z.strictObject({
    /** Tags of 8 lower-case hexadecimal digits. */
    attributes: z
      .array(z.string().regex(/^[0-9a-f]{8}$/))
      .min(1)
      .max(100),
  }),
});

// From the PACS: fetches what a query finds, and imports it into the catalog.
import { z } from 'zod';
import { fetching } from '../parameters/fetching.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { label, path } from '../schemas/image.ts';
import { pacsPeer, pacsQuery } from '../schemas/pacs.ts';
import { jobFacts } from './job-facts.ts';

export const pacsFacts = jobFacts({
  kind: 'pacs',
  title: 'Import from a PACS',
  help: 'fetches what a query finds by DICOMweb or DIMSE into a folder, and imports it into the catalog',
  parameters: z.strictObject({
    peer: pacsPeer,
    query: pacsQuery,
    /** The folder of the fetched files; null: `from-pacs` beside the catalog. */
    into: path.nullable().default(null),
    /** The label of every image. */
    kind: label.nullable().default(null),
    cohort: label.nullable().default(null),
    ...shapeOf(fetching),
  }),
});

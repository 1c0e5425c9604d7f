// Import: reads the images of folders, zips and files into the catalog.
import { z } from 'zod';
import { label, path } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

export const importFacts = jobFacts({
  kind: 'import',
  title: 'Import images',
  help: 'reads the images of folders, zips and files into the catalog',
  parameters: z.strictObject({
    /** Folders, zips and files. */
    sources: z.array(path).min(1),
    /** The label of every image; null: the name of the folder it lies in. */
    kind: label.nullable().default(null),
    /** Put the imported images into this cohort, made when there is none of the name. */
    cohort: label.nullable().default(null),
    /** Only slices that the mask of the same file name in this folder or zip touches; null: all. */
    maskDir: path.nullable().default(null),
    /** Leave out frames whose every sample is 0. */
    dropBlack: z.boolean().default(false),
    /** Take in again what was removed from the catalog. */
    removed: z.boolean().default(false),
  }),
});

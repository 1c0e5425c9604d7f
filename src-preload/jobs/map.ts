// Map: lays the images of the archive out in a plane, those alike beside each other.
import { z } from 'zod';
import { jobFacts } from './job-facts.ts';

export const mapFacts = jobFacts({
  kind: 'map',
  title: 'Map of the archive',
  help: 'lays all images with features out in a plane, those alike beside each other (UMAP); new images are placed on the map that is there',
  parameters: z.strictObject({
    /** Whose features; null: those of the map that is there, else of the network that has looked at most images. */
    network: z.string().max(200).nullable().default(null),
    /** Lay all images out anew, where a map is there. */
    fresh: z.boolean().default(false),
    seed: z.int().nonnegative().default(0),
    neighbours: z.int().min(2).max(200).default(15),
  }),
});

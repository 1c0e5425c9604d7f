// Where the settings of a catalog's cluster are, and where a run and its tasks exchange files.
import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import type { Run } from '../catalog/tables/runs.ts';

/** The file of settings of a catalog's cluster. */
export const clusterFile = (catalog: Catalog): string => catalog.path('cluster.json');

const placeSchema = z.object({ cluster: z.object({ folders: z.record(z.string(), z.string()) }) });

/** Part of a run's work -> its exchange folder, in the order in which they were made. */
export const exchangeFoldersOf = ({ provenance }: Pick<Run, 'provenance'>): Readonly<Record<string, string>> =>
  placeSchema.safeParse(provenance).data?.cluster.folders ?? {};

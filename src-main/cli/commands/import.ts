// residua import: takes the images of folders, zips and files into a catalog.
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import { defineCommand, option, text } from '../command.ts';
import { follow, withCatalog } from '../with-catalog.ts';

export const importCommand = defineCommand({
  details: `Images stay where they are; the catalog notes where. A second import reads only what is new or has changed.
Files that cannot be read are named with the reason, and the rest goes on.`,
  arguments: { sources: option('<sources...>', 'folders, zips or image files', z.array(text).min(1)) },
  options: {
    kind: option('--kind <label>', 'the label of all images (without it: the name of their folder)', text.optional()),
    cohort: option('--cohort <name>', 'put the images into this cohort', text.optional()),
  },
  async run({ sources, kind, cohort }, context) {
    await withCatalog(context, { create: true }, async (workbench) => {
      const parameters = { sources: sources.map((path) => resolve(path)), kind: kind ?? null, cohort: cohort ?? null };
      const { id } = await follow(workbench, { kind: 'import', parameters }, context);
      context.print(await importSummary(workbench, id));
    });
  },
});

/** `120 images imported, 2 skipped`. */
export async function importSummary(workbench: Workbench, run: number): Promise<string> {
  const { provenance } = await workbench.call('runs.detail', { id: run });
  return z.object({ summary: z.string() }).parse(provenance).summary;
}

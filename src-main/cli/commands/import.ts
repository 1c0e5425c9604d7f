// residua import: takes the images of folders, zips and files into a catalog.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, flag, option, text } from '../command.ts';
import { follow, withCatalog } from '../with-catalog.ts';

export const importCommand = defineCommand({
  details: `Images stay where they are; the catalog records where. A second import reads only new and changed files.
Files that cannot be read are listed with the reason; the rest is imported.
A folder that was moved, or is on another drive now, is recognised by content (SHA-256): its images keep their numbers, scores and
verdicts. residua relocate does the same for a whole folder without importing what is new there.

The preparation tools are not needed for a catalog: an import orders the slices of DICOM series and splits NIfTI volumes into slices,
oriented by their affine; --mask-dir and --drop-black select slices; residua cohorts split splits by patient;
residua train --cohort takes --window-level, --window-width, --fit, --filter and --resolution, which are stored with the network:
every later run prepares images in the same way.`,
  arguments: { sources: option('<sources...>', 'folders, zips or image files', z.array(text).min(1)) },
  options: {
    kind: option('--kind <label>', 'the label of all images (without it: the name of their folder)', text.optional()),
    cohort: option('--cohort <name>', 'add the images to this cohort', text.optional()),
    maskDir: option(
      '--mask-dir <folder>',
      'only slices that the mask of the same file name touches, as residua slice does',
      text.optional(),
    ),
    dropBlack: option(
      '--drop-black [flag]',
      'leave out frames that are all black, as residua preprocess-midrc does',
      flag,
    ),
    removed: option('--removed [flag]', 'import again what residua remove has removed', flag),
  },
  async run({ sources, kind, cohort, maskDir, dropBlack, removed }, context) {
    const absent = sources.find((path) => !existsSync(resolve(path)));
    if (absent !== undefined) throw new Problem('file', { file: absent, reason: 'no such file or folder' });
    await withCatalog(context, { create: true }, async (workbench) => {
      const parameters = {
        ...{ sources: sources.map((path) => resolve(path)), kind: kind ?? null, cohort: cohort ?? null },
        ...{ maskDir: maskDir === undefined ? null : resolve(maskDir), dropBlack, removed },
      };
      const { id, done, skipped } = await follow(workbench, { kind: 'import', parameters }, context);
      context.print(await importSummary(workbench, id));
      if (done === 0 && skipped > 0) {
        throw new Problem('missing', { what: 'image that can be read', name: `all ${skipped} files were skipped` });
      }
    });
  },
});

/** `120 images imported, 2 skipped`. */
export async function importSummary(workbench: Workbench, run: number): Promise<string> {
  const { provenance } = await workbench.call('runs.detail', { id: run });
  return z.object({ summary: z.string() }).parse(provenance).summary;
}

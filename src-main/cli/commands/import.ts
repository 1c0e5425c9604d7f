// residua import: takes the images of folders, zips and files, or of a PACS, into a catalog.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, flag, option, text } from '../command.ts';
import { importSummary } from '../import-summary.ts';
import { importFromPacs, printFound, testPacs } from '../pacs-import.ts';
import { credentialsOf, pacsOptions, peerOf, queryOf, refuseStrayPacsOptions } from '../pacs-options.ts';
import { follow, withCatalog } from '../with-catalog.ts';

export const importCommand = defineCommand({
  details: `Images stay where they are; the catalog records where. A second import reads only new and changed files.
Files that cannot be read are listed with the reason; the rest is imported.
A folder that was moved, or is on another drive now, is recognised by content (SHA-256): its images keep their numbers, scores and
verdicts. residua relocate does the same for a whole folder without importing what is new there.

The preparation tools are not needed for a catalog: an import orders the slices of DICOM series and splits NIfTI volumes into slices,
oriented by their affine; --mask-dir and --drop-black select slices; residua cohorts split splits by patient;
residua train --cohort takes --window-level, --window-width, --fit, --filter and --resolution, which are stored with the network:
every later run prepares images in the same way.

From a PACS: residua import --dicomweb https://pacs.example/dicom-web --patient-id 4711 --modality CT --dry-run shows what there is,
the same without --dry-run fetches and imports it; the same command again resumes. Passwords and tokens are asked for, or read from a
file or from $RESIDUA_PACS_PASSWORD or $RESIDUA_PACS_TOKEN, and are kept nowhere. Nothing is ever sent to the PACS. docs/pacs.md says more.`,
  arguments: { sources: option('[sources...]', 'folders, zips or image files', z.array(text).default([])) },
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
    removed: option('--removed [flag]', 'take in again what residua remove has removed', flag),
    ...pacsOptions,
  },
  async run({ sources, kind, cohort, maskDir, dropBlack, removed, ...pacs }, context) {
    const peer = peerOf(pacs);
    if (peer !== undefined) {
      if (sources.length > 0) throw new Problem('usage', { message: 'give folders or a PACS, not both' });
      if (maskDir !== undefined || dropBlack) {
        throw new Problem('usage', {
          message: '--mask-dir and --drop-black are for folders: import --into again with them',
        });
      }
      const { rate, bandwidth, parallel, timeout, into } = pacs;
      const speed = { rate, bandwidth, parallel, timeout };
      const query = queryOf(pacs);
      const given = { peer, query, credentials: await credentialsOf(pacs), into, kind, cohort, speed };
      return pacs.test
        ? testPacs(given, context)
        : pacs.dryRun
          ? printFound(given, context)
          : importFromPacs(given, context);
    }
    refuseStrayPacsOptions(pacs);
    if (sources.length === 0)
      throw new Problem('usage', { message: 'what is imported is missing: folders, zips, files, or a PACS' });
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

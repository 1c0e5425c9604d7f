// residua decisions: verdicts out of a catalog as CSV, and back in again.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const decisions = defineCommand({
  details: `Example: residua decisions export verdicts.csv
import takes a CSV, a Parquet file, or a COCO file (.json) whose images have a verdict. Columns: verdict (keep, reject, unsure); image (its number), pixel_fingerprint, or
sha256, path, file or file_name; reason and reviewer may be absent.`,
  arguments: {
    action: option('<action>', 'export the verdicts to a CSV, or import them', z.enum(['export', 'import'])),
    file: option('<csv>', 'the file; a table of another program may also be Parquet or COCO', text),
  },
  options: {
    reviewer: option(
      '--reviewer <name>',
      'who is recorded as importing the verdicts (without it: the user of this machine)',
      text.optional(),
    ),
  },
  async run({ action, file, reviewer = userInfo().username }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      if (action === 'export') {
        await workbench.call('verdicts.export', { file: resolve(file) });
        context.print(file);
        return;
      }
      const { images } = await workbench.call('verdicts.import', { file: resolve(file), reviewer });
      context.print(`${images} images have another verdict now`);
    });
  },
});

// residua relocate: a folder of the archive was moved, or its drive has another letter: its files are found again by content.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const relocateCommand = defineCommand({
  details: `Example: residua relocate /mnt/old/chest /data/chest
Images keep their numbers, scores, verdicts and cohorts. A file of the same size and time at the same place of the folder is taken to be
the same; any other is recognised by its SHA-256. New files in the folder are not imported: residua import does that, and recognises moved
files likewise.`,
  arguments: {
    from: option('<old>', 'the folder, zip or file as the catalog knows it (residua sources lists them)', text),
    to: option('<new>', 'where it is now', text),
  },
  options: {
    actor: option('--actor <name>', 'who is recorded (without it: the user of this machine)', text.optional()),
  },
  async run({ from, to, actor = userInfo().username }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const found = await workbench.call('archive.relocate', { from: resolve(from), to: resolve(to), actor }, context);
      const { files, images, missing } = found;
      context.print(`${files} files with ${images} images found at their new place`);
      if (missing === 0) return;
      throw new Problem('missing', { what: `${missing} files of ${resolve(from)}`, name: resolve(to) });
    });
  },
});

// residua backup and residua restore: a copy of a catalog that is checked before it is trusted.
import { resolve } from 'node:path';
import { restoreCatalog } from '../../curation/backup/backup-catalog.ts';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const backup = defineCommand({
  details:
    'The catalog may be in use meanwhile. The backup holds what the catalog knows about the images, not the images.',
  arguments: { target: option('<folder>', 'the new folder to make', text) },
  options: {},
  async run({ target }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { folder, files } = await workbench.call('catalog.backup', { target: resolve(target) }, context);
      context.print(`${files} files: ${folder}`);
    });
  },
});

export const restore = defineCommand({
  details: 'The backup is checked against its checksums first. The catalog (--catalog) must not exist yet.',
  arguments: { backup: option('<folder>', 'the backup', text) },
  options: {},
  async run({ backup }, context) {
    const { folder, files } = await restoreCatalog(resolve(backup), context.catalogFolder, context);
    context.print(`${files} files: ${folder}`);
  },
});

// residua decisions: verdicts out of a catalog as CSV, and back in again.
import { userInfo } from 'node:os';
import { z } from 'zod';
import { openCatalog } from '../../catalog/catalog.ts';
import { formatDecisions, importDecisions } from '../../curation/verdicts/decisions-csv.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { defineCommand, option, text } from '../command.ts';

export const decisions = defineCommand({
  details: 'Example: residua decisions export verdicts.csv',
  arguments: {
    action: option('<action>', 'write the verdicts to a CSV, or take them over from one', z.enum(['export', 'import'])),
    file: option('<csv>', 'the file', text),
  },
  options: {
    reviewer: option(
      '--reviewer <name>',
      'who decides by an import (without it: the user of this machine)',
      text.optional(),
    ),
  },
  async run({ action, file, reviewer }, { print, catalogFolder }) {
    const catalog = openCatalog(catalogFolder);
    try {
      if (action === 'export') {
        await writeFileAtomic(file, formatDecisions(catalog, {}));
        print(file);
      } else {
        const by = reviewer ?? userInfo().username;
        const changed = await importDecisions(catalog, file, { reviewer: by, at: new Date().toISOString() });
        print(`${changed} images have another verdict now`);
      }
    } finally {
      catalog.close();
    }
  },
});

// residua annotations: rectangles of true anomalies out of a catalog as CSV, and in from one.
import { userInfo } from 'node:os';
import { z } from 'zod';
import { openCatalog } from '../../catalog/catalog.ts';
import { formatAnnotations, importAnnotations } from '../../curation/annotations/annotations-csv.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { defineCommand, option, text } from '../command.ts';

export const annotations = defineCommand({
  details: `Example: residua annotations import findings.csv
Columns: image (its number, as residua rank prints it), x, y, width, height (pixels of the stored image, from its top
left corner), label, reviewer. residua evaluate tells how often the highest-scoring patch lies on an annotated anomaly.`,
  arguments: {
    action: option('<action>', 'write the annotations to a CSV, or add those of one', z.enum(['export', 'import'])),
    file: option('<csv>', 'the file', text),
  },
  options: {
    reviewer: option('--reviewer <name>', 'who drew them (without it: the user of this machine)', text.optional()),
  },
  async run({ action, file, reviewer }, { print, catalogFolder }) {
    const catalog = openCatalog(catalogFolder);
    try {
      if (action === 'export') {
        await writeFileAtomic(file, formatAnnotations(catalog));
        print(file);
      } else {
        const by = reviewer ?? userInfo().username;
        const added = await importAnnotations(catalog, file, { reviewer: by, at: new Date().toISOString() });
        print(`${added} annotations added`);
      }
    } finally {
      catalog.close();
    }
  },
});

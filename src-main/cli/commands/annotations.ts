// residua annotations: rectangles of true anomalies out of a catalog as CSV, and in from one or from masks.
import { userInfo } from 'node:os';
import { z } from 'zod';
import { openCatalog } from '../../catalog/catalog.ts';
import { formatAnnotations, importAnnotations } from '../../curation/annotations/annotations-csv.ts';
import { FolderReader, skippedLine } from '../../decoder/folder-images.ts';
import { annotateFromMasks } from '../../folder-tools/annotation-masks.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { defineCommand, option, text } from '../command.ts';

export const annotations = defineCommand({
  details: `Example: residua annotations import findings.csv
Columns: image (its number, as residua rank prints it), x, y, width, height (pixels of the stored image, from its top
left corner), label, reviewer. With masks, the folder or zip holds a mask for each image, at the image's path in its source: the rectangle is the
smallest around all that is above 0, its label the image's kind. residua evaluate tells how often the highest-scoring patch lies on an annotated anomaly.`,
  arguments: {
    action: option(
      '<action>',
      'write the annotations to a CSV, add those of one, or those of a folder of masks',
      z.enum(['export', 'import', 'masks']),
    ),
    file: option('<file>', 'the CSV, or the folder of masks', text),
  },
  options: {
    reviewer: option('--reviewer <name>', 'who drew them (without it: the user of this machine)', text.optional()),
  },
  async run({ action, file, reviewer }, context) {
    const { print, catalogFolder } = context;
    const catalog = openCatalog(catalogFolder);
    try {
      if (action === 'export') {
        await writeFileAtomic(file, formatAnnotations(catalog));
        print(file);
        return;
      }
      const by = { reviewer: reviewer ?? userInfo().username, at: new Date().toISOString() };
      if (action === 'import') {
        print(`${await importAnnotations(catalog, file, by)} annotations added`);
        return;
      }
      const reader = new FolderReader();
      try {
        const { added, known, skipped } = await annotateFromMasks(catalog, file, by, reader, context);
        for (const each of skipped) context.remark(skippedLine(each));
        print(`${added} annotations added, ${known} were there already, ${skipped.length} masks left out`);
      } finally {
        await reader.close();
      }
    } finally {
      catalog.close();
    }
  },
});

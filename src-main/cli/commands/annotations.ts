// residua annotations: rectangles of true anomalies out of a catalog as CSV, and in from one or from masks.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const annotations = defineCommand({
  details: `Example: residua annotations import findings.csv
Columns: image (its number, as residua rank prints it), x, y, width, height (pixels of the stored image, from its top
left corner), label, reviewer. With masks, the folder or zip holds a mask for each image, at the image's path in its source: the rectangle is the
smallest around all that is above 0, its label the image's kind. residua evaluate reports how often the highest-scoring patch lies on an annotated anomaly.`,
  arguments: {
    action: option(
      '<action>',
      'export the annotations to a CSV, import them, or import those of a folder of masks',
      z.enum(['export', 'import', 'masks']),
    ),
    file: option('<file>', 'the CSV, or the folder of masks', text),
  },
  options: {
    reviewer: option('--reviewer <name>', 'who drew them (without it: the user of this machine)', text.optional()),
  },
  async run({ action, file, reviewer = userInfo().username }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const path = resolve(file);
      if (action === 'export') {
        await workbench.call('annotations.export', { file: path });
        context.print(file);
      } else if (action === 'import') {
        const { added } = await workbench.call('annotations.import', { file: path, reviewer });
        context.print(`${added} annotations added`);
      } else {
        const request = { folder: path, reviewer };
        const { added, known, skipped } = await workbench.call('annotations.masks', request, context);
        for (const line of skipped) context.remark(line);
        context.print(`${added} annotations added, ${known} were there already, ${skipped.length} masks left out`);
      }
    });
  },
});

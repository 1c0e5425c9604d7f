// residua annotations: rectangles of true anomalies out of a catalog as CSV, and in from one or from masks.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const annotations = defineCommand({
  details: `Example: residua annotations import findings.csv
Columns: image (its number, as residua rank prints it), x, y, width, height (pixels of the stored image, from its top
left corner), label, reviewer. With masks, the folder or zip holds a mask for each image, at the image's path in its source: the rectangle is the
smallest around all that is above 0, its label the image's kind. residua evaluate reports how often the highest-scoring patch lies on an annotated anomaly.
residua annotations confirm-text confirms all text that residua run --scores text found and nobody has judged: de-identified exports black it
out. allow-text lets it stay, as side markers may. Annotations with the labels "text" and "side marker" do so one by one.`,
  arguments: {
    action: option(
      '<action>',
      'export the annotations to a CSV, import them, import those of a folder of masks, or judge the text that was found',
      z.enum(['export', 'import', 'masks', 'confirm-text', 'allow-text']),
    ),
    file: option('[file]', 'the CSV, or the folder of masks', text.optional()),
  },
  options: {
    reviewer: option('--reviewer <name>', 'who drew them (without it: the user of this machine)', text.optional()),
  },
  async run({ action, file, reviewer = userInfo().username }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      if (action === 'confirm-text' || action === 'allow-text') {
        const label = action === 'confirm-text' ? 'text' : 'side marker';
        const { added } = await workbench.call('annotations.text', { label, reviewer });
        context.print(`${added} lines of text ${action === 'confirm-text' ? 'confirmed' : 'allowed'}`);
        return;
      }
      if (file === undefined) throw new Problem('usage', { message: `annotations ${action} needs a file or folder` });
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

// residua scores: takes scores of another program into a catalog.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand, option, text } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

/** Row numbers that are printed; the rest are counted. */
const mostRows = 20;

export const scores = defineCommand({
  details: `Example: residua scores import theirs.csv --name "their score" --abnormal higher
The table is a CSV (separated by commas, semicolons or tabs, with decimal points or commas, in UTF-8 or UTF-16), a Parquet file, or a COCO file (.json) whose
annotations have a score: the highest of an image counts. Images are found by a column sha256, path, file, filename, file_name, image or name (--by names another):
the SHA-256 of the file, its path or the end of it, or the image's number. A row that fits several images is refused, and nothing is imported.
The score is then like any other: residua rank --score "their score", residua combine, residua evaluate, and the window.`,
  arguments: {
    action: option('<action>', 'import the scores of a table', z.enum(['import'])),
    file: option('<file>', 'the table', text),
  },
  options: {
    name: option('--name <text>', 'what the score is called here', text),
    abnormal: option('--abnormal <end>', 'which values are abnormal', z.enum(['higher', 'lower'])),
    column: option(
      '--column <name>',
      'the column of the values (without it: score, value, dist and so on)',
      text.optional(),
    ),
    by: option('--by <name>', 'the column that names images', text.optional()),
    reviewer: option('--reviewer <name>', 'who imports (without it: the user of this machine)', text.optional()),
  },
  async run({ file, name, abnormal, column = null, by = null, reviewer = userInfo().username }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { run, images, unmatched } = await workbench.call('scores.import', {
        ...{ file: resolve(file), name, abnormal: abnormal === 'higher' ? 'high' : 'low' },
        ...{ column, by, reviewer },
      });
      context.print(`${name} of ${images} images: run ${run}`);
      for (const alert of (await workbench.call('runs.detail', { id: run })).run.alerts) context.remark(alert);
      if (unmatched.length === 0) return;
      const more = unmatched.length > mostRows ? ' and more' : '';
      context.print(
        `${unmatched.length} ${unmatched.length === 1 ? 'row fits' : 'rows fit'} no image: ${unmatched.slice(0, mostRows).join(', ')}${more}`,
      );
    });
  },
});

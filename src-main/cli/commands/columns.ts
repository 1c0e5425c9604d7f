// residua columns: metadata of images, such as the scanner: lists, reads, imports and removes columns.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { tagNamed } from '../../archive/dicom/keywords.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { textTable } from '../text-table.ts';
import { follow, withCatalog } from '../with-catalog.ts';

/** Row numbers that are printed; the rest are counted. */
const mostRows = 20;

export const columns = defineCommand({
  details: `residua columns list                                   what an import has kept of DICOM files, and what was added
residua columns values Manufacturer                    how many images have each value
residua columns add PatientPosition "(0018,1164)"      read attributes of the DICOM files again
residua columns import scanners.csv --column site      take a column of a CSV or Parquet file over (without --column: all of them)
residua columns remove site                            forget a column
Images are found in a table as residua scores import finds them. The window sorts and filters by every column.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(['list', 'values', 'add', 'import', 'remove'])),
    names: option('[names...]', 'columns, attributes, or the table', z.array(text).default([])),
  },
  options: {
    column: option('--column <name...>', 'columns of the table', z.array(text).optional()),
    by: option('--by <name>', 'the column that names images', text.optional()),
    top: option('--top <number>', 'how many values to print', count.default(50)),
    reviewer: option(
      '--reviewer <name>',
      'who changes columns (without it: the user of this machine)',
      text.optional(),
    ),
  },
  async run({ action, names, column, by = null, top, reviewer = userInfo().username }, context) {
    if (action !== 'list' && names.length === 0)
      throw new Problem('usage', { message: `columns ${action} needs a name` });
    await withCatalog(context, { create: false }, async (workbench) => {
      const known = async (name: string) => {
        const { columns } = await workbench.call('columns.list', {});
        const found = columns.find((each) => each.name === name);
        if (found === undefined) throw new Problem('missing', { what: 'column', name });
        return found;
      };
      if (action === 'add') {
        const attributes = names.map((name) => {
          const tag = tagNamed(name);
          if (tag === undefined)
            throw new Problem('usage', {
              message: `${name} is neither a keyword nor a number of a DICOM attribute with text`,
            });
          return tag;
        });
        await follow(workbench, { kind: 'columns', parameters: { attributes } }, context);
      }
      if (action === 'import') {
        const [file] = names;
        const asked = { file: resolve(file!), columns: column ?? null, by, reviewer };
        const { columns, images, unmatched } = await workbench.call('columns.import', asked);
        context.print(`${columns.join(', ')} of ${images} images`);
        if (unmatched.length > 0) {
          const more = unmatched.length > mostRows ? ' and more' : '';
          const rows = unmatched.length === 1 ? 'row fits' : 'rows fit';
          context.print(`${unmatched.length} ${rows} no image: ${unmatched.slice(0, mostRows).join(', ')}${more}`);
        }
        return;
      }
      if (action === 'remove') {
        for (const name of names) await workbench.call('columns.remove', { id: (await known(name)).id, reviewer });
        return;
      }
      if (action === 'values') {
        const [name] = names;
        const { values } = await workbench.call('columns.facet', {
          ...{ column: (await known(name!)).id, filter: {}, limit: Math.min(1000, top) },
        });
        return context.print(
          textTable(
            [name!, 'images'],
            values.map(({ value, images }) => [value ?? '-', images]),
          ),
        );
      }
      const { columns } = await workbench.call('columns.list', {});
      const from = (tag: string | null) => (tag === null ? 'a table' : `(${tag.slice(0, 4)},${tag.slice(4)})`);
      const rows = columns.map(({ name, tag }) => [name, from(tag)]);
      context.print(textTable(['column', 'from'], rows));
    });
  },
});

// residua map: lays the archive out by what a network saw, and finds images that are alike.
import { z } from 'zod';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { textTable } from '../text-table.ts';
import { follow, withCatalog } from '../with-catalog.ts';

export const map = defineCommand({
  details: `residua map                       lays all images with features out in a plane (UMAP), or places new ones on the map that is there
residua map --csv map.csv         and writes the points: image, x, y
residua map similar 4711          the images that are most like image 4711, with distances
Features are kept by residua run --scores features (or localiser). The same seed gives the same map.`,
  arguments: {
    action: option('[action]', 'make the map, or find similar images', z.enum(['make', 'similar']).default('make')),
    image: option('[image]', 'the number of an image, for similar', count.optional()),
  },
  options: {
    network: option(
      '--network <name>',
      'whose features (without it: of the one that has looked at most images)',
      text.optional(),
    ),
    fresh: option('--fresh', 'lay all images out again', z.boolean().default(false)),
    seed: option('--seed <number>', 'seed of the layout', z.coerce.number().int().nonnegative().default(0)),
    neighbours: option(
      '--neighbours <number>',
      'how many make a neighbourhood',
      z.coerce.number().int().min(2).max(200).default(15),
    ),
    csv: option('--csv <file>', 'write the points to this file', text.optional()),
    cohort: option('--cohort <name>', 'similar: only images of this cohort', text.optional()),
    top: option('--top <number>', 'similar: how many', count.max(1000).default(20)),
  },
  async run({ action, image, network = null, fresh, seed, neighbours, csv, cohort, top }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      if (action === 'similar') {
        if (image === undefined) throw new Problem('usage', { message: 'map similar needs the number of an image' });
        const { cohorts } = await workbench.call('cohorts.list', {});
        const within = cohorts.find(({ name }) => name === cohort);
        if (cohort !== undefined && within === undefined)
          throw new Problem('missing', { what: 'cohort', name: cohort });
        const filter = within === undefined ? {} : { filter: { cohort: within.id } };
        const { similar } = await workbench.call('map.similar', { id: image, count: top, ...filter });
        if (similar === null)
          throw new Problem('missing', { what: 'map with image', name: `${image}: make one with residua map` });
        const rows = await Promise.all(
          similar.map(async ({ id, distance }) => {
            const { row } = await workbench.call('images.detail', { id });
            return [id, distance, row.name, row.kind ?? ''];
          }),
        );
        return context.print(textTable(['image', 'distance', 'name', 'kind'], rows));
      }
      const run = await follow(workbench, { kind: 'map', parameters: { network, fresh, seed, neighbours } }, context);
      const { provenance } = await workbench.call('runs.detail', { id: run.id });
      context.print(z.object({ summary: z.string() }).parse(provenance).summary);
      if (csv === undefined) return;
      const { ids, points } = await workbench.call('map.points', {});
      const rows = [...ids].map((image, at) => ({ image, x: points[2 * at]!, y: points[2 * at + 1]! }));
      await writeFileAtomic(csv, formatCsv(['image', 'x', 'y'], rows));
    });
  },
});

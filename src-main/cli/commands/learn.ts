// residua learn: re-ranks the images of a run by the verdicts that a curator has given.

import type { ImageRow } from '../../../src-preload/schemas/image.ts';
import { ranked } from '../../evaluation/ranked.ts';
import { Problem } from '../../platform/errors.ts';
import { learnedScore } from '../../scoring/families/learned.ts';
import { count, defineCommand, option } from '../command.ts';
import { rankingTable } from '../ranking.ts';
import { follow, withCatalog } from '../with-catalog.ts';

export const learn = defineCommand({
  details: `Example: residua learn --top 50
Needs 20 or more verdicts (keep, reject) on images that a run of one-pass scores has seen. The new score "learned" adds to the score before how like the
rejected images an image is. It is a score of its own: nothing is re-ranked unless you rank by it. The log says by cross-validation, on verdicts
that the model did not see, how well it ranks beside the score before.`,
  options: {
    run: option('--run <id>', 'the run of one-pass scores (without it: the newest)', count.optional()),
    top: option('--top <number>', 'how many images without a verdict to print', count.default(20)),
  },
  async run(values, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { runs } = await workbench.call('runs.list', {});
      const run = values.run ?? runs.find(({ kind, state }) => kind === 'scores' && state === 'done')?.id;
      if (run === undefined) throw new Problem('missing', { what: 'run of one-pass scores', name: 'this catalog' });
      const { id } = await follow(workbench, { kind: 'learn', parameters: { run } }, context);
      const { lines } = await workbench.call('runs.log', { id, after: 0, limit: 100 });
      for (const { level, text } of lines) if (level === 'information') context.print(text);
      const name = { run: id, score: learnedScore };
      const rows: ImageRow[] = [];
      for await (const row of ranked(workbench, { verdicts: ['none'], score: { name } }, name, true)) {
        if (rows.length === values.top) break;
        rows.push(row);
      }
      context.print(rankingTable(rows, name));
    });
  },
});

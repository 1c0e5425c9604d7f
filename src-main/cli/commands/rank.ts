// residua rank: the images of a catalog, sorted by any score of any run, as a table or CSV.
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import type { Filter, ImageRow, ScoreName } from '../../../src-preload/schemas/image.ts';
import { ranked } from '../../evaluation/ranked.ts';
import { describeScore } from '../../scoring/families.ts';
import { count, defineCommand, flag, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { chooseScore, rankingTable, writeRankingCsv } from '../ranking.ts';
import { textTable } from '../text-table.ts';
import { cohortNamed, scoredRun, withCatalog } from '../with-catalog.ts';

export const rank = defineCommand({
  details: `Example: residua rank --score "WD patch" --top 50 --csv ranking.csv
Scores of different runs are never mixed: they come from different networks or settings.`,
  options: {
    run: option(
      '--run <id>',
      'the run whose scores are used (without it: the newest complete one that has the score)',
      count.optional(),
    ),
    score: option('--score <name>', 'such as "WD patch" or "MSE full"', text.optional()),
    ascending: option('--ascending [flag]', 'lowest score first', flag),
    top: option('--top <number>', 'how many to print', count.default(20)),
    cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
    kind: option('--kind <label>', 'only images of this kind; may be given several times', z.array(text).optional()),
    scans: option(
      '--scans <statistic>',
      'rank volumes by a statistic of the scores of their slices',
      z.enum(['maximum', 'mean', 'percentile95']).optional(),
    ),
    csv: option('--csv <file>', 'write the whole ranking to this file', text.optional()),
  },
  async run(values, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { run, scores } = await scoredRun(workbench, values.run, values.score);
      const score = chooseScore(scores, values.score);
      context.print(`${score.score} of run ${run.id}: ${run.title}`);
      const known = describeScore(score.score);
      if (known !== undefined) context.remark(`${score.score}: ${known.score.meaning}`);
      if (values.scans !== undefined) return printScans(workbench, score, values.scans, values.top, context);
      const filter: Filter = {
        ...(values.cohort === undefined ? {} : { cohort: await cohortNamed(workbench, values.cohort) }),
        ...(values.kind === undefined ? {} : { kinds: values.kind }),
      };
      const rows: ImageRow[] = [];
      const { families } = await workbench.call('scores.families', {});
      const imported = families
        .find(({ name }) => name === 'imported')
        ?.scores.find(({ name }) => name === score.score);
      const lowFirst = imported?.abnormal === 'low';
      for await (const row of ranked(workbench, filter, score, values.ascending === lowFirst)) {
        if (row.score === null && values.csv === undefined) break;
        rows.push(row);
        if (rows.length === values.top && values.csv === undefined) break;
      }
      const scored = rows.filter((row) => row.score !== null);
      context.print(rankingTable(scored.slice(0, values.top), score));
      if (values.csv !== undefined) {
        await writeRankingCsv(values.csv, rows, score);
        const without = rows.length - scored.length;
        context.print(
          `${scored.length} images${without > 0 ? `, and ${without} without this score` : ''}: ${values.csv}`,
        );
      }
    });
  },
});

async function printScans(
  workbench: Workbench,
  score: ScoreName,
  by: 'maximum' | 'mean' | 'percentile95',
  top: number,
  { print }: Context,
): Promise<void> {
  const { scans } = await workbench.call('images.scans', { score, by });
  const rows = scans
    .slice(0, top)
    .map(({ name, slices, maximum, mean, percentile95 }, index) => [
      index + 1,
      maximum,
      mean,
      percentile95,
      slices,
      name,
    ]);
  print(textTable(['rank', 'maximum', 'mean', 'percentile95', 'slices', 'first slice'], rows));
}

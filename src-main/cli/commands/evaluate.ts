// residua evaluate: how well the scores of runs find each kind of anomaly, with intervals, and whether patches hit them.
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import type { Filter } from '../../../src-preload/schemas/image.ts';
import { compareRuns } from '../../evaluation/before-after.ts';
import {
  alarmLine,
  beforeAfterCsv,
  beforeAfterReport,
  beforeAfterTables,
} from '../../evaluation/before-after-report.ts';
import { figuresCsv, localisationCsv, localisationLine, referenceLine } from '../../evaluation/figures.ts';
import { judge } from '../../evaluation/judgement.ts';
import { evaluationReport } from '../../evaluation/report.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { aurocTable } from '../auroc-table.ts';
import { count, defineCommand, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { textTable } from '../text-table.ts';
import { cohortNamed, newestScoredRuns, scoredRun, withCatalog } from '../with-catalog.ts';

/** `anomalous=normal`: which kind is compared with which. */
const pair = z
  .string()
  .regex(/^[^=]+=[^=]+$/, 'expected two kinds, such as pneumonia=normal_pa')
  .transform((text) => text.split('=') as [string, string]);

export const evaluate = defineCommand({
  details: `Example: residua evaluate --baseline normal --pair nih_pneumonia_pa=normal_nih_pa --csv detection.csv --report detection.html
Intervals are 95 %, by a stratified bootstrap over patients where these are known. The CSV and the report also have p-values (DeLong
against 0.5; each score against the best one by DeLong and by paired permutation), all adjusted by Holm over the kinds. Where
anomalies are annotated, it also reports the share of images whose highest patch overlaps one, beside that of a random patch.
Trained again without what was rejected? residua evaluate --before 3 --after 7 compares two runs on the same images and the same validation normals.`,
  options: {
    run: option(
      '--run <id>',
      'a run to evaluate; may be given several times (without it: the newest complete run of each kind)',
      z.array(count).optional(),
    ),
    before: option('--before <id>', 'compare two runs on the same images: this one ...', count.optional()),
    after: option(
      '--after <id>',
      '... and this one, such as with a network that was trained again without rejected images',
      count.optional(),
    ),
    baseline: option('--baseline <kind>', 'the kind of the normal images', text.default('normal')),
    pair: option(
      '--pair <kind=kind>',
      'compare this kind with another baseline; may be given several times',
      z.array(pair).optional(),
    ),
    cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
    csv: option('--csv <file>', 'write the figures to this file', text.optional()),
    localize: option(
      '--localize <file>',
      'write where the highest patches lie, beside annotated anomalies, to this CSV',
      text.optional(),
    ),
    report: option('--report <file>', 'write a report with plots and images to this HTML file', text.optional()),
  },
  async run(values, context) {
    const { before, after } = values;
    if ((before === undefined) !== (after === undefined)) {
      throw new Problem('usage', { message: 'a comparison needs both --before and --after' });
    }
    if (before !== undefined && (values.run !== undefined || values.localize !== undefined)) {
      throw new Problem('usage', { message: '--before and --after compare two runs: leave out --run and --localize' });
    }
    await withCatalog(context, { create: false }, async (workbench) => {
      if (before !== undefined && after !== undefined) return compare(workbench, { before, after }, values, context);
      const runs =
        values.run === undefined
          ? await newestScoredRuns(workbench)
          : await Promise.all(values.run.map((id) => scoredRun(workbench, id)));
      const scores = runs.flatMap((detail) => detail.scores);
      const within: Filter = {
        // What the runs have not scored, their normals for example, is not judged.
        score: { name: scores[0]! },
        ...(values.cohort === undefined ? {} : { cohort: await cohortNamed(workbench, values.cohort) }),
      };
      const judgement = await judge(workbench, scores, within, values.baseline, new Map(values.pair));
      context.print(`AUROC in ${runs.map(({ run }) => `run ${run.id}: ${run.title}`).join('; ')}`);
      context.print(aurocTable(judgement));
      for (const normals of judgement.referenceNormals) context.print(referenceLine(normals));
      for (const score of judgement.scores) {
        const line = localisationLine(score);
        if (line !== null) context.print(line);
      }
      await writeFiles(context, [
        [values.csv, () => figuresCsv(judgement)],
        [values.localize, () => localisationCsv(judgement)],
        [values.report, () => evaluationReport(workbench, judgement, runs)],
      ]);
    });
  },
});

/** Two runs on the same images, such as before and after a training. */
async function compare(
  workbench: Workbench,
  runs: { readonly before: number; readonly after: number },
  values: {
    readonly cohort?: string | undefined;
    readonly baseline: string;
    readonly pair?: readonly [string, string][] | undefined;
    readonly csv?: string | undefined;
    readonly report?: string | undefined;
  },
  context: Context,
): Promise<void> {
  const [before, after] = [await scoredRun(workbench, runs.before), await scoredRun(workbench, runs.after)];
  const within = values.cohort === undefined ? {} : { cohort: await cohortNamed(workbench, values.cohort) };
  const compared = await compareRuns(workbench, { before, after }, within, values.baseline, new Map(values.pair));
  context.print(`before: run ${before.run.id}: ${before.run.title}\nafter: run ${after.run.id}: ${after.run.title}`);
  for (const { title, header, rows } of beforeAfterTables(compared)) {
    context.print(`\n${title}\n${textTable(header, rows)}`);
  }
  const alarms = alarmLine(compared);
  if (alarms !== null) context.print(`\n${alarms}`);
  for (const normals of compared.referenceNormals) context.print(referenceLine(normals));
  await writeFiles(context, [
    [values.csv, () => beforeAfterCsv(compared)],
    [values.report, () => beforeAfterReport(compared)],
  ]);
}

async function writeFiles(
  context: Context,
  files: readonly (readonly [string | undefined, () => string | Promise<string>])[],
): Promise<void> {
  for (const [file, content] of files) {
    if (file === undefined) continue;
    await writeFileAtomic(file, await content());
    context.print(file);
  }
}

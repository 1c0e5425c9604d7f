// residua segmentations: masks and Dice beside the images, and whether the score finds the failed ones.
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import { intervalText } from '../../../src-preload/interval-text.ts';
import { maskRole, type SegmentedCase } from '../../../src-preload/schemas/segmentation.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, number, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { chooseScore } from '../ranking.ts';
import { textTable } from '../text-table.ts';
import { follow, scoredRun, withCatalog } from '../with-catalog.ts';

const options = {
  role: option('--role <name>', 'role of the masks', maskRole.default('predicted')),
  run: option(
    '--run <id>',
    'the run whose scores are used (without it: the newest complete one that has the score)',
    count.optional(),
  ),
  score: option('--score <name>', 'such as "WD patch" or "MSE full"', text.optional()),
  by: option(
    '--by <statistic>',
    'how the scores of a scan are summarised',
    z.enum(['maximum', 'mean', 'percentile95']).default('maximum'),
  ),
  structure: option('--structure <name>', 'the structure whose Dice is used', text.default('foreground')),
  below: option('--below <dice>', 'a segmentation with a lower Dice has failed', number.min(0).max(1).default(0.7)),
  top: option('--top <number>', 'how many to print', count.default(20)),
  csv: option('--csv <file>', 'write all of them to this file', text.optional()),
};
type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

export const segmentations = defineCommand({
  details: `residua segmentations masks FOLDER --role predicted    names masks beside images of the same names (_mask, _seg aside)
residua segmentations masks FOLDER --role reference    the truth; where both are there, Dice is computed
residua segmentations dice FILE.csv                    takes Dice from a table with the columns name, structure, dice
residua segmentations list                             scans by score and Dice, AUROC of the score for Dice below a limit`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(['masks', 'dice', 'list'])),
    source: option('[source]', 'a folder, zip or file of masks; a CSV', text.optional()),
  },
  options,
  async run({ action, source, ...values }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      if (action === 'list') return list(workbench, values, context);
      if (source === undefined) throw new Problem('usage', { message: `segmentations ${action} needs a path` });
      const path = resolve(source);
      if (action === 'dice') {
        const { images, scans } = await workbench.call('segmentation.dice', { file: path });
        return context.print(`Dice of ${scans} scans and ${images} images taken over`);
      }
      const run = await follow(workbench, { kind: 'masks', parameters: { source: path, role: values.role } }, context);
      const { provenance } = await workbench.call('runs.detail', { id: run.id });
      context.print(z.object({ summary: z.string() }).parse(provenance).summary);
    });
  },
});

async function list(workbench: Workbench, values: Values, context: Context): Promise<void> {
  const { run, scores } = await scoredRun(workbench, values.run, values.score);
  const comparison = { score: chooseScore(scores, values.score), by: values.by, structure: values.structure };
  const { cases } = await workbench.call('segmentation.cases', comparison);
  if (cases.length === 0) {
    const { structures } = await workbench.call('segmentation.structures', {});
    const known = structures.map(({ name }) => name).join(', ') || 'none';
    throw new Problem('missing', {
      what: `scored images with a Dice (known structures: ${known})`,
      name: values.structure,
    });
  }
  context.print(`${comparison.score.score} of run ${run.id} and Dice of ${values.structure}`);
  const rows = cases
    .slice(0, values.top)
    .map(({ score, dice, slices, why, name }, index) => [index + 1, score, dice, slices, why ?? '', name]);
  context.print(textTable(['rank', 'score', 'dice', 'slices', 'why', 'name'], rows));
  const { detection } = await workbench.call('segmentation.detection', { ...comparison, below: values.below });
  context.print(
    detection === null
      ? `all ${cases.length} lie on one side of a Dice of ${values.below}: there is no AUROC`
      : `AUROC of the score for Dice below ${values.below}: ${detection.auroc.toFixed(2)} (${intervalText(detection.lower, detection.upper, '-')}), ${detection.anomalous} of ${cases.length} failed`,
  );
  if (values.csv === undefined) return;
  await writeFileAtomic(
    values.csv,
    formatCsv(['image', 'scan', 'name', 'slices', 'score', 'dice', 'why'], cases as SegmentedCase[]),
  );
  context.print(values.csv);
}

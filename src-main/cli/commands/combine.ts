// residua combine: several scores made one against a cohort of normals, and what to keep at a false discovery rate.
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import type { ImageRow, ScoreName } from '../../../src-preload/schemas/image.ts';
import { ranked } from '../../evaluation/ranked.ts';
import { Problem } from '../../platform/errors.ts';
import { combinedScores } from '../../statistics/conformal.ts';
import { keepSet } from '../../statistics/multiple-testing.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { rankingTable } from '../ranking.ts';
import { cohortNamed, follow, withCatalog } from '../with-catalog.ts';

export const combine = defineCommand({
  details: `Example: residua combine --score "WD patch" --score "feature residual" --score logit --validation held-out --fdr 0.1 --keep kept
The score "combined" is the sum over the scores of -log(p), where p is the share of validation normals that are at least as abnormal; "conformal p" is the share of normals, the
image included, that are as abnormal as it is. Use validation normals that nothing was fitted to: not the network's training images,
not the cohort of --normals. They are the reference and are not flagged themselves. Of the images flagged with --fdr 0.1 at most a tenth are expected to be normal (Benjamini and Hochberg).`,
  options: {
    score: option(
      '--score <name>',
      'a score, of the newest run that has it, or of a run as in "3:logit"; given once for each',
      z.array(text).min(1),
    ),
    validation: option('--validation <cohort>', 'normal images that have all these scores', text),
    cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
    fdr: option(
      '--fdr <rate>',
      'false discovery rate among the images flagged',
      z.coerce.number().gt(0).lt(1).default(0.1),
    ),
    keep: option('--keep <name>', 'make a cohort of the images that are not flagged', text.optional()),
    top: option('--top <number>', 'how many images to print', count.default(20)),
  },
  async run(values, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const scores: ScoreName[] = [];
      for (const asked of values.score) scores.push(await scoreCalled(workbench, asked));
      const validation = await cohortNamed(workbench, values.validation);
      const filter = {
        score: { name: scores[0]! },
        ...(values.cohort === undefined ? {} : { cohort: await cohortNamed(workbench, values.cohort) }),
      };
      const parameters = { images: { filter }, scores, validation };
      const run = await follow(workbench, { kind: 'combination', parameters }, context);
      const combined = { run: run.id, score: combinedScores.combined };
      const rows = await all(workbench, combined);
      context.print(rankingTable(rows.slice(0, values.top), combined));
      const order = { by: 'imported', descending: false } as const;
      const reference = new Set((await workbench.call('images.ids', { filter: { cohort: validation }, order })).ids);
      const byP = (await all(workbench, { run: run.id, score: combinedScores.p })).filter(
        ({ id }) => !reference.has(id),
      );
      const { keep, flagged } = keepSet(
        byP.map(({ score }) => score!),
        values.fdr,
      );
      context.print(`${flagged.length} of ${byP.length} images flagged at a false discovery rate of ${values.fdr}`);
      if (values.keep !== undefined) {
        const ids = Uint32Array.from(keep, (index) => byP[index]!.id).sort();
        await workbench.call('cohorts.create', { name: values.keep, images: { ids } });
        context.print(`cohort ${values.keep}: ${ids.length} images`);
      }
    });
  },
});

async function all(workbench: Workbench, score: ScoreName): Promise<readonly ImageRow[]> {
  const rows: ImageRow[] = [];
  for await (const row of ranked(workbench, { score: { name: score } }, score, true)) rows.push(row);
  return rows;
}

/** `logit`: of the newest run that has such a score; `3:logit`: of run 3. Throws `missing`. */
async function scoreCalled(workbench: Workbench, asked: string): Promise<ScoreName> {
  const [, wanted, name] = /^(?:(\d+):)?(.+)$/.exec(asked)!;
  const { runs } = await workbench.call('runs.list', {});
  for (const { id } of runs) {
    if (wanted !== undefined && id !== Number(wanted)) continue;
    const { scores } = await workbench.call('runs.detail', { id });
    const found = scores.find(({ score }) => score.toLowerCase() === name!.toLowerCase());
    if (found !== undefined) return found;
  }
  throw new Problem('missing', { what: 'score', name: asked });
}

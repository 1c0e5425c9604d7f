// residua run: the main job in one command: import, project, score, rank.
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { Request, Workbench } from '../../../src-preload/contract.ts';
import { valuesOf } from '../../../src-preload/parameters/parameter.ts';
import { projection } from '../../../src-preload/parameters/projection.ts';
import { scoring } from '../../../src-preload/parameters/scoring.ts';
import type { ImageRow, ScoreName } from '../../../src-preload/schemas/image.ts';
import { ranked } from '../../evaluation/ranked.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { optionsOf } from '../parameter-options.ts';
import { chooseScore, rankingTable } from '../ranking.ts';
import { cohortNamed, cohortOf, follow, withCatalog } from '../with-catalog.ts';
import { importSummary } from './import.ts';

export const run = defineCommand({
  details: `Example: residua run archive.zip --network network.safetensors --normals normals.zip --num-steps 200
A second call with the same settings goes on where the first one stopped, and does nothing twice.`,
  arguments: { sources: option('<sources...>', 'folders, zips or image files', z.array(text).min(1)) },
  options: {
    network: option('--network <file>', 'network pickle or checkpoint', text),
    cohort: option(
      '--cohort <name>',
      'put the images into this cohort (without it: named as the source)',
      text.optional(),
    ),
    kind: option('--kind <label>', 'the label of all images (without it: the name of their folder)', text.optional()),
    perKind: option('--per-kind <number>', 'only the first images of each kind', count.optional()),
    ...optionsOf(projection),
    normals: option(
      '--normals <cohort>',
      'a cohort, folder or zip of normal images: typicality is measured against it, --loss discriminator balanced on it',
      text.optional(),
    ),
    ...optionsOf(scoring),
    scores: option(
      '--scores <which>',
      'all; fast: typicality alone, without a projection; projection: without typicality',
      z.enum(['all', 'fast', 'projection']).default('all'),
    ),
    score: option('--score <name>', 'what the printed ranking is sorted by', text.optional()),
    top: option('--top <number>', 'how many images to print', count.default(20)),
  },
  async run(values, context) {
    await withCatalog(context, { create: true }, async (workbench) => {
      const sources = values.sources.map((path) => resolve(path));
      const cohortName = values.cohort ?? basename(sources[0]!);
      const imported = await follow(
        workbench,
        { kind: 'import', parameters: { sources, kind: values.kind ?? null, cohort: cohortName } },
        context,
      );
      context.print(await importSummary(workbench, imported.id));
      const cohort = await cohortNamed(workbench, cohortName);
      const model = await workbench.call('models.import', { file: resolve(values.network) });
      const filter = { cohort, states: ['present' as const] };
      const images =
        values.perKind === undefined ? { filter } : { ids: await firstOfEachKind(workbench, cohort, values.perKind) };
      const normals = values.normals === undefined ? null : await cohortOf(workbench, values.normals, context);
      if (normals === null && values.scores === 'fast') {
        throw new Problem('usage', { message: '--scores fast needs --normals: what the images are compared with' });
      }
      const runs: Request<'runs.queue'>[] = [];
      if (values.scores !== 'fast') {
        const projecting = { model: model.id, normals, ...valuesOf(projection, values) };
        runs.push({ kind: 'project', parameters: { images, projecting, scoring: valuesOf(scoring, values) } });
      }
      if (values.scores !== 'projection') {
        if (normals === null || !model.discriminator) {
          const lacking = normals === null ? '--normals names no normal images' : 'the network has no discriminator';
          context.remark(`no typicality scores: ${lacking}`);
        } else {
          const { device } = values;
          runs.push({ kind: 'typicality', parameters: { images, model: model.id, normals, device } });
        }
      }
      const scores: ScoreName[] = [];
      for (const request of runs) {
        const scored = await follow(workbench, request, context);
        context.print(
          `run ${scored.id}: ${scored.done} images scored${scored.skipped > 0 ? `, ${scored.skipped} skipped` : ''}`,
        );
        if (scored.done === 0) throw new Problem('missing', { what: 'images that can be scored', name: cohortName });
        scores.push(...(await workbench.call('runs.detail', { id: scored.id })).scores);
      }
      const score = chooseScore(scores, values.score);
      const rows: ImageRow[] = [];
      for await (const row of ranked(workbench, { cohort }, score, true)) {
        if (row.score === null || rows.length === values.top) break;
        rows.push(row);
      }
      context.print(rankingTable(rows, score));
    });
  },
});

/** The first `count` images of each kind in the order of import. */
async function firstOfEachKind(workbench: Workbench, cohort: number, count: number): Promise<Uint32Array> {
  const { kinds } = await workbench.call('images.facets', { filter: { cohort } });
  const order = { by: 'imported', descending: false } as const;
  const ids: number[] = [];
  for (const { value } of kinds) {
    if (value === null) continue;
    const found = await workbench.call('images.ids', {
      filter: { cohort, kinds: [value], states: ['present'] },
      order,
    });
    ids.push(...found.ids.subarray(0, count));
  }
  return Uint32Array.from(ids).sort();
}

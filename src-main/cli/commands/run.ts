// residua run: the main job in one command: import, project, score, rank.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Request, Response, Workbench } from '../../../src-preload/contract.ts';
import { featuresOptions } from '../../../src-preload/parameters/features.ts';
import { keepFeatures } from '../../../src-preload/parameters/kept-features.ts';
import { valuesOf } from '../../../src-preload/parameters/parameter.ts';
import { projection } from '../../../src-preload/parameters/projection.ts';
import { scoring } from '../../../src-preload/parameters/scoring.ts';
import type { ImageRow, ScoreName } from '../../../src-preload/schemas/image.ts';
import { spaceWords } from '../../../src-preload/space-words.ts';
import { openScheduler } from '../../cluster/schedulers.ts';
import { readClusterSettings } from '../../cluster/settings.ts';
import { ranked } from '../../evaluation/ranked.ts';
import { Problem } from '../../platform/errors.ts';
import { onePassFamilies } from '../../scoring/families.ts';
import { choosePasses } from '../choose-passes.ts';
import { count, defineCommand, flag, option, text } from '../command.ts';
import { importSummary } from '../import-summary.ts';
import { optionsOf } from '../parameter-options.ts';
import { chooseScore, rankingTable } from '../ranking.ts';
import { clusterOf, clusterOptions } from '../shared-options.ts';
import { cohortNamed, cohortOf, demandCohort, follow, followRun, withCatalog } from '../with-catalog.ts';

const familyNames = onePassFamilies.map(({ name }) => name).join(', ');
const scoreChoice = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(['all', 'fast', 'projection', ...onePassFamilies.map(({ name }) => name)])));

export const run = defineCommand({
  details: `Example: residua run archive.zip --network network.safetensors --normals normals.zip --num-steps 200
A second call with the same settings resumes where the first one stopped, and does nothing twice.`,
  arguments: { sources: option('<sources...>', 'folders, zips or image files', z.array(text).min(1)) },
  options: {
    network: option(
      '--network <file>',
      'network pickle or checkpoint (not needed for scores that need none)',
      text.optional(),
    ),
    localiser: option('--localiser <file>', 'a localiser, as train-localiser makes it', text.optional()),
    cohort: option(
      '--cohort <name>',
      'add the images to this cohort (without it: one named after the source)',
      text.optional(),
    ),
    kind: option('--kind <label>', 'the label of all images (without it: the name of their folder)', text.optional()),
    perKind: option('--per-kind <number>', 'only the first images of each kind', count.optional()),
    ...optionsOf(projection),
    normals: option(
      '--normals <cohort>',
      'a cohort, folder or zip of normal images: one-pass scores are measured against it, --loss discriminator is balanced on it, anomaly is calibrated on some of it',
      text.optional(),
    ),
    ...optionsOf(scoring),
    scores: option(
      '--scores <list>',
      `which scores to compute: all; fast (one pass, no reconstruction); projection (reconstruction only); or a list of ${familyNames}`,
      scoreChoice.default(['all']),
    ),
    ...optionsOf(featuresOptions),
    ...optionsOf({ keepFeatures }),
    ...clusterOptions,
    detach: option('--detach [flag]', 'with --cluster slurm: end once all tasks are queued', flag),
    score: option('--score <name>', 'the score that the printed ranking is sorted by', text.optional()),
    top: option('--top <number>', 'how many images to print', count.default(20)),
  },
  async run(values, context) {
    const where = clusterOf(values);
    if (values.detach && where.cluster !== 'slurm') {
      throw new Problem('usage', { message: '--detach leaves work to a cluster: it needs --cluster slurm' });
    }
    // What a cluster cannot do is refused before anything is imported.
    if (where.cluster !== null) {
      const settings = await readClusterSettings(join(context.catalogFolder, 'cluster.json'), where.clusterSettings);
      await openScheduler[where.cluster](settings);
    }
    const sources = values.sources.map((path) => resolve(path));
    const needed = [...sources, ...[values.network, values.localiser].flatMap((file) => file ?? [])];
    const absent = needed.find((path) => !existsSync(path));
    if (absent !== undefined) throw new Problem('file', { file: absent, reason: 'no such file or folder' });
    // An invalid request must not create a catalog.
    choosePasses(values.scores, {
      network: values.network !== undefined,
      discriminator: values.network !== undefined,
      localiser: values.localiser !== undefined,
      normals: values.normals !== undefined,
    });
    await withCatalog(context, { create: true }, async (workbench) => {
      const cohortName = values.cohort ?? basename(sources[0]!);
      // What cannot be computed is refused before anything is imported.
      const model =
        values.network === undefined ? null : await workbench.call('models.import', { file: resolve(values.network) });
      const localiser =
        values.localiser === undefined
          ? null
          : await workbench.call('models.import', { file: resolve(values.localiser) });
      if (localiser?.localiser === false) {
        throw new Problem('content', { file: values.localiser!, reason: `is no localiser: ${holdingOf(localiser)}` });
      }
      if (model?.generator === false) {
        throw new Problem('content', { file: values.network!, reason: `has no generator: ${holdingOf(model)}` });
      }
      const { inverse, start } = values;
      if (model !== null && !model.encoder && (inverse === 'encoder' || inverse === 'both' || start === 'encoder')) {
        throw new Problem('missing', { what: 'encoder (residua train-encoder makes one)', name: values.network! });
      }
      const { projects, families, lacking } = choosePasses(values.scores, {
        network: model !== null,
        discriminator: model?.discriminator ?? false,
        localiser: localiser !== null,
        normals: values.normals !== undefined,
      });
      for (const remark of lacking) context.remark(remark);
      if (values.normals !== undefined) await demandCohort(workbench, values.normals);
      const imported = await follow(
        workbench,
        { kind: 'import', parameters: { sources, kind: values.kind ?? null, cohort: cohortName } },
        context,
      );
      context.print(await importSummary(workbench, imported.id));
      const cohort = await cohortNamed(workbench, cohortName);
      const filter = { cohort, states: ['present' as const] };
      const images =
        values.perKind === undefined ? { filter } : { ids: await firstOfEachKind(workbench, cohort, values.perKind) };
      const normals =
        values.normals === undefined ? null : await cohortOf(workbench, values.normals, context, cohortName);
      const runs: Request<'runs.queue'>[] = [];
      if (families.length > 0) {
        const { device, unknownRescale, keepFeatures } = values;
        const settings = families.includes('features') ? { features: valuesOf(featuresOptions, values) } : {};
        const networks = { model: model?.id ?? null, localiser: localiser?.id ?? null };
        const scored = {
          images,
          normals,
          families,
          settings,
          ...networks,
          unknownRescale,
          keepFeatures,
          device,
          ...where,
        };
        runs.push({ kind: 'scores', parameters: scored });
      }
      // Last: it costs most, and is calibrated on the normals that the others held out.
      if (projects && model !== null) {
        const projecting = { model: model.id, normals, ...valuesOf(projection, values) };
        runs.push({
          kind: 'project',
          parameters: { images, projecting, scoring: valuesOf(scoring, values), ...where },
        });
      }
      const scores: ScoreName[] = [];
      for (const request of runs) {
        const { bytes } = await workbench.call<'runs.space'>('runs.space', request);
        if (bytes !== null)
          context.remark(
            `keeps at most about ${spaceWords(bytes)} of features in the catalog (--keep-features false: none)`,
          );
        const start = () => workbench.call('runs.queue', request);
        const scored = await followRun(workbench, start, context, values.detach);
        if (scored.state !== 'done') {
          context.print(
            `run ${scored.id}: its tasks are queued; residua cluster resume ${scored.id} collects the results`,
          );
          continue;
        }
        context.print(
          `run ${scored.id}: ${scored.done} images scored${scored.skipped > 0 ? `, ${scored.skipped} skipped` : ''}`,
        );
        if (scored.done === 0) throw new Problem('missing', { what: 'images that can be scored', name: cohortName });
        if (scored.summary !== null) context.print(scored.summary);
        scores.push(...(await workbench.call('runs.detail', { id: scored.id })).scores);
      }
      if (scores.length === 0) return;
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

/** What a network file is instead of what was expected. */
function holdingOf({ localiser, generator, discriminator }: Response<'models.import'>): string {
  if (localiser) return 'it is a localiser, which --localiser takes';
  if (generator) return 'it is a StyleGAN2 network, which --network takes';
  return discriminator ? 'it holds a discriminator alone' : 'it holds no network that this command uses';
}

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

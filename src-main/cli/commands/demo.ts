// residua demo: the main job on an archive that nobody owns, and how well it went.

import { join } from 'node:path';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import { projection } from '../../../src-preload/parameters/projection.ts';
import type { ImageRow } from '../../../src-preload/schemas/image.ts';
import { ranked } from '../../evaluation/ranked.ts';
import {
  demonstrationCatalogFolder,
  demonstrationFolder,
  trainingNormalsFolder,
} from '../../platform/default-folders.ts';
import { anomalyScores } from '../../scoring/families/anomaly.ts';
import { comparingFamilies, describeScore } from '../../scoring/families.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { aurocTable, type DemoSlice, localisationTable } from '../demo/demo-report.ts';
import { scoreTrivially } from '../demo/trivial-detectors.ts';
import { optionOf } from '../parameter-options.ts';
import { duration } from '../progress-bar.ts';
import { chooseScore, rankingTable } from '../ranking.ts';
import { deviceOption } from '../shared-options.ts';
import { cohortNamed, follow, withCatalog } from '../with-catalog.ts';

const patchSize = 16;

export const demo = defineCommand({
  details: `Draws 60 normal abdominal CT phantoms and 15 each with a needle, ascites, a missing liver segment or a clip; reconstructs
them with a small network and marks anomalies with another, both trained on other normal phantoms; ranks them by all scores together.
The networks and how they were trained: resources/demo. Open the catalog in the window to look at the images.`,
  options: {
    inverse: optionOf(projection.inverse),
    numSteps: option('--num-steps <number>', 'with --inverse optimise: steps per image', count.default(60)),
    space: option(
      '--space <name>',
      'one latent for all layers, or one for each: this small network misses less of the normal with one for each',
      z.enum(['w', 'w+']).default('w+'),
    ),
    batch: option('--batch <number>', 'batch size', count.default(8)),
    score: option(
      '--score <name>',
      'the score that the printed ranking is sorted by',
      text.default(anomalyScores.anomaly),
    ),
    top: option('--top <number>', 'how many images to print', count.default(15)),
    device: deviceOption,
  },
  async run(values, given) {
    const began = performance.now();
    const context = {
      ...given,
      catalogFolder: given.catalogGiven ? given.catalogFolder : demonstrationCatalogFolder(),
    };
    await withCatalog(context, { create: true }, async (workbench) => {
      const opened = await follow(workbench, { kind: 'demonstration', parameters: {} }, context);
      const { provenance } = await workbench.call('runs.detail', { id: opened.id });
      const { model, localiser, summary } = found.parse(provenance);
      context.print(summary);
      const cohort = await cohortNamed(workbench, 'demonstration');
      const { inverse, numSteps: steps, space, batch, device } = values;
      const images = { filter: { cohort } };
      const normals = await cohortNamed(workbench, 'training normals');
      const possible = comparingFamilies.filter(({ needs }) => localiser !== null || !needs.includes('localiser'));
      const families = possible.map(({ name }) => name);
      const looked = await follow(
        workbench,
        { kind: 'scores', parameters: { images, normals, families, model, localiser, device } },
        context,
      );
      const projecting = { model, normals, inverse, steps, space, batch, device };
      const run = await follow(
        workbench,
        { kind: 'project', parameters: { images, projecting, scoring: { patchSize, patchCount: 3 } } },
        context,
      );
      const runs = new Set([looked.id, run.id]);
      const details = await Promise.all([...runs].map((id) => workbench.call('runs.detail', { id })));
      const scores = details.flatMap(({ scores }) => scores);
      const score = chooseScore(scores, values.score);
      const rows: ImageRow[] = [];
      for await (const row of ranked(workbench, { cohort }, score, true)) rows.push(row);
      context.print(`\n${rankingTable(rows.slice(0, values.top), score)}\n`);
      const folder = join(context.catalogFolder, demonstrationFolder);
      const names = rows.map(({ name }) => name);
      const normalsFolder = join(folder, trainingNormalsFolder, 'images', 'normal');
      const trivial = await scoreTrivially(join(folder, 'images'), names, normalsFolder);
      const slices = await Promise.all(rows.map((row, index) => sliceOf(workbench, row, runs, trivial, index)));
      context.print(`${aurocTable(slices)}\n`);
      context.print(`${await localisationTable(slices, join(folder, 'truth'))}\n`);
      context.print(
        `${rows.length} images in ${duration((performance.now() - began) / 1000)}. Catalog: ${context.catalogFolder}`,
      );
    });
  },
});

/** A demonstration that an earlier version has opened has no localiser. */
const found = z.object({ model: z.number(), localiser: z.number().nullable().default(null), summary: z.string() });

async function sliceOf(
  workbench: Workbench,
  { id, name, kind }: ImageRow,
  runs: ReadonlySet<number>,
  trivial: Readonly<Record<string, Float64Array>>,
  index: number,
): Promise<DemoSlice> {
  const { scores, patches } = await workbench.call('images.detail', { id });
  const isHigh = (score: string) => describeScore(score)?.score.abnormal !== 'low';
  const own = scores.filter(({ name, value }) => runs.has(name.run) && value !== null && isHigh(name.score));
  const highest = patches.filter(({ name, rank }) => runs.has(name.run) && rank === 1);
  return {
    name,
    kind: kind ?? '',
    scores: new Map([
      ...own.map(({ name, value }) => [name.score, value!] as const),
      ...Object.entries(trivial).map(([detector, values]) => [detector, values[index]!] as const),
    ]),
    patches: new Map(
      highest.map(({ name, rectangle: { x, y, width } }) => [name.score, { row: y, column: x, size: width }]),
    ),
  };
}

// residua train-localiser: a network that marks anomalies in one pass, from normal images alone.
import { resolve } from 'node:path';
import { z } from 'zod';
import { localiserTraining } from '../../../src-preload/parameters/localiser.ts';
import { valuesOf } from '../../../src-preload/parameters/parameter.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { trainLocaliserOnFolder } from '../../folder-tools/folder-localiser-training.ts';
import { localiserTickLine } from '../../operations/tick-line.ts';
import { intensityOf } from '../../operations/training.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { count, flag, option, text, whole } from '../command.ts';
import { optionsOf } from '../parameter-options.ts';
import { windowOf, windowOptions } from '../shared-options.ts';
import { cohortNamed, follow, withCatalog } from '../with-catalog.ts';

/** MiB. */
const defaultMemory = 2048;

export const trainLocaliser = defineClusterCommand({
  details: `Example: residua train-localiser --outdir runs --data normals.zip
Each run gets a folder of its own in OUTDIR with its options, statistics, sheets of synthetic anomalies (image, mask, what
the network marks) and localiser.safetensors: the network that did best on a tenth of the normals, which it does not learn
from. Ctrl-C stops it after the present step; the same command resumes where it stopped, bit by bit.`,
  options: {
    outdir: option('--outdir <folder>', 'where the folders of runs are', text.optional()),
    data: option('--data <folder>', 'the normal images: a folder or zip', text.optional()),
    ...optionsOf(localiserTraining),
    mode: option(
      '--mode <name>',
      'train on grey or colour (without it: as the first image)',
      z.enum(['L', 'RGB']).optional(),
    ),
    ...windowOptions,
    dryRun: option('-n, --dry-run', 'check everything, print the full configuration as JSON, and stop', flag),
    memory: option(
      '--memory <MiB>',
      'memory for decoded images; the rest is decoded each time',
      whole.default(defaultMemory),
    ),
    workers: option('--workers <number>', 'processes that decode images', count.default(2)),
    threads: option('--threads <number>', 'CPU threads (0: all)', whole.default(0)),
    cohort: option('--cohort <name>', 'train on a cohort of the catalog instead of --data', text.optional()),
    name: option('--name <name>', 'with --cohort: the name of the model', text.optional()),
  },
  async run(values, context, { where }) {
    const { outdir, data, dryRun, mode, memory, workers, threads, cohort, name } = values;
    const parameters = valuesOf(localiserTraining, values);
    const window = windowOf(values.window, values.windowLevel, values.windowWidth);
    if (cohort !== undefined) {
      if (data !== undefined || outdir !== undefined || dryRun || mode !== undefined) {
        const message = '--cohort trains within the catalog: without --data, --outdir, --dry-run, --mode';
        throw new Problem('usage', { message });
      }
      await withCatalog(context, { create: false }, async (workbench) => {
        const request = {
          ...parameters,
          cohort: await cohortNamed(workbench, cohort),
          name: name ?? cohort,
          window,
          ...where,
        };
        const { id } = await follow(workbench, { kind: 'train-localiser', parameters: request }, context);
        context.print(`run ${id}: trained with ${cohort}; the model is called ${request.name}`);
      });
      return;
    }
    if (data === undefined || outdir === undefined) {
      throw new Problem('usage', { message: `${data === undefined ? '--data' : '--outdir'} is required` });
    }
    const { resolution, fit, filter, unknownRescale, device, ...options } = parameters;
    const intensity = intensityOf(window);
    const recipe = { resolution, channels: channelsOf(mode), intensity, fit, filter, unknownRescale };
    const result = await trainLocaliserOnFolder(
      { data, outdir: resolve(outdir), options, recipe, memory: memory * 2 ** 20, workers },
      {
        launch: nodeLauncher,
        device,
        threads,
        onSkipped: (skipped) => context.remark(skippedLine(skipped)),
        onNote: (note) => context.remark(note),
        onTick: (tick) => context.remark(localiserTickLine(tick)),
        onPlan: (configuration, folder, resumed) => {
          if (dryRun) context.print(JSON.stringify(configuration, null, 2));
          else context.remark(`${resumed ? 'resuming in' : 'new run'} ${folder}`);
          return !dryRun;
        },
      },
      context,
    ).catch((error: unknown) => {
      if (isProblem(error, 'cancelled')) context.remark('the same command resumes where this one stopped');
      throw error;
    });
    if (result === null) return;
    const { imagesShown, network, validation } = result;
    const held = `AUROC ${validation.auroc.toFixed(3)} on held-out normals with synthetic anomalies`;
    context.print(`trained with ${imagesShown} images, ${held}: ${network}`);
  },
});

const channelsOf = (mode: 'L' | 'RGB' | undefined): 1 | 3 | null => {
  if (mode === undefined) return null;
  return mode === 'L' ? 1 : 3;
};

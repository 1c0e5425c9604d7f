// residua train-encoder: the feed-forward inverse of a network, which reconstructs an image in one pass.
import { resolve } from 'node:path';
import { encoderTraining } from '../../../src-preload/parameters/encoder.ts';
import { valuesOf } from '../../../src-preload/parameters/parameter.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { trainEncoderOnFolder } from '../../folder-tools/folder-encoder-training.ts';
import { encoderTickLine } from '../../operations/tick-line.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { count, flag, option, text, whole } from '../command.ts';
import { optionsOf } from '../parameter-options.ts';
import { cohortNamed, follow, withCatalog } from '../with-catalog.ts';

/** MiB. */
const defaultMemory = 2048;

export const trainEncoder = defineClusterCommand({
  details: `Example: residua train-encoder --network network.safetensors --data normals.zip --outdir runs
Each run gets a folder of its own in OUTDIR with its options, statistics, sheets of held-out normals beside their
reconstructions, and network-encoder.safetensors: the network with the encoder that reconstructed a tenth of the normals
best, which it does not learn from. Ctrl-C stops it after the present step; the same command resumes where it stopped, bit
by bit. residua run and residua project then reconstruct by the encoder.`,
  options: {
    network: option('--network <file>', 'network pickle or checkpoint with a discriminator', text),
    data: option('--data <folder>', 'the normal images: a folder or zip', text.optional()),
    outdir: option('--outdir <folder>', 'where the folders of runs are', text.optional()),
    ...optionsOf(encoderTraining),
    images: option('--images <number>', 'how long to train, in images, instead of --kimg', count.optional()),
    dryRun: option('-n, --dry-run', 'check everything, print the full configuration as JSON, and stop', flag),
    memory: option(
      '--memory <MiB>',
      'memory for decoded images; the rest is decoded each time',
      whole.default(defaultMemory),
    ),
    workers: option('--workers <number>', 'processes that decode images', count.default(2)),
    threads: option('--threads <number>', 'CPU threads (0: all)', whole.default(0)),
    cohort: option('--cohort <name>', 'train on a cohort of the catalog instead of --data', text.optional()),
    name: option('--name <name>', 'with --cohort: the name of the network with its encoder', text.optional()),
  },
  async run(values, context, { where }) {
    const { network, outdir, data, images, dryRun, memory, workers, threads, cohort, name } = values;
    const given = valuesOf(encoderTraining, values);
    const parameters = images === undefined ? given : { ...given, kiloImages: images / 1000 };
    if (cohort !== undefined) {
      if (data !== undefined || outdir !== undefined || dryRun) {
        const message = '--cohort trains within the catalog: without --data, --outdir, --dry-run';
        throw new Problem('usage', { message });
      }
      await withCatalog(context, { create: false }, async (workbench) => {
        const id = await cohortNamed(workbench, cohort);
        const model = await workbench.call('models.import', { file: resolve(network) });
        const request = {
          ...parameters,
          model: model.id,
          cohort: id,
          name: name ?? `${model.name} with encoder`,
          ...where,
        };
        const run = await follow(workbench, { kind: 'train-encoder', parameters: request }, context);
        context.print(`run ${run.id}: trained with ${cohort}; the model is called ${request.name}`);
      });
      return;
    }
    if (data === undefined || outdir === undefined) {
      throw new Problem('usage', { message: `${data === undefined ? '--data' : '--outdir'} is required` });
    }
    const { unknownRescale, device, ...options } = parameters;
    const result = await trainEncoderOnFolder(
      {
        ...{ data, outdir: resolve(outdir), networkFile: network, options, recipe: null, unknownRescale },
        ...{ memory: memory * 2 ** 20, workers },
      },
      {
        launch: nodeLauncher,
        device,
        threads,
        onSkipped: (skipped) => context.remark(skippedLine(skipped)),
        onTick: (tick) => context.remark(encoderTickLine(tick)),
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
    const { imagesShown, best } = result;
    const reached = `loss ${best.loss.toFixed(4)} of held-out normals after ${best.imagesShown}`;
    context.print(`trained with ${imagesShown} images, ${reached}: ${result.network}`);
  },
});

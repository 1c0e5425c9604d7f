// residua train: StyleGAN2-ADA's train.py on a folder, a zip or a cohort of the catalog.
import { resolve } from 'node:path';
import { z } from 'zod';
import { training } from '../../../src-preload/parameters/training.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { trainOnFolder } from '../../folder-tools/folder-training.ts';
import { metricLine, tickLine } from '../../operations/tick-line.ts';
import { intensityOf } from '../../operations/training.ts';
import { defaultWeightsFolder } from '../../platform/default-folders.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { deviceRemarks, givenOptions, trainOptions } from '../../training/train-options.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { flag, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';
import { optionsOf } from '../parameter-options.ts';
import { weightsOption, windowOf, windowOptions } from '../shared-options.ts';
import { cohortNamed, follow, withCatalog } from '../with-catalog.ts';

const published = {
  gpus: option('--gpus <number>', 'accepted, without effect: a training runs on one device', trainOptions.gpus),
  snap: option('--snap <ticks>', 'ticks (of 4,000 images) between snapshots', trainOptions.snap),
  metrics: option('--metrics <list>', 'metrics of every snapshot, or none', trainOptions.metrics),
  seed: option('--seed <number>', 'random seed', trainOptions.seed),
  cond: option('--cond [flag]', 'a conditional network, by the labels in dataset.json', trainOptions.cond),
  subset: option('--subset <number>', 'train on this many of the images', trainOptions.subset),
  mirror: option('--mirror [flag]', 'also train on mirrored images', trainOptions.mirror),
  cfg: option('--cfg <name>', 'base configuration', trainOptions.cfg),
  gamma: option('--gamma <weight>', 'weight of the R1 penalty', trainOptions.gamma),
  kimg: option('--kimg <number>', 'how long to train, in thousands of images', trainOptions.kimg),
  batch: option('--batch <number>', 'images per step', trainOptions.batch),
  aug: option('--aug <mode>', 'augmentation (default: ada)', trainOptions.aug),
  p: option('--p <probability>', 'augmentation probability for --aug fixed', trainOptions.p),
  target: option('--target <value>', 'target of ADA for --aug ada (default: 0.6)', trainOptions.target),
  augpipe: option('--augpipe <name>', 'augmentation pipeline (default: bgc)', trainOptions.augpipe),
  resume: option(
    '--resume <file>',
    'start from a network file or a published one by name (ffhq256, ...), or resume in the folder of a run',
    trainOptions.resume,
  ),
  freezed: option('--freezed <layers>', 'layers of the discriminator that are not trained', trainOptions.freezed),
  fp32: option(
    '--fp32 [flag]',
    '32-bit arithmetic throughout, without the limit on activations that 16 bits need (16 bits are used only where `residua devices` says so)',
    trainOptions.fp32,
  ),
  nhwc: option('--nhwc [flag]', 'accepted, without effect: the device chooses its memory layout', trainOptions.nhwc),
  nobench: option('--nobench [flag]', 'accepted, without effect: there is no cuDNN to benchmark', trainOptions.nobench),
  allowTf32: option(
    '--allow-tf32 [flag]',
    'accepted, without effect: 32-bit arithmetic keeps its bits',
    trainOptions.allowTf32,
  ),
  workers: option('--workers <number>', 'processes that decode images', trainOptions.workers),
  beta0: option('--beta0 <value>', 'first momentum of Adam (default: 0)', trainOptions.beta0),
};

/** MiB. */
const defaultMemory = 2048;

const own = {
  metricsNetwork: option(
    '--metrics-network <file>',
    'for --metrics fd10k_own, the Fréchet distance in the features of an own discriminator: its file',
    trainOptions.metricsNetwork,
  ),
  microBatch: option(
    '--micro-batch <number>',
    'images per forward and backward pass, where memory is short',
    trainOptions.microBatch,
  ),
  channelBase: option('--channel-base <number>', 'channels at resolution 1', trainOptions.channelBase),
  channelMax: option('--channel-max <number>', 'maximum number of channels of a layer', trainOptions.channelMax),
  mappingLayers: option('--mapping-layers <number>', 'layers of the mapping network', trainOptions.mappingLayers),
  latentSize: option('--latent-size <number>', 'size of z and w (default: 512)', trainOptions.latentSize),
  pathLength: option('--no-path-length', 'no path length regularisation', trainOptions.pathLength),
};

export const train = defineClusterCommand({
  details: `Example: residua train --outdir runs --data normals.zip --mirror 1 --cfg auto --kimg 500 --metrics none
Each run gets a folder of its own in OUTDIR, 00000-NAME-OPTIONS, with its options, statistics, sheets of samples and
snapshots. Ctrl-C stops it after the present step; the same command resumes where it stopped, bit by bit.`,
  options: {
    outdir: option('--outdir <folder>', 'where the folders of runs are', text.optional()),
    data: option('--data <folder>', 'the images: a folder or zip', text.optional()),
    ...published,
    dryRun: option('-n, --dry-run', 'check everything, print the full configuration as JSON, and stop', flag),
    ...own,
    ...optionsOf(training),
    mode: option(
      '--mode <name>',
      'train on grey or colour (without it: as the first image)',
      z.enum(['L', 'RGB']).optional(),
    ),
    ...windowOptions,
    memory: option(
      '--memory <MiB>',
      'memory for decoded images; the rest is decoded each time',
      whole.default(defaultMemory),
    ),
    threads: option('--threads <number>', 'CPU threads (0: all)', whole.default(0)),
    weights: weightsOption,
    cohort: option('--cohort <name>', 'train on a cohort of the catalog instead of --data', text.optional()),
    name: option('--name <name>', 'with --cohort: the name of the model', text.optional()),
  },
  async run(values, context, { where }) {
    const {
      outdir,
      data,
      dryRun,
      resolution,
      fit,
      filter,
      mode,
      window: windowWord,
      windowLevel,
      windowWidth,
      ...rest
    } = values;
    const { memory, device, threads, weights, cohort, name, metricsNetwork, unknownRescale, ...given } = rest;
    const options = { ...given, metricsNetwork: metricsNetwork && resolve(metricsNetwork) };
    for (const remark of deviceRemarks(options)) context.remark(remark);
    const window = windowOf(windowWord, windowLevel, windowWidth);
    if (cohort !== undefined) {
      if (data !== undefined || outdir !== undefined || dryRun) {
        throw new Problem('usage', {
          message: '--cohort trains within the catalog: without --data, --outdir, --dry-run',
        });
      }
      if (mode !== undefined) {
        throw new Problem('usage', {
          message: '--mode is for --data: a cohort is trained in the colours of its images',
        });
      }
      const ofFolders = {
        '--threads': threads !== 0,
        '--memory': memory !== defaultMemory,
        '--weights': weights !== undefined,
      };
      for (const [option, given] of Object.entries(ofFolders)) {
        if (given) context.remark(`${option}: without effect with --cohort, where the catalog decides`);
      }
      const chosen = { name: name ?? cohort, resolution, window, fit, filter, unknownRescale, device, ...where };
      return trainOnCohort(cohort, { ...chosen, options: givenOptions(options) }, context);
    }
    if (data === undefined || outdir === undefined) {
      throw new Problem('usage', { message: `${data === undefined ? '--data' : '--outdir'} is required` });
    }
    const channels = mode === undefined ? null : mode === 'L' ? 1 : 3;
    const intensity = intensityOf(window);
    const result = await trainOnFolder(
      {
        data,
        outdir,
        options,
        recipe: { resolution, channels, intensity, fit, filter, unknownRescale },
        memory: memory * 2 ** 20,
        weightsFolder: weights ?? defaultWeightsFolder(),
      },
      {
        launch: nodeLauncher,
        device,
        threads,
        onSkipped: (skipped) => context.remark(skippedLine(skipped)),
        onNote: (note) => context.remark(note),
        onTick: (tick) => context.remark(tickLine(tick)),
        onMetric: (result) => context.remark(metricLine(result)),
        onPlan: ({ configuration, recipe, folder, resumed }) => {
          if (dryRun) context.print(JSON.stringify({ ...configuration, recipe }, null, 2));
          else context.remark(`${resumed ? 'resuming in' : 'new run'} ${folder}`);
          return !dryRun;
        },
      },
      context,
    ).catch((error: unknown) => {
      if (isProblem(error, 'cancelled')) context.remark('the same command resumes where this one stopped');
      throw error;
    });
    if (result !== null) context.print(`trained with ${result.imagesShown} images: ${result.snapshot}`);
  },
});

type CohortTraining = Omit<Extract<Parameters<typeof follow>[1], { kind: 'train' }>['parameters'], 'cohort'>;

async function trainOnCohort(cohort: string, training: CohortTraining, context: Context): Promise<void> {
  await withCatalog(context, { create: false }, async (workbench) => {
    const parameters = { ...training, cohort: await cohortNamed(workbench, cohort) };
    const { id } = await follow(workbench, { kind: 'train', parameters }, context);
    context.print(`run ${id}: trained with ${cohort}; the model is called ${training.name}`);
  });
}

// The options of the published train.py, checked as it checks them, and what they mean for a training here.
import { z } from 'zod';
import { Problem } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import { augmentationPipelines, type PipelineName } from './augmentation-pipelines.ts';
import type { AugmentationMode, TrainingOptions } from './configuration.ts';
import { metricDefinitions, metricNames } from './training-metrics.ts';

/** A flag with or without its value, in the words that click takes: true, 1, yes, false, 0, no. */
export const trueOrFalse = z.union([z.boolean(), z.stringbool()], 'expected true or false (or 1, 0, yes, no)');
const count = z.coerce.number<unknown>().int().positive();
const amount = z.coerce.number<unknown>().nonnegative();
const share = z.coerce.number<unknown>().min(0).max(1);
const pipelines = Object.keys(augmentationPipelines) as [PipelineName, ...PipelineName[]];

const metric = z.enum(metricNames);
const metrics = z
  .string()
  .transform((text) => (text.toLowerCase() === 'none' ? [] : text.split(',')))
  .pipe(z.array(metric));

/** Published options by their names in camel case, then ours. Values may be text. */
export const trainOptions = {
  gpus: count.default(1),
  snap: count.default(50),
  metrics: metrics.default(['fid50k_full']),
  seed: z.coerce.number<unknown>().int().min(0).max(0xffffffff).default(0),
  cond: trueOrFalse.default(false),
  subset: count.optional(),
  mirror: trueOrFalse.default(false),
  cfg: z.enum(['auto', 'stylegan2', 'paper256', 'paper512', 'paper1024', 'cifar']).default('auto'),
  gamma: amount.optional(),
  kimg: count.optional(),
  batch: count.optional(),
  aug: z.enum(['noaug', 'ada', 'fixed']).optional(),
  p: share.optional(),
  target: share.optional(),
  augpipe: z.enum(pipelines).optional(),
  resume: z.string().min(1).optional(),
  freezed: z.coerce.number<unknown>().int().nonnegative().optional(),
  fp32: trueOrFalse.default(false),
  nhwc: trueOrFalse.default(false),
  nobench: trueOrFalse.default(false),
  allowTf32: trueOrFalse.default(false),
  workers: count.default(3),
  beta0: z.coerce.number<unknown>().min(0).lt(1).optional(),
  microBatch: count.optional(),
  channelBase: count.optional(),
  channelMax: count.optional(),
  mappingLayers: count.optional(),
  latentSize: count.optional(),
  pathLength: trueOrFalse.default(true),
  metricsNetwork: z.string().min(1).optional(),
} as const;

const trainOptionsSchema = z.strictObject(trainOptions);
export type TrainOptions = Readonly<z.output<typeof trainOptionsSchema>>;

/**
 * Options by their names (`allow-tf32` or `allowTf32`), values as text or plain data: as a contract holds them. Throws
 * `usage`, naming the option.
 */
export function parseTrainOptions(given: Readonly<Record<string, unknown>>): TrainOptions {
  const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const named = Object.fromEntries(Object.entries(given).map(([name, value]) => [camel(name), value]));
  const result = trainOptionsSchema.safeParse(named, spoken);
  if (result.success) return result.data;
  throw new Problem('usage', { message: `training option ${firstFault(result.error)}` });
}

/** Options as a contract holds them: those that differ from the defaults, which `parseTrainOptions` reads again. */
export function givenOptions(options: TrainOptions): Readonly<Record<string, string | number | boolean>> {
  const defaults = trainOptionsSchema.parse({});
  const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(
    (Object.keys(options) as (keyof TrainOptions)[]).flatMap((name) => {
      const value = options[name];
      if (value === undefined || JSON.stringify(value) === JSON.stringify(defaults[name])) return [];
      return [[dashed(name), Array.isArray(value) ? value.join(',') || 'none' : (value as string | number | boolean)]];
    }),
  );
}

/**
 * What the options mean. `start` is the network file that `resume` names, if it names one. Throws `usage` for options that
 * contradict each other, as the published trainer does.
 */
export function trainingOptions(options: TrainOptions, start: string | null): TrainingOptions {
  const { cfg, seed, mirror, cond, snap, freezed, fp32, gamma, kimg, batch, microBatch, beta0 } = options;
  const { channelBase, channelMax, mappingLayers, latentSize, pathLength, metrics, metricsNetwork } = options;
  demandOwnNetwork(options);
  return {
    configuration: cfg,
    seed,
    mirror,
    conditional: cond,
    augmentation: augmentationMode(options),
    snapshotTicks: snap,
    ...(freezed === undefined || freezed === 0 ? {} : { freezeLayers: freezed }),
    fullPrecision: fp32,
    start,
    ...{ gamma, kimg, batch, microBatch, beta0, channelBase, channelMax, mappingLayers, latentSize, pathLength },
    metrics,
    metricsNetwork: metricsNetwork ?? null,
  };
}

function demandOwnNetwork({ metrics, metricsNetwork }: TrainOptions): void {
  const own = metrics.find((name) => metricDefinitions[name].detector === 'own');
  if ((own === undefined) === (metricsNetwork === undefined)) return;
  const message =
    own === undefined
      ? '--metrics-network is for a metric of own features: --metrics fd10k_own'
      : `--metrics ${own} requires --metrics-network, whose discriminator's features are compared`;
  throw new Problem('usage', { message });
}

function augmentationMode({ aug = 'ada', p, target, augpipe }: TrainOptions): AugmentationMode {
  const refuse = (message: string) => new Problem('usage', { message });
  if (aug === 'fixed' && p === undefined) throw refuse('--aug=fixed requires specifying --p');
  if (aug !== 'fixed' && p !== undefined) throw refuse('--p can only be specified with --aug=fixed');
  if (aug !== 'ada' && target !== undefined) throw refuse('--target can only be specified with --aug=ada');
  if (aug === 'noaug' && augpipe !== undefined) throw refuse('--augpipe cannot be specified with --aug=noaug');
  const pipeline = augpipe ?? 'bgc';
  const modes: { readonly [A in typeof aug]: () => AugmentationMode } = {
    noaug: () => ({ mode: 'none' }),
    fixed: () => ({ mode: 'fixed', pipeline, probability: p! }),
    ada: () => ({ mode: 'adaptive', pipeline, target: target ?? 0.6 }),
  };
  return modes[aug]();
}

/**
 * The name of a run's folder after its number, as published: the data set and every option that was given and changes
 * the result. Options of ours that make other networks come last.
 */
export function runDescription(name: string, options: TrainOptions, resume: 'noresume' | string | undefined): string {
  const { cfg, cond, subset, mirror, gamma, kimg, batch, aug, p, target, augpipe, freezed } = options;
  const given = (label: string, value: number | string | undefined) =>
    value === undefined ? [] : [`${label}${value}`];
  return [
    name,
    ...(cond ? ['cond'] : []),
    ...given('subset', subset),
    ...(mirror ? ['mirror'] : []),
    cfg === 'auto' ? `auto${options.gpus}` : cfg,
    ...given('gamma', gamma),
    ...given('kimg', kimg),
    ...given('batch', batch),
    ...given('', aug),
    ...given('p', p),
    ...given('target', target),
    ...given('', augpipe),
    ...given('', resume),
    ...given('freezed', freezed),
    ...given('base', options.channelBase),
    ...given('max', options.channelMax),
    ...given('map', options.mappingLayers),
    ...given('latent', options.latentSize),
    ...(options.pathLength ? [] : ['nopl']),
  ].join('-');
}

/** What options about one vendor's hardware do here: a line for each that was given. */
export function deviceRemarks({ gpus, fp32, nhwc, nobench, allowTf32 }: TrainOptions): readonly string[] {
  return [
    ...(gpus > 1
      ? [`--gpus ${gpus}: without effect, a training runs on one device, with the batch of one (another: --batch)`]
      : []),
    ...(fp32
      ? [
          '--fp32: 32-bit arithmetic on every device, and no limit on activations; without it, devices that gain from 16 bits use them (residua devices)',
        ]
      : []),
    ...(nhwc ? ['--nhwc: without effect, the device chooses its memory layout'] : []),
    ...(nobench ? ['--nobench: without effect, there is no cuDNN to benchmark'] : []),
    ...(allowTf32 ? ['--allow-tf32: without effect, 32-bit arithmetic keeps its 32 bits'] : []),
  ];
}

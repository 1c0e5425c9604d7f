// The numbers of a training: the base configurations of the published train.py and what overrides them.
import { describe, expect, it } from 'vitest';
import { augmentationPipelines } from '../../src-main/training/augmentation-pipelines.ts';
import {
  type BaseConfiguration,
  lazyAdam,
  resolveConfiguration,
  type TrainingOptions,
} from '../../src-main/training/configuration.ts';
import {
  deviceRemarks,
  parseTrainOptions,
  runDescription,
  trainingOptions,
} from '../../src-main/training/train-options.ts';

const resolve = (configuration: BaseConfiguration, resolution: number, more: Partial<TrainingOptions> = {}) =>
  resolveConfiguration(
    { ...trainingOptions(parseTrainOptions({ cfg: configuration, aug: 'noaug' }), null), ...more },
    shape(resolution),
  );
const shape = (resolution: number) => ({ resolution, channels: 1, labelSize: 0, images: 1000 }) as const;

/** What `train.py --dry-run` prints of a configuration, on one GPU. */
const published = [
  // cfg, resolution, kimg, batch, batch_gpu, mbstd, channel_base, lr, gamma, ema_kimg, ema_rampup, map layers, pl, mix
  ['auto', 32, 25000, 32, 32, 4, 16384, 0.0025, 0.0064, 10, 0.05, 2, 2, 0.9],
  ['auto', 64, 25000, 32, 32, 4, 16384, 0.0025, 0.0256, 10, 0.05, 2, 2, 0.9],
  ['auto', 256, 25000, 16, 16, 4, 16384, 0.0025, 0.8192, 5, 0.05, 2, 2, 0.9],
  ['auto', 512, 25000, 8, 8, 4, 32768, 0.0025, 6.5536, 2.5, 0.05, 2, 2, 0.9],
  ['auto', 1024, 25000, 4, 4, 4, 32768, 0.002, 52.4288, 1.25, 0.05, 2, 2, 0.9],
  ['stylegan2', 1024, 25000, 32, 4, 4, 32768, 0.002, 10, 10, null, 8, 2, 0.9],
  ['paper256', 256, 25000, 64, 8, 8, 16384, 0.0025, 1, 20, null, 8, 2, 0.9],
  ['paper512', 512, 25000, 64, 8, 8, 32768, 0.0025, 0.5, 20, null, 8, 2, 0.9],
  ['paper1024', 1024, 25000, 32, 4, 4, 32768, 0.002, 2, 10, null, 8, 2, 0.9],
  ['cifar', 32, 100000, 64, 32, 32, 32768, 0.0025, 0.01, 500, 0.05, 2, 0, 0],
] satisfies readonly (readonly [BaseConfiguration, number, ...(number | null)[]])[];

describe('base configurations', () => {
  it.each(published)('%s at %i', (...row) => {
    const [name, resolution, ...numbers] = row as readonly [BaseConfiguration, number, ...(number | null)[]];
    const found = resolve(name, resolution);
    const { generator, discriminator } = found;
    expect([
      found.totalKimg,
      found.batch,
      found.microBatch,
      (discriminator.epilogue_kwargs as { mbstd_group_size: number }).mbstd_group_size,
      discriminator.channel_base,
      found.generatorOptimizer.learningRate,
      found.r1Gamma,
      found.emaKimg,
      found.emaRampup,
      (generator.mapping_kwargs as { num_layers: number }).num_layers,
      found.pathLengthWeight,
      found.styleMixingProbability,
    ]).toEqual(numbers);
    expect(generator).toMatchObject({ z_dim: 512, w_dim: 512, img_resolution: resolution, img_channels: 1, c_dim: 0 });
    expect(generator.synthesis_kwargs).toEqual({
      channel_base: discriminator.channel_base,
      channel_max: 512,
      num_fp16_res: 4,
      conv_clamp: 256,
    });
    expect(found.discriminatorOptimizer).toEqual({ ...found.generatorOptimizer, beta1: 0, beta2: 0.99, epsilon: 1e-8 });
    expect(found).toMatchObject({
      kimgPerTick: 4,
      pathLengthDecay: 0.01,
      pathLengthBatchShrink: 2,
      generatorRegularisationInterval: 4,
      discriminatorRegularisationInterval: 16,
    });
  });

  it('only the one for CIFAR-10 has a discriminator without residual connections', () => {
    expect(resolve('cifar', 32).discriminator.architecture).toBe('orig');
    expect(resolve('paper256', 256).discriminator.architecture).toBeUndefined();
  });
});

describe('options', () => {
  it('override gamma, kimg and batch; the batch is then one run on the device', () => {
    const found = resolve('paper256', 256, { gamma: 0.05, kimg: 7, batch: 16 });
    expect(found).toMatchObject({ r1Gamma: 0.05, totalKimg: 7, batch: 16, microBatch: 16, emaKimg: 20 });
    // What `auto` derives from its own batch size stays as it was.
    expect(resolve('auto', 64, { batch: 8 })).toMatchObject({ r1Gamma: 0.0256, emaKimg: 10 });
  });

  it('start without ramp-up of the average from given networks', () => {
    expect(resolve('auto', 64, { start: 'a.pkl' }).emaRampup).toBeNull();
  });

  it('make a batch of whole micro-batches, and these of whole groups', () => {
    expect(resolve('auto', 64, { batch: 16, microBatch: 4 })).toMatchObject({ batch: 16, microBatch: 4 });
    expect(() => resolve('auto', 64, { batch: 16, microBatch: 5 })).toThrow('whole micro-batches');
    expect(() => resolve('auto', 64, { batch: 6 })).toThrow('whole groups of 4');
  });

  it('of one vendor or of memory change nothing but what they are for', () => {
    const plain = resolve('auto', 64);
    expect(resolve('auto', 64, { fullPrecision: true }).generator.synthesis_kwargs).toMatchObject({
      num_fp16_res: 0,
      conv_clamp: null,
    });
    expect(resolve('auto', 64, { freezeLayers: 3 }).discriminator).toEqual({
      ...plain.discriminator,
      block_kwargs: { freeze_layers: 3 },
    });
    expect(resolve('auto', 64, { pathLength: false })).toEqual({ ...plain, pathLengthWeight: 0 });
    expect(resolve('auto', 64, { beta0: 0.5 }).generatorOptimizer.beta1).toBe(0.5);
  });
});

describe('augmentation', () => {
  const augmentation = (given: Readonly<Record<string, unknown>>, start: string | null = null) =>
    resolveConfiguration(trainingOptions(parseTrainOptions(given), start), shape(64)).augmentation;

  it('is ADA with the pipeline bgc unless said otherwise', () => {
    expect(augmentation({})).toEqual({
      transforms: augmentationPipelines.bgc,
      probability: 0,
      adaptive: { target: 0.6, interval: 4, kimg: 500 },
    });
    expect(augmentation({ target: 0.7 }, 'a.pkl')?.adaptive).toEqual({ target: 0.7, interval: 4, kimg: 100 });
    expect(augmentation({ aug: 'noaug' })).toBeNull();
    expect(augmentation({ aug: 'fixed', p: 0.3, augpipe: 'blit' })).toEqual({
      transforms: augmentationPipelines.blit,
      probability: 0.3,
      adaptive: null,
    });
  });

  it('has the eleven published pipelines', () => {
    const on = Object.entries(augmentationPipelines).map(([name, transforms]) => [
      name,
      Object.entries(transforms).flatMap(([transform, multiplier]) => (multiplier === 1 ? [transform] : [])).length,
    ]);
    expect(Object.fromEntries(on)).toEqual({
      blit: 3,
      geom: 4,
      color: 5,
      filter: 1,
      noise: 1,
      cutout: 1,
      bg: 7,
      bgc: 12,
      bgcf: 13,
      bgcfn: 14,
      bgcfnc: 15,
    });
  });

  it.each([
    [{ aug: 'fixed' }, '--aug=fixed requires specifying --p'],
    [{ p: 0.5 }, '--p can only be specified with --aug=fixed'],
    [{ aug: 'noaug', target: 0.5 }, '--target can only be specified with --aug=ada'],
    [{ aug: 'noaug', augpipe: 'bgc' }, '--augpipe cannot be specified with --aug=noaug'],
    [{ aug: 'fixed', p: 1.5 }, 'training option p'],
    [{ metrics: 'fid50k_full,fid9' }, 'training option metrics'],
    [{ colour: 1 }, 'training option'],
  ])('refuses %j', (given, message) => {
    expect(() => augmentation(given)).toThrow(message);
  });
});

describe('names of run folders', () => {
  it.each([
    [{}, undefined, 'set-auto1'],
    [{ cfg: 'paper256', mirror: '1', kimg: 10, gamma: '0.50' }, undefined, 'set-mirror-paper256-gamma0.5-kimg10'],
    [
      { cond: 'true', subset: 5, batch: 8, aug: 'fixed', p: 0.2, augpipe: 'bg', freezed: 2 },
      'resumeffhq256',
      'set-cond-subset5-auto1-batch8-fixed-p0.2-bg-resumeffhq256-freezed2',
    ],
    [{ aug: 'ada', target: 0.7, pathLength: false, channelMax: 64 }, undefined, 'set-auto1-ada-target0.7-max64-nopl'],
  ])('%j', (given, resume, expected) => {
    expect(runDescription('set', parseTrainOptions(given), resume)).toBe(expected);
  });
});

it('says which options do nothing here', () => {
  expect(deviceRemarks(parseTrainOptions({}))).toEqual([]);
  const remarks = deviceRemarks(parseTrainOptions({ fp32: '1', nhwc: true, nobench: 'true', allowTf32: '1' }));
  expect(remarks.map((remark) => remark.split(':')[0])).toEqual(['--fp32', '--nhwc', '--nobench', '--allow-tf32']);
});

it('shortens Adam for lazy regularisation', () => {
  const adam = lazyAdam({ learningRate: 0.002, beta1: 0.5, beta2: 0.99, epsilon: 1e-8 }, 4);
  expect(adam.learningRate).toBeCloseTo(0.0016, 12);
  expect(adam.beta1).toBeCloseTo(0.5 ** 0.8, 12);
  expect(adam.beta2).toBeCloseTo(0.99 ** 0.8, 12);
});

// The numbers of a training: the base configurations of the published train.py and what overrides them.
import { describe, expect, it } from 'vitest';
import {
  type BaseConfiguration,
  lazyAdam,
  resolveConfiguration,
  type TrainingOptions,
} from '../../src-main/training/configuration.ts';

const resolve = (configuration: BaseConfiguration, resolution: number, more: Partial<TrainingOptions> = {}) =>
  resolveConfiguration(
    { configuration, seed: 0, mirror: false, conditional: false, snapshotTicks: 50, resumed: false, ...more },
    { resolution, channels: 1, labelSize: 0, images: 1000 },
  );

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
    expect(resolve('auto', 64, { resumed: true }).emaRampup).toBeNull();
  });

  it('limit the number of images', () => {
    expect(resolve('auto', 64, { subset: 30 }).dataset.images).toBe(30);
  });
});

it('shortens Adam for lazy regularisation', () => {
  const adam = lazyAdam({ learningRate: 0.002, beta1: 0.5, beta2: 0.99, epsilon: 1e-8 }, 4);
  expect(adam.learningRate).toBeCloseTo(0.0016, 12);
  expect(adam.beta1).toBeCloseTo(0.5 ** 0.8, 12);
  expect(adam.beta2).toBeCloseTo(0.99 ** 0.8, 12);
});

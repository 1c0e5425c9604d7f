// Benchmark: one projection step at 256x256, StyleGAN2 config F and VGG16, against the published PyTorch code.
import { type Shape, sizeOf } from '../../native/graph/operations.ts';
import { parseDiscriminatorArguments, parseGeneratorArguments } from '../../native/networks/stylegan2/arguments.ts';
import { encoderArguments, encoderParameters } from '../../native/networks/stylegan2/encoder.ts';
import { generatorParameters, initialise } from '../../native/networks/stylegan2/parameters.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';
import type { GeneratorNetwork } from '../../src-main/networks/load-network.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { EncoderPass } from '../../src-main/projection/encoder-pass.ts';
import { Projector, stepDefinition } from '../../src-main/projection/projector.ts';
import { lpipsLoss, pixelLoss } from '../../src-main/projection/reconstruction-loss.ts';
import { publishedSchedule } from '../../src-main/projection/schedule.ts';
import { arithmeticOf, sharesOfPeak } from './arithmetic.ts';
import type { Measure } from './measure.ts';
import { compared } from './published.ts';

/** Shapes of VGG16's convolutions by torchvision's numbers, and channels of LPIPS' linear layers. */
const convolutions: readonly (readonly [number, number, number])[] = [
  [0, 3, 64],
  [2, 64, 64],
  [5, 64, 128],
  [7, 128, 128],
  [10, 128, 256],
  [12, 256, 256],
  [14, 256, 256],
  [17, 256, 512],
  [19, 512, 512],
  [21, 512, 512],
  [24, 512, 512],
  [26, 512, 512],
  [28, 512, 512],
];
const stageChannels = [64, 128, 256, 512, 512];

/** Time of one step (best of several, two threads), its ratio, and the memory of the process at its peak. */
export async function run(): Promise<Measure[]> {
  const random = randomFrom('benchmark');
  const arguments_ = parseGeneratorArguments(
    { z_dim: 512, c_dim: 0, w_dim: 512, img_resolution: 256, img_channels: 3 },
    'benchmark',
  );
  const network = { arguments_, tensors: initialise(generatorParameters(arguments_), random.gaussian) };
  const options = {
    network,
    statistics: { mean: new Float32Array(512), deviation: 1 },
    loss: lpipsLoss(randomVgg(random.gaussian)),
    schedule: publishedSchedule(8),
    space: 'w',
    renderNoise: 'stored',
    batch: 1,
  } as const;
  const projector = await Projector.create({ name: 'cpu', threads: 2 }, options);
  const times: number[] = [];
  let last = 0;
  const targets = random.gaussians(3 * 256 * 256).map((value) => Math.tanh(value));
  const draws = { noise: random.gaussians, latent: (_: number, count: number) => random.gaussians(count) };
  await projector.project(targets, [draws], quiet, () => {
    const now = performance.now();
    if (last > 0) times.push(now - last);
    last = now;
  });
  await projector.release();
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  const step = Math.min(...times) / 1000;
  const steps = compared('projection step, 256x256 config F with VGG16', step, 0.4, 'projection-step');
  const published = steps.find(({ name }) => name.endsWith(', published'))?.value;
  const pass = await encoderPass(network, targets);
  return [
    ...steps,
    ...(await sharesOfPeak('projection step', arithmeticOf([[1, stepDefinition(options)]]), step)),
    { name: 'encoder pass, 256x256 config F', value: pass, unit: 's', target: null },
    published === undefined
      ? { name: 'encoder pass, ratio to 1,000 steps of ours', value: pass / (1000 * step), unit: '', target: null }
      : {
          name: 'encoder pass, ratio to 1,000 published steps',
          value: pass / (1000 * published),
          unit: '',
          target: 1 / 500,
        },
    { name: 'projection, memory at the peak', value: peak, unit: 'GiB', target: 3 },
  ];
}

/** Seconds of an encoder's pass over one image, the best of several: latents, reconstruction and pixel loss. */
async function encoderPass(network: GeneratorNetwork, targets: Float32Array): Promise<number> {
  const { gaussian } = randomFrom('benchmark encoder');
  const kwargs = { c_dim: 0, img_resolution: 256, img_channels: 3 };
  const arguments_ = encoderArguments(network.arguments_, parseDiscriminatorArguments(kwargs, 'benchmark'));
  const encoder = { arguments_, tensors: initialise(encoderParameters(arguments_), gaussian) };
  const pass = await EncoderPass.create(
    { name: 'cpu', threads: 2 },
    { network, encoder, loss: pixelLoss(1), batch: 1 },
  );
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    await pass.reconstruct(targets);
    times.push((performance.now() - began) / 1000);
  }
  await pass.release();
  return Math.min(...times);
}

function randomVgg(gaussian: () => number): ReadonlyMap<string, HostTensor> {
  const tensor = (shape: Shape, deviation: number) => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => gaussian() * deviation),
  });
  const positive = (shape: Shape) => ({ shape, data: new Float32Array(sizeOf(shape)).fill(0.1) });
  return new Map([
    ...convolutions.flatMap(([index, inputs, outputs]): [string, HostTensor][] => [
      [`features.${index}.weight`, tensor([outputs, inputs, 3, 3], Math.sqrt(2 / (inputs * 9)))],
      [`features.${index}.bias`, tensor([outputs], 0.01)],
    ]),
    ...stageChannels.map((channels, i): [string, HostTensor] => [
      `lin${i}.model.1.weight`,
      positive([1, channels, 1, 1]),
    ]),
  ]);
}

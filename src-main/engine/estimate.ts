// How long a projection or a training would take here, measured on made-up images from ten of its steps, or from an encoder's passes.
import { selectDevice } from '../../native/runtime/devices.ts';
import type { DeviceName } from '../../native/runtime/session.ts';
import { loadNetwork } from '../networks/load-network.ts';
import type { JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import { inverseOf } from '../projection/inverse.ts';
import type { TrainingConfiguration } from '../training/configuration.ts';
import { Trainer } from '../training/trainer.ts';
import type { TrainingImages } from '../training/training-images.ts';
import { projectJob } from './project-job.ts';
import type { ProjectParameters } from './protocol.ts';

const steps = 10;

/** Seconds of one image: of its steps, of an encoder's pass, or of that and a share of the steps. */
export async function measureProjection(parameters: ProjectParameters, control: JobControl): Promise<number> {
  const network = await loadNetwork(parameters.networkFile);
  const { img_channels: channels, img_resolution: side } = network.generator.arguments_;
  const { gaussians } = randomFrom(1).fork('estimate');
  const target = Float32Array.from(gaussians(channels * side ** 2), (value) => Math.max(-1, Math.min(1, value / 2)));
  if (inverseOf(parameters, network.encoder !== null) === 'optimise') return measureSteps(parameters, target, control);
  const pass = await measurePasses(parameters, target, control);
  if (parameters.inverse !== 'both') return pass;
  return pass + parameters.doubtful * (await measureSteps({ ...parameters, inverse: 'optimise' }, target, control));
}

/** Seconds of an image's steps. The first one, which warms up, does not count. */
async function measureSteps(parameters: ProjectParameters, target: Float32Array, control: JobControl): Promise<number> {
  const items = Array.from({ length: parameters.batch }, (_, id) => ({ id, target }));
  const ends: number[] = [];
  await projectJob(
    { ...parameters, steps: steps + 1, scoring: null, video: false, total: 1 },
    {
      start: async () => {},
      normals: async () => [],
      next: async (count) => items.splice(0, count),
      store: async () => {},
    },
    { signal: control.signal, report: () => ends.push(performance.now()) },
  );
  const perStep = (ends[steps]! - ends[0]!) / 1000 / steps;
  return (perStep * parameters.steps) / parameters.batch;
}

/** Seconds of an encoder's pass over one image, from three batches. The first one, which warms up, does not count. */
async function measurePasses(
  parameters: ProjectParameters,
  target: Float32Array,
  control: JobControl,
): Promise<number> {
  const ends: number[] = [];
  let batches = 0;
  let images = 0;
  await projectJob(
    { ...parameters, scoring: null, total: 1 },
    {
      start: async () => {},
      normals: async () => [],
      next: async (count) => {
        if (batches++ === 3) return [];
        images = count;
        return Array.from({ length: count }, (_, id) => ({ id, target }));
      },
      store: async () => {
        ends.push(performance.now());
      },
    },
    { signal: control.signal, report: () => {} },
  );
  return (ends[2]! - ends[0]!) / 1000 / 2 / images;
}

/** Seconds of one thousand images. */
export async function measureTraining(
  configuration: TrainingConfiguration,
  device: DeviceName | 'auto',
): Promise<number> {
  const trainer = await Trainer.create(await selectDevice(device), configuration, noise(configuration));
  const seconds: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const began = performance.now();
      await trainer.iterate();
      seconds.push((performance.now() - began) / 1000);
    }
  } finally {
    await trainer.release();
  }
  const { generatorRegularisationInterval: lazyG, discriminatorRegularisationInterval: lazyD } = configuration;
  return (meanIteration(seconds, lazyG, lazyD) / configuration.batch) * 1000;
}

/**
 * The mean time of an iteration over a whole cycle, from its first few: iteration 0 has every phase, each multiple of
 * `lazyG` the path length phase, the others neither.
 */
export function meanIteration(seconds: readonly number[], lazyG: number, lazyD: number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const plain = mean(seconds.filter((_, step) => step % lazyG !== 0));
  const pathLength = mean(seconds.filter((_, step) => step > 0 && step % lazyG === 0)) - plain;
  const r1 = seconds[0]! - plain - pathLength;
  return plain + Math.max(0, pathLength) / lazyG + Math.max(0, r1) / lazyD;
}

function noise({ dataset: { resolution, channels, labelSize } }: TrainingConfiguration): TrainingImages {
  const { gaussians } = randomFrom(1).fork('estimate');
  const image = gaussians(channels * resolution ** 2);
  const label = new Float32Array(labelSize);
  return { count: 64, resolution, channels, labelSize, image: () => image, label: () => label };
}

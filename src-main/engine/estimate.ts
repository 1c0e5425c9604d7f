// How long a projection or a training would take here, measured from ten of its steps on made-up images.
import { selectDevice } from '../../native/runtime/devices.ts';
import type { DeviceName } from '../../native/runtime/session.ts';
import { loadNetwork } from '../networks/load-network.ts';
import type { JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { TrainingConfiguration } from '../training/configuration.ts';
import { Trainer } from '../training/trainer.ts';
import type { TrainingImages } from '../training/training-images.ts';
import { projectJob } from './project-job.ts';
import type { ProjectParameters } from './protocol.ts';

const steps = 10;

/** Seconds of one step of a batch. The first step, which warms up, does not count. */
export async function measureProjection(parameters: ProjectParameters, control: JobControl): Promise<number> {
  const { generator } = await loadNetwork(parameters.networkFile);
  const { img_channels: channels, img_resolution: side } = generator.arguments_;
  const { gaussians } = randomFrom(1).fork('estimate');
  const target = Float32Array.from(gaussians(channels * side ** 2), (value) => Math.max(-1, Math.min(1, value / 2)));
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
  return (ends[steps]! - ends[0]!) / 1000 / steps;
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

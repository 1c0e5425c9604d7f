// Benchmark: one training iteration at 64x64 with a small network, against the published PyTorch code.
import type { Measure } from './measure.ts';
import { compared } from './published.ts';
import { common, iterationSeconds } from './training-iteration.ts';

/** The time of one iteration, its ratio to the published code's, and images per second. */
export async function run(): Promise<Measure[]> {
  const small = { channelBase: 2048, channelMax: 64, mappingLayers: 4, gamma: 0.05, batch: 16, pathLength: false };
  const seconds = await iterationSeconds({ ...common, ...small, configuration: 'auto' }, 64, 1);
  const rate: Measure = { name: 'training, 64x64, batch 16', value: 16 / seconds, unit: 'images/s', target: 25 };
  return [rate, ...compared('training iteration, 64x64, batch 16', seconds, 0.4, 'training-64')];
}

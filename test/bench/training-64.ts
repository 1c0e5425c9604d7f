// Benchmark: one training iteration at 64x64 with a small network, against the published PyTorch code.
import { sharesOfPeak } from './arithmetic.ts';
import type { Measure } from './measure.ts';
import { comparedByTurns } from './published.ts';
import { common, iterationArithmetic, iterationSeconds } from './training-iteration.ts';

const small = { channelBase: 2048, channelMax: 64, mappingLayers: 4, gamma: 0.05, batch: 16, pathLength: false };

/** The time of one iteration, its ratio to the published code's, and images per second. */
export async function run(): Promise<Measure[]> {
  const own = () => iterationSeconds({ ...common, ...small, configuration: 'auto' }, 64, 1);
  const times = await comparedByTurns('training iteration, 64x64, batch 16', own, 0.4, 'training-64');
  const arithmetic = iterationArithmetic({ ...common, ...small, configuration: 'auto' }, 64, 1);
  const shares = await sharesOfPeak('training iteration, 64x64', arithmetic, times[0]!.value);
  return [
    { name: 'training, 64x64, batch 16', value: 16 / times[0]!.value, unit: 'images/s', target: 25 },
    ...times,
    ...shares,
  ];
}

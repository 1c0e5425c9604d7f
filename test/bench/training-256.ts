// Benchmark: one training iteration at 256x256 with the configuration paper256, against the published PyTorch code.
import { sharesOfPeak } from './arithmetic.ts';
import type { Measure } from './measure.ts';
import { compared } from './published.ts';
import { common, iterationArithmetic, iterationSeconds } from './training-iteration.ts';

/** The time of one iteration and its ratio to the published code's. */
export async function run(): Promise<Measure[]> {
  const large = { ...common, configuration: 'paper256', batch: 4, pathLength: true } as const;
  const seconds = await iterationSeconds(large, 256, 3);
  return [
    ...compared('training iteration, 256x256 paper256, batch 4', seconds, 0.6, 'training-256'),
    ...(await sharesOfPeak('training iteration, 256x256', iterationArithmetic(large, 256, 3), seconds)),
  ];
}

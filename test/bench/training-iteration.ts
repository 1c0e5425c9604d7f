// What the training benchmarks share: the time of one iteration.
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { resolveConfiguration, type TrainingOptions } from '../../src-main/training/configuration.ts';
import { drawnNetworks } from '../../src-main/training/starting-networks.ts';
import { Trainer } from '../../src-main/training/trainer.ts';
import { trainingGraph, trainingPrograms } from '../../src-main/training/training-graph.ts';
import { imagesInMemory } from '../../src-main/training/training-images.ts';
import { arithmeticOf } from './arithmetic.ts';

/** Options that both benchmarks train with. */
export const common = {
  seed: 0,
  mirror: true,
  conditional: false,
  augmentation: { mode: 'none' },
  snapshotTicks: 50,
  fullPrecision: true,
  start: null,
} as const;

/** A configuration as the benchmarks measure it. */
function configured(options: TrainingOptions, dataset: { readonly resolution: number; readonly channels: 1 | 3 }) {
  return resolveConfiguration(options, { ...dataset, labelSize: 0, images: 4 * (options.batch ?? 1) });
}

/** Operations of one iteration: phases that are not due every time are counted by how often they are. */
export function iterationArithmetic(options: TrainingOptions, resolution: number, channels: 1 | 3): number {
  const configuration = configured(options, { resolution, channels });
  const graph = trainingGraph(configuration, drawnNetworks(configuration), 'single');
  const { generator, discriminator, pathLength, r1 } = trainingPrograms(configuration, graph);
  const { generatorRegularisationInterval: paths, discriminatorRegularisationInterval: penalties } = configuration;
  return arithmeticOf([
    [1, generator!],
    [1, discriminator!],
    ...(pathLength === undefined ? [] : [[1 / paths, pathLength] as const]),
    ...(r1 === undefined ? [] : [[1 / penalties, r1] as const]),
  ]);
}

/**
 * Seconds of one iteration on two threads: the best time of each phase and of what is between them, as `published.py` adds them
 * up. Phases that are not due every time are made to be due in some iterations, and counted by how often they are.
 */
export async function iterationSeconds(options: TrainingOptions, resolution: number, channels: 1 | 3): Promise<number> {
  const random = randomFrom('benchmark');
  const count = 4 * (options.batch ?? 1);
  const pixels = Uint8Array.from({ length: count * channels * resolution ** 2 }, () => random.below(256));
  const images = imagesInMemory(pixels, { resolution, channels });
  const configuration = configured(options, { resolution, channels });
  const { generatorRegularisationInterval: paths, discriminatorRegularisationInterval: penalties } = configuration;
  // Iterations 0, 4, 8: both; 2, 6, 10: R1; the odd ones: neither.
  const trainer = await Trainer.create(
    { name: 'cpu', threads: 2 },
    { ...configuration, generatorRegularisationInterval: 4, discriminatorRegularisationInterval: 2 },
    images,
  );
  const shares: Readonly<Record<string, number>> = {
    Gmain: 1,
    Greg: 1 / paths,
    Dmain: 1,
    Dreg: 1 / penalties,
    rest: 1,
  };
  const best: Record<string, number> = {};
  try {
    await trainer.iterate();
    for (let iteration = 1; iteration < 13; iteration++) {
      const start = performance.now();
      await trainer.iterate();
      const due = Object.entries(trainer.durations).filter(
        ([phase]) => !(phase === 'Greg' && iteration % 4 > 0) && !(phase === 'Dreg' && iteration % 2 > 0),
      );
      const rest = performance.now() - start - due.reduce((total, [, time]) => total + time, 0);
      for (const [phase, time] of [...due, ['rest', rest] as const]) best[phase] = Math.min(best[phase] ?? time, time);
    }
  } finally {
    await trainer.release();
  }
  return Object.entries(best).reduce((total, [phase, time]) => total + (time * shares[phase]!) / 1000, 0);
}

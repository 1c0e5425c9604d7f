// What the training benchmarks share: the time of one iteration.
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { resolveConfiguration, type TrainingOptions } from '../../src-main/training/configuration.ts';
import { Trainer } from '../../src-main/training/trainer.ts';
import { imagesInMemory } from '../../src-main/training/training-images.ts';

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

/**
 * Seconds of one iteration on two threads, best of several. Phases that are not due every time are made to be due in some
 * iterations, and counted by how often they are.
 */
export async function iterationSeconds(options: TrainingOptions, resolution: number, channels: 1 | 3): Promise<number> {
  const random = randomFrom('benchmark');
  const count = 4 * (options.batch ?? 1);
  const pixels = Uint8Array.from({ length: count * channels * resolution ** 2 }, () => random.below(256));
  const images = imagesInMemory(pixels, { resolution, channels });
  const configuration = resolveConfiguration(options, { resolution, channels, labelSize: 0, images: count });
  const [paths, penalties] = [
    configuration.generatorRegularisationInterval,
    configuration.discriminatorRegularisationInterval,
  ];
  // Iterations 0, 4, 8: both; 2, 6, 10: R1; the odd ones: neither.
  const trainer = await Trainer.create(
    { name: 'cpu', threads: 2 },
    { ...configuration, generatorRegularisationInterval: 4, discriminatorRegularisationInterval: 2 },
    images,
  );
  const times: number[] = [];
  try {
    for (let iteration = 0; iteration < 13; iteration++) {
      const start = performance.now();
      await trainer.iterate();
      times.push((performance.now() - start) / 1000);
    }
  } finally {
    await trainer.release();
  }
  const best = (due: (iteration: number) => boolean) => Math.min(...times.filter((_, at) => at > 0 && due(at)));
  const plain = best((at) => at % 2 === 1);
  const penalty = best((at) => at % 4 === 2);
  const both = best((at) => at % 4 === 0);
  return plain + (penalty - plain) / penalties + (options.pathLength ? (both - penalty) / paths : 0);
}

// Benchmark: training a localiser at 128x128, batch 16, 16 channels, against a usual U-Net of that size in PyTorch, one thread each.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import type { LocaliserConfiguration } from '../../src-main/training/localiser/configuration.ts';
import { LocaliserTrainer } from '../../src-main/training/localiser/localiser-trainer.ts';
import { imagesInMemory } from '../../src-main/training/training-images.ts';
import type { Measure } from './measure.ts';

const side = 128;
const count = 64;
const rounds = 3;

/** Images a second with the making of anomalies, the other side without it, by turns; the best of each. */
export async function run(): Promise<Measure[]> {
  const random = randomFrom('bench');
  const pixels = Uint8Array.from({ length: count * side * side }, () => random.below(256));
  const images = imagesInMemory(pixels, { resolution: side, channels: 1 });
  const configuration: LocaliserConfiguration = {
    network: { resolution: side, channels: 1, width: 16, stages: 5 },
    ...{ totalImages: 100_000, batch: 16, learningRate: 1e-3, seed: 0, validationImages: 8, imagesPerTick: 4000 },
    dataset: { images: count, sha256: '' },
  };
  const trainer = await LocaliserTrainer.create({ name: 'cpu', threads: 1 }, configuration, images, null);
  let own = 0;
  let published: number | string = 0;
  for (let round = 0; round < rounds; round++) {
    own = Math.max(own, await ownRate(trainer, configuration.batch));
    const rate = torchRate();
    published = typeof rate === 'string' ? rate : Math.max(rate, Number(published));
  }
  await trainer.release();
  const name = 'localiser training, 128x128, batch 16, one thread';
  const measure: Measure = { name, value: own, unit: 'images/s', target: null };
  if (typeof published === 'string') return [{ ...measure, note: published }];
  return [
    measure,
    { name: `${name}, PyTorch`, value: published, unit: 'images/s', target: null },
    { name: `${name}, ratio of the times`, value: published / own, unit: '', target: 0.5 },
  ];
}

async function ownRate(trainer: LocaliserTrainer, batch: number): Promise<number> {
  let best = 0;
  for (let step = 0; step < 6; step++) {
    const began = performance.now();
    await trainer.iterate();
    best = Math.max(best, (batch / (performance.now() - began)) * 1000);
  }
  return best;
}

function torchRate(): number | string {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [join(import.meta.dirname, 'localiser.py'), '1'], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return status === 0 ? Number(stdout.trim()) : `localiser.py failed: ${stderr.trim().split('\n').at(-1)}`;
}

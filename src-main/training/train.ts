// Runs a training to its end: iterations, ticks, statistics, sheets of samples, snapshots; goes on where it was stopped.
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../native/runtime/session.ts';
import type { JsonObject } from '../../native/weights/network-weights.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { drawLabels } from './feeds.ts';
import { gridSize, imageGrid } from './image-grid.ts';
import { kilo } from './run-folder.ts';
import { readNewestState, type SnapshotOrigin, writeNetworkSnapshot, writeState } from './snapshots.ts';
import type { NetworkValues } from './starting-networks.ts';
import { type IterationStatistics, Trainer, type TrainingState } from './trainer.ts';
import type { TrainingImages } from './training-images.ts';

/** What a training is made of. */
export interface TrainingRun {
  readonly device: Device;
  readonly configuration: TrainingConfiguration;
  readonly images: TrainingImages;
  /** The run's folder: a training that was stopped in it goes on. */
  readonly folder: string;
  readonly origin: SnapshotOrigin;
  /** Reads the networks to start from, if a training begins; null draws them by the seed. */
  readonly start: (() => Promise<NetworkValues>) | null;
  /** What is to be found out about the networks of a snapshot; becomes part of its provenance. */
  readonly measure?: (networks: NetworkValues) => Promise<JsonObject>;
  /** Computes the metrics of a snapshot that are not yet in the folder. */
  readonly evaluate?: (networks: NetworkValues, snapshot: string) => Promise<void>;
}

/** One line of `stats.jsonl`: means over a tick, by the published names where these exist. */
export type TickStatistics = Readonly<Record<string, number>>;

/** Called after every tick: for plots and logs. */
export type TickObserver = (tick: TickStatistics) => void;

/** What a finished (or stopped) training leaves. */
export interface TrainingResult {
  readonly imagesShown: number;
  /** The newest network snapshot. */
  readonly snapshot: string;
}

/** A state is written after every tick, and after so many milliseconds when ticks are longer. */
const stateEvery = 600_000;

/**
 * Trains until `totalKimg` images were shown. Writes into the folder: training_options.json, stats.jsonl, reals.png,
 * fakes_init.png, fakesKIMG.png and network-snapshot-KIMG.safetensors every `snapshotTicks` ticks and at the end, and
 * now and then the state that a later start goes on from. Throws `cancelled` after writing the state, `content` when a
 * loss is no number.
 */
export async function train(
  run: TrainingRun,
  control: JobControl,
  observe: TickObserver = () => {},
): Promise<TrainingResult> {
  const { configuration, images, folder, origin, device } = run;
  await mkdir(folder, { recursive: true });
  const state = await readNewestState(folder, configuration);
  const total = configuration.totalKimg * 1000;
  if (state !== null && state.position.imagesShown >= total) {
    const snapshot = await writeMeasured(run, state);
    await run.evaluate?.(state.networks, snapshot);
    return { imagesShown: state.position.imagesShown, snapshot };
  }
  await writeFileAtomic(join(folder, 'training_options.json'), `${JSON.stringify(configuration, null, 2)}\n`);
  const start = state ?? (run.start === null ? null : { networks: await run.start() });
  const trainer = await Trainer.create(device, configuration, images, start);
  const perTick = configuration.kimgPerTick * 1000;
  const ticks = () => Math.floor(trainer.imagesShown / perTick);
  let snapshot = '';
  try {
    if (state === null) {
      await writeReals(run);
      await writeFakes(run, trainer, '_init');
    } else if (isSnapshot(configuration, trainer.imagesShown)) {
      // Stopped while the snapshot of this state was written or measured.
      await writeSnapshot(run, trainer, state);
    }
    while (trainer.imagesShown < total) {
      const [before, tick, began] = [trainer.imagesShown, ticks(), performance.now()];
      const statistics: IterationStatistics[] = [];
      let stateAt = began;
      while (trainer.imagesShown < total && ticks() === tick && !control.signal.aborted) {
        statistics.push(await trainer.iterate());
        demandNumbers(statistics.at(-1)!, folder);
        control.report({ stage: 'training', done: trainer.imagesShown, total });
        if (performance.now() - stateAt > stateEvery) {
          await writeState(folder, await trainer.state(), configuration, origin);
          stateAt = performance.now();
        }
      }
      const current = await trainer.state();
      await writeState(folder, current, configuration, origin);
      checkpoint(control, 'training');
      const secondsPerKimg = (performance.now() - began) / (trainer.imagesShown - before);
      const summary = summarise(statistics, trainer.imagesShown, secondsPerKimg);
      await appendFile(join(folder, 'stats.jsonl'), `${JSON.stringify(summary)}\n`);
      observe(summary);
      if (isSnapshot(configuration, trainer.imagesShown)) snapshot = await writeSnapshot(run, trainer, current);
    }
    return { imagesShown: trainer.imagesShown, snapshot };
  } finally {
    await trainer.release();
  }
}

/** Whether a training that has shown so many images and is at the end of an iteration writes a snapshot. */
function isSnapshot({ batch, kimgPerTick, snapshotTicks, totalKimg }: TrainingConfiguration, shown: number): boolean {
  const tick = (images: number) => Math.floor(images / (kimgPerTick * 1000));
  return shown >= totalKimg * 1000 || (tick(shown) > tick(shown - batch) && tick(shown) % snapshotTicks === 0);
}

async function writeSnapshot(run: TrainingRun, trainer: Trainer, state: TrainingState): Promise<string> {
  const snapshot = await writeMeasured(run, state);
  await writeFakes(run, trainer, kilo(state.position.imagesShown));
  await run.evaluate?.(state.networks, snapshot);
  return snapshot;
}

async function writeMeasured(run: TrainingRun, state: TrainingState): Promise<string> {
  const { folder, configuration, origin, measure } = run;
  const { imagesShown } = state.position;
  const provenance = { ...origin.provenance, imagesShown, ...(await measure?.(state.networks)) };
  return writeNetworkSnapshot(folder, state, configuration, { ...origin, provenance });
}

function demandNumbers(statistics: IterationStatistics, folder: string): void {
  const broken = Object.entries(statistics).find(([, value]) => value !== null && !Number.isFinite(value));
  if (broken === undefined) return;
  throw new Problem('content', { file: folder, reason: `the training diverged: ${broken[0]} is ${broken[1]}` });
}

/** Published names of the statistics of one iteration. */
const statisticNames: { readonly [K in keyof IterationStatistics]: string } = {
  generatorLoss: 'Loss/G/loss',
  discriminatorLoss: 'Loss/D/loss',
  pathLengthPenalty: 'Loss/pl_penalty',
  r1Penalty: 'Loss/r1_penalty',
  realSigns: 'Loss/signs/real',
  generatedSigns: 'Loss/signs/fake',
  augmentation: 'Progress/augment',
};

function summarise(statistics: readonly IterationStatistics[], shown: number, secondsPerKimg: number): TickStatistics {
  const names = Object.keys(statisticNames) as (keyof IterationStatistics)[];
  const means = names.flatMap((name) => {
    const values = statistics.map((one) => one[name]).filter((value) => value !== null);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.length === 0 ? [] : [[statisticNames[name], mean] as const];
  });
  return {
    ...Object.fromEntries(means),
    'Progress/kimg': shown / 1000,
    'Timing/sec_per_kimg': secondsPerKimg,
    timestamp: Date.now() / 1000,
  };
}

async function writeReals({ images, folder, configuration }: TrainingRun): Promise<void> {
  const grid = gridSize(images.resolution);
  const random = randomFrom(configuration.seed).fork('sheet of reals');
  const size = images.channels * images.resolution ** 2;
  const sheet = new Float32Array(grid.columns * grid.rows * size);
  for (let index = 0; index < grid.columns * grid.rows; index++) {
    sheet.set(await images.image(random.below(images.count)), index * size);
  }
  await writeFileAtomic(join(folder, 'reals.png'), await imageGrid(sheet, grid, images));
}

/** The same codes in every sheet, so that the sheets show a development. */
async function writeFakes(
  { images, folder, configuration }: TrainingRun,
  trainer: Trainer,
  suffix: string,
): Promise<void> {
  const grid = gridSize(images.resolution);
  const random = randomFrom(configuration.seed).fork('sheet of fakes');
  const count = grid.columns * grid.rows;
  const z = random.gaussians(count * Number(configuration.generator.z_dim));
  const conditional = Number(configuration.generator.c_dim) > 0;
  const sheet = await trainer.samples(z, conditional ? drawLabels(images, count, random) : undefined);
  await writeFileAtomic(join(folder, `fakes${suffix}.png`), await imageGrid(sheet, grid, images));
}

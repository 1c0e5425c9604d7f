// Runs a training to its end: iterations, ticks, statistics, sheets of samples, snapshots; goes on where it was stopped.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../native/runtime/session.ts';
import type { JsonObject } from '../../native/weights/network-weights.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { kilo } from './run-folder.ts';
import { writeFakes, writeReals } from './sample-sheets.ts';
import { readNewestState, type SnapshotOrigin, writeNetworkSnapshot, writeState } from './snapshots.ts';
import type { NetworkValues } from './starting-networks.ts';
import { brokenValue, type Reported, type TickStatistics, tickStatistics } from './tick-statistics.ts';
import { Trainer, type TrainingState } from './trainer.ts';
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
 * now and then the state that a later start goes on from. Throws `cancelled`, after writing the state once there is one, `content` when a
 * loss is no number.
 */
export async function train(
  run: TrainingRun,
  control: JobControl,
  observe: TickObserver = () => {},
): Promise<TrainingResult> {
  const { configuration, images, folder, origin, device } = run;
  const started = performance.now();
  makeFolder(folder);
  const state = await readNewestState(folder, configuration, origin.recipe);
  const total = configuration.totalKimg * 1000;
  if (state !== null && state.position.imagesShown >= total) {
    const snapshot = await writeMeasured(run, state);
    await run.evaluate?.(state.networks, snapshot);
    return { imagesShown: state.position.imagesShown, snapshot };
  }
  await writeFileAtomic(
    join(folder, 'training_options.json'),
    `${JSON.stringify({ ...configuration, recipe: origin.recipe }, null, 2)}\n`,
  );
  const start = state ?? (run.start === null ? null : { networks: await run.start() });
  const trainer = await Trainer.create(device, configuration, images, start, control);
  const perTick = configuration.kimgPerTick * 1000;
  const ticks = () => Math.floor(trainer.imagesShown / perTick);
  let snapshot = '';
  try {
    if (state === null) {
      await writeReals(run);
      await writeFakes(run, trainer, '_init', control);
    } else if (isSnapshot(configuration, trainer.imagesShown)) {
      // Stopped while the snapshot of this state was written or measured.
      await writeSnapshot(run, trainer, state, control);
    }
    let ended = started;
    while (trainer.imagesShown < total) {
      const [before, tick, began] = [trainer.imagesShown, ticks(), performance.now()];
      const iterations: Reported[] = [];
      let stateAt = began;
      while (trainer.imagesShown < total && ticks() === tick && !control.signal.aborted) {
        const reported = await trainer.iterate();
        demandNumbers(reported, folder);
        iterations.push(reported);
        control.report({ stage: 'training', done: trainer.imagesShown, total });
        if (performance.now() - stateAt > stateEvery) {
          await writeState(folder, await trainer.state(), configuration, origin);
          stateAt = performance.now();
        }
      }
      const current = await trainer.state();
      await writeState(folder, current, configuration, origin);
      checkpoint(control, 'training');
      const moments = { started, before: ended, began, now: performance.now() };
      ended = moments.now;
      const statistics = tickStatistics(iterations, tickNumbers(trainer, tick, before, moments));
      const line = JSON.stringify({ ...statistics, timestamp: Date.now() / 1000 });
      await appendFile(join(folder, 'stats.jsonl'), `${line}\n`);
      observe(statistics);
      if (isSnapshot(configuration, trainer.imagesShown))
        snapshot = await writeSnapshot(run, trainer, current, control);
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

async function writeSnapshot(
  run: TrainingRun,
  trainer: Trainer,
  state: TrainingState,
  control: JobControl,
): Promise<string> {
  const snapshot = await writeMeasured(run, state);
  await writeFakes(run, trainer, kilo(state.position.imagesShown), control);
  await run.evaluate?.(state.networks, snapshot);
  return snapshot;
}

async function writeMeasured(run: TrainingRun, state: TrainingState): Promise<string> {
  const { folder, configuration, origin, measure } = run;
  const { imagesShown } = state.position;
  const provenance = { ...origin.provenance, imagesShown, ...(await measure?.(state.networks)) };
  return writeNetworkSnapshot(folder, state, configuration, { ...origin, provenance });
}

/**
 * Numbers of a tick by their published names. `shown`: images before it. Milliseconds: when the training was started, when
 * the tick before ended, when this one began, and now.
 */
function tickNumbers(
  { imagesShown, augmentationProbability, durations }: Trainer,
  tick: number,
  shown: number,
  { started, before, began, now }: Readonly<Record<'started' | 'before' | 'began' | 'now', number>>,
): Record<string, number> {
  const seconds = (now - started) / 1000;
  return {
    'Progress/tick': tick,
    'Progress/kimg': imagesShown / 1000,
    'Timing/total_sec': seconds,
    'Timing/sec_per_tick': (now - began) / 1000,
    'Timing/sec_per_kimg': (now - began) / (imagesShown - shown),
    'Timing/maintenance_sec': (began - before) / 1000,
    'Resources/cpu_mem_gb': process.memoryUsage.rss() / 2 ** 30,
    'Progress/augment': augmentationProbability,
    'Timing/total_hours': seconds / 3600,
    'Timing/total_days': seconds / 86_400,
    ...Object.fromEntries(Object.entries(durations).map(([phase, duration]) => [`Timing/${phase}`, duration])),
  };
}

function demandNumbers(reported: Reported, folder: string): void {
  const broken = brokenValue(reported);
  if (broken === undefined) return;
  throw new Problem('content', { file: folder, reason: `the training diverged: ${broken[0]} is ${broken[1]}` });
}

// Trains an encoder to its end: steps, ticks, the loss of held-out normals, sheets, states; resumes where it stopped.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostTensor } from '../../../native/runtime/variables.ts';
import type { JsonObject } from '../../../native/weights/network-weights.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { mean } from '../../statistics/moments.ts';
import { statisticOf, type TickStatistics } from '../tick-statistics.ts';
import { shownImages, writeReconstructions } from './encoder-sheet.ts';
import { readEncoderState, writeEncoderState } from './encoder-states.ts';
import { type EncoderMaterial, EncoderTrainer, type Reconstructed } from './encoder-trainer.ts';

/** The options of a run, and its network with the best encoder, in the run's folder. */
export const encoderOptions = 'training_options.json';
export const encoderFile = 'network-encoder.safetensors';

export interface EncoderRun extends EncoderMaterial {
  /** The run's folder: a training that was stopped in it resumes. */
  readonly folder: string;
  readonly origin: { readonly recipe: JsonObject; readonly provenance: JsonObject };
}

/** The best encoder of a training that has ended. */
export interface TrainedEncoder {
  readonly imagesShown: number;
  readonly best: { readonly imagesShown: number; readonly loss: number };
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** What it makes of the held-out normals. */
  readonly heldOut: readonly Reconstructed[];
}

/** A state is written after every tick, and after so many milliseconds when ticks are longer. */
const stateEvery = 600_000;

/**
 * Trains until `totalKimg` images were shown or the loss of the held-out normals has not fallen for `patience` ticks. Writes
 * into the folder: training_options.json, stats.jsonl, reconstructionsIMAGES.png at every tick, and the state that a later
 * start resumes from. Throws `cancelled` with the state written, `content` when a loss is no number.
 */
export async function trainEncoder(
  run: EncoderRun,
  control: JobControl,
  observe: (tick: TickStatistics) => void = () => {},
): Promise<TrainedEncoder> {
  const { configuration, folder, origin } = run;
  makeFolder(folder);
  const state = await readEncoderState(folder, configuration);
  await writeFileAtomic(join(folder, encoderOptions), `${JSON.stringify(configuration, null, 2)}\n`);
  control.report({ stage: 'preparing program', done: 0, total: 1 });
  const trainer = await EncoderTrainer.create({ ...run, start: state ?? run.start });
  try {
    const normals = await trainer.heldOutImages();
    const total = Math.round(configuration.totalKimg * 1000);
    const perTick = configuration.kimgPerTick * 1000;
    const ticks = () => Math.floor(trainer.imagesShown / perTick);
    const started = performance.now();
    const ended = () => {
      const { best, imagesShown } = trainer;
      return (
        imagesShown >= total || (best !== null && imagesShown - best.imagesShown >= configuration.patience * perTick)
      );
    };
    while (!ended()) {
      const [before, tick, began] = [trainer.imagesShown, ticks(), performance.now()];
      const losses: number[] = [];
      const offsets: number[] = [];
      let stateAt = began;
      while (trainer.imagesShown < total && ticks() === tick) {
        if (control.signal.aborted) await writeEncoderState(folder, await trainer.state(), configuration, origin);
        checkpoint(control, 'training');
        const { reconstruction, offset } = await trainer.iterate();
        demandNumbers(reconstruction, folder);
        losses.push(...reconstruction);
        offsets.push(...offset);
        control.report({ stage: 'training', done: trainer.imagesShown, total });
        if (performance.now() - stateAt > stateEvery) {
          await writeEncoderState(folder, await trainer.state(), configuration, origin);
          stateAt = performance.now();
        }
      }
      const found = await trainer.reconstruct(normals);
      const validation = mean(found.map(({ loss }) => loss));
      await trainer.judge(validation);
      await writeEncoderState(folder, await trainer.state(), configuration, origin);
      const images = found.slice(0, shownImages).map(({ image }) => image);
      await writeReconstructions(folder, trainer.imagesShown, normals, images, configuration.dataset);
      const now = performance.now();
      const statistics: TickStatistics = {
        'Loss/E/reconstruction': statisticOf(losses),
        'Loss/E/latent': statisticOf(offsets),
        'Loss/E/validation': statisticOf(found.map(({ loss }) => loss)),
        'Progress/tick': statisticOf([tick]),
        'Progress/kimg': statisticOf([trainer.imagesShown / 1000]),
        'Timing/sec_per_kimg': statisticOf([(now - began) / (trainer.imagesShown - before)]),
        'Timing/total_sec': statisticOf([(now - started) / 1000]),
      };
      await appendFile(
        join(folder, 'stats.jsonl'),
        `${JSON.stringify({ ...statistics, timestamp: Date.now() / 1000 })}\n`,
      );
      observe(statistics);
    }
    const { tensors, reconstructed } = await trainer.bestEncoder(normals);
    return { imagesShown: trainer.imagesShown, best: trainer.best!, tensors, heldOut: reconstructed };
  } finally {
    await trainer.release();
  }
}

function demandNumbers(losses: Float32Array, folder: string): void {
  const broken = losses.find((loss) => !Number.isFinite(loss));
  if (broken === undefined) return;
  throw new Problem('content', { file: folder, reason: `the training diverged: a reconstruction loss is ${broken}` });
}

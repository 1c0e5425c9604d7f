// How a batch of images is reconstructed: by an encoder in one pass, or by optimisation.
import type { Device } from '../../native/runtime/session.ts';
import type { EncoderNetwork, LoadedNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { randomFrom } from '../platform/random/random.ts';
import { EncoderPass } from '../projection/encoder-pass.ts';
import { type LatentStatistics, latentStatistics } from '../projection/latent-statistics.ts';
import { type Projection, Projector, randomnessFrom, type StepObserver } from '../projection/projector.ts';
import { pixelLoss, type ReconstructionLoss } from '../projection/reconstruction-loss.ts';
import { publishedSchedule } from '../projection/schedule.ts';
import type { ProjectParameters } from './protocol.ts';

/** Reconstructs batches of targets [N, C, R, R]. Owns sessions: release when done. */
export interface Reconstructor {
  /** Of W. */
  readonly statistics: LatentStatistics;
  /** Progress counts steps. Throws `cancelled` between two of them. */
  readonly reconstruct: (targets: Float32Array, control: JobControl, observe: StepObserver) => Promise<Projection>;
  readonly release: () => Promise<void>;
}

/** Images of an encoder's pass: enough to keep a processor busy without taking gigabytes. */
const encoderBatch = (resolution: number): number => Math.max(1, Math.min(16, Math.floor(2048 / resolution)));

/** Batch size: the one requested, but for an encoder at least enough to keep the device busy. */
export function batchOf(inverse: 'encoder' | 'optimise', { batch }: ProjectParameters, resolution: number): number {
  return inverse === 'encoder' ? Math.max(batch, encoderBatch(resolution)) : batch;
}

/** The network's encoder. Throws `missing`, naming what needs it. */
export function demandEncoder({ encoder }: LoadedNetwork, option: string, file: string): EncoderNetwork {
  if (encoder !== null) return encoder;
  throw new Problem('missing', { what: `encoder for ${option} (residua train-encoder makes one)`, name: file });
}

/** One forward pass for each image. */
export async function encoderReconstructor(
  device: Device,
  network: LoadedNetwork,
  parameters: ProjectParameters,
  loss: ReconstructionLoss,
  batch: number,
): Promise<Reconstructor> {
  const encoder = demandEncoder(network, '--inverse encoder', parameters.networkFile);
  const pass = await EncoderPass.create(device, { network: network.generator, encoder, loss, batch });
  return {
    statistics: statisticsOf(encoder),
    reconstruct: async (targets, control) => {
      control.report({ stage: 'project', done: 0, total: 1 });
      return pass.reconstruct(targets);
    },
    release: () => pass.release(),
  };
}

/** The latent codes of the statistics are those of the published projector, to the bit. */
const latentSamples = 10_000;
const publishedStatisticsSeed = 123;

/** The published projector, which begins at the mean of W, or at what the encoder finds. */
export async function optimisingReconstructor(
  device: Device,
  network: LoadedNetwork,
  parameters: ProjectParameters,
  loss: ReconstructionLoss,
  batch: number,
): Promise<Reconstructor> {
  const { steps, seed, learningRate, space, renderNoise, start, networkFile } = parameters;
  const statistics = await publishedStatistics(device, network);
  const schedule = { ...publishedSchedule(steps), initialLearningRate: learningRate };
  const options = { network: network.generator, statistics, loss, schedule, space, renderNoise, batch };
  const projector = await Projector.create(device, options);
  const pass =
    start === 'mean'
      ? null
      : await EncoderPass.create(device, {
          network: network.generator,
          encoder: demandEncoder(network, '--start encoder', networkFile),
          loss: pixelLoss(1),
          batch,
        });
  return {
    statistics,
    reconstruct: async (targets, control, observe) => {
      const randomness = Array.from({ length: batch }, () => randomnessFrom(randomFrom(seed).fork('projection')));
      const latents = pass === null ? undefined : (await pass.reconstruct(targets)).latents;
      return projector.project(targets, randomness, control, observe, latents);
    },
    release: async () => {
      await projector.release();
      await pass?.release();
    },
  };
}

/** Mean and spread of W as the published projector finds them. */
export function publishedStatistics(
  device: Device,
  { generator }: Pick<LoadedNetwork, 'generator'>,
): Promise<LatentStatistics> {
  const count = latentSamples * generator.arguments_.z_dim;
  const codes = Float32Array.from(numpyRandom(publishedStatisticsSeed).gaussians(count));
  return latentStatistics(device, generator, codes);
}

/** The statistics of W that an encoder was trained with: the published ones. */
function statisticsOf({ arguments_: { w_dim }, tensors }: EncoderNetwork): LatentStatistics {
  const scale = tensors.get('latent.scale')!.data[0]!;
  return { mean: tensors.get('latent.mean')!.data, deviation: scale * Math.sqrt(w_dim) };
}

// Trains an encoder for a network on images that the supplier reads, and writes the network with it.
import { join } from 'node:path';
import { multiply } from '../../native/graph/build.ts';
import { encoderStart } from '../../native/networks/stylegan2/encoder.ts';
import { selectDevice } from '../../native/runtime/devices.ts';
import type { Device } from '../../native/runtime/session.ts';
import { writeCheckpoint } from '../../native/weights/checkpoint.ts';
import { generatorOf, type JsonObject } from '../../native/weights/network-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { type LoadedNetwork, loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { latentDistance } from '../projection/latent-distance.ts';
import { discriminatorLoss, type FeaturePowers } from '../projection/reconstruction-loss.ts';
import { quantile } from '../statistics/quantile.ts';
import { divideNormals } from '../training/encoder/configuration.ts';
import { encoderWeights } from '../training/encoder/encoder-states.ts';
import type { Reconstructed } from '../training/encoder/encoder-trainer.ts';
import { encoderFile, trainEncoder } from '../training/encoder/train-encoder.ts';
import { remoteImages } from '../training/remote-images.ts';
import { toJson } from '../training/run-folder.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import type { TrainingImages } from '../training/training-images.ts';
import { featurePowers, normalsUsed, storedFeaturePowers } from './feature-powers.ts';
import type { EncoderResult, TrainEncoderParameters } from './protocol.ts';
import { publishedStatistics } from './reconstructor.ts';

/** The other side of the training. */
export interface TrainEncoderSource {
  readonly images: (numbers: readonly number[]) => Promise<readonly Float32Array[]>;
  readonly tick: (statistics: TickStatistics) => Promise<unknown>;
}

/**
 * Runs the training to its end; progress counts images shown. Writes network-encoder.safetensors into the folder: the generator,
 * the discriminator and the best encoder, with what held-out normals reach. Throws as `trainEncoder`.
 */
export async function trainEncoderJob(
  { configuration, folder, networkFile, recipe, provenance, ...parameters }: TrainEncoderParameters,
  source: TrainEncoderSource,
  control: JobControl,
): Promise<EncoderResult> {
  const device: Device = { ...(await selectDevice(parameters.device)), threads: parameters.threads };
  const network = await loadNetwork(networkFile);
  const { generator, discriminator } = network;
  if (discriminator === null) throw new Problem('missing', { what: 'discriminator', name: networkFile });
  const images = remoteImages(parameters.images, source.images);
  const latents = await publishedStatistics(device, network);
  const powers = await powersOf(device, network, networkFile, images, divideNormals(configuration).learned);
  const loss = discriminatorLoss(discriminator.arguments_, discriminator.tensors, powers);
  const pixelScale = Math.sqrt(configuration.pixelWeight);
  const origin = { recipe, provenance: { ...provenance, device: device.name } };
  const trained = await trainEncoder(
    {
      ...{ device, configuration, images, folder, origin, generator, latents },
      start: encoderStart(configuration.encoder, discriminator.tensors, latents),
      features: (x) => {
        const [pixels, ...blocks] = loss.features(x);
        return [multiply(pixels!, pixelScale), ...blocks];
      },
    },
    control,
    (tick) => {
      // The caller is told that the training ended in any case.
      source.tick(tick).catch(() => {});
    },
  );
  const { networks } = await readNetworks(networkFile);
  const { imagesShown, best, tensors, heldOut } = trained;
  const file = join(folder, encoderFile);
  await writeCheckpoint(file, {
    networks: {
      G_ema: generatorOf(networks, networkFile),
      D: networks.D!,
      E: encoderWeights(configuration, tensors),
    },
    recipe,
    provenance: {
      // A network whose training has not measured them knows them from now on.
      featurePowers: toJson(powers),
      ...network.provenance,
      encoder: { ...origin.provenance, imagesShown, best: { ...best }, normals: reachOf(heldOut, latents) },
    },
  });
  return { network: file, imagesShown, best };
}

/** As stored with the network, else measured on normals that are trained with. */
async function powersOf(
  device: Device,
  network: LoadedNetwork,
  file: string,
  images: TrainingImages,
  trained: Uint32Array,
): Promise<FeaturePowers> {
  const stored = storedFeaturePowers(network, file);
  if (stored !== null) return stored;
  const numbers = trained.slice(0, normalsUsed);
  images.expect?.([...numbers]);
  const normals: Float32Array[] = [];
  for (const number of numbers) normals.push(await images.image(number));
  return featurePowers(device, network.discriminator!, normals);
}

/**
 * What held-out normals reach: quantiles of the mean squared difference of their pixels (model space) and of `latentDistance`. A
 * reconstruction far beyond has failed as a whole.
 */
function reachOf(
  heldOut: readonly Reconstructed[],
  latents: { readonly mean: Float32Array; readonly deviation: number },
): JsonObject {
  const quantiles = (values: readonly number[]) =>
    Object.fromEntries([0.5, 0.9, 0.99].map((p) => [`${p}`, quantile(values, p)]));
  return {
    images: heldOut.length,
    reconstructionLoss: quantiles(heldOut.map(({ pixels }) => pixels)),
    latentDistance: quantiles(heldOut.map((image) => latentDistance(image.latents, latents))),
  };
}

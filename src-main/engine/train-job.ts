// Trains on images that the supplier reads, and measures the networks of every snapshot on them.
import { selectDevice } from '../../native/runtime/devices.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { JsonObject } from '../../native/weights/network-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import type { JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { TrainingConfiguration } from '../training/configuration.ts';
import { addMetric, isMeasured, metricResult } from '../training/metric-files.ts';
import { remoteImages } from '../training/remote-images.ts';
import { networkValues } from '../training/snapshots.ts';
import {
  discriminatorOf,
  generatorOf,
  type NetworkValues,
  transferredNetworks,
} from '../training/starting-networks.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import { type TrainingResult, train } from '../training/train.ts';
import type { TrainingImages } from '../training/training-images.ts';
import { type MetricResult, metricDefinitions } from '../training/training-metrics.ts';
import { featurePowers, normalsUsed } from './feature-powers.ts';
import type { TrainParameters } from './protocol.ts';
import { SnapshotMetrics } from './quality/snapshot-metrics.ts';

/** The other side of a training. */
export interface TrainSource {
  readonly images: (numbers: readonly number[]) => Promise<readonly Float32Array[]>;
  readonly tick: (statistics: TickStatistics) => Promise<unknown>;
  readonly metric: (result: MetricResult) => Promise<unknown>;
}

/**
 * Runs a training to its end; progress counts images shown. Each snapshot says how strong its discriminator's features are
 * on the training images, so that projection can balance its loss without them.
 */
export async function trainJob(
  { configuration, folder, networkFile, recipe, provenance, ...parameters }: TrainParameters,
  source: TrainSource,
  control: JobControl,
): Promise<TrainingResult> {
  const device: Device = { ...(await selectDevice(parameters.device)), threads: parameters.threads };
  const images = remoteImages(parameters.images, source.images);
  const { allImages, weightsFolder } = parameters;
  const { mirror, seed, metricsNetwork } = configuration;
  const setting = { device, weightsFolder, networkFile: metricsNetwork, images, allImages, mirror, seed };
  const metrics = new SnapshotMetrics(setting);
  const run = {
    device,
    configuration,
    images,
    folder,
    origin: {
      recipe,
      provenance: { ...provenance, device: device.name, ...(device.half === true ? { arithmetic: '16-bit' } : {}) },
    },
    start: networkFile === null ? null : () => startFrom(configuration, networkFile),
    measure: (networks: NetworkValues) => measure(device, configuration, networks, images),
    evaluate: (networks: NetworkValues, snapshot: string) =>
      evaluate(metrics, configuration, networks, { folder, snapshot }, source, control),
  };
  try {
    return await train(run, control, (tick) => {
      // The caller is told that the training ended in any case.
      source.tick(tick).catch(() => {});
    });
  } finally {
    await metrics.release();
  }
}

/** Adds the metrics of a snapshot that are not there yet to their files, one after the other. */
async function evaluate(
  metrics: SnapshotMetrics,
  configuration: TrainingConfiguration,
  { G_ema }: NetworkValues,
  { folder, snapshot }: { readonly folder: string; readonly snapshot: string },
  source: TrainSource,
  control: JobControl,
): Promise<void> {
  const generator = { arguments_: generatorOf(configuration), tensors: G_ema };
  for (const metric of configuration.metrics) {
    if (await isMeasured(folder, metric, snapshot)) continue;
    const began = performance.now();
    const values = await metrics.measure(metric, generator, control);
    const own = metricDefinitions[metric].detector === 'own' ? { network_sha256: metrics.networkSha256! } : {};
    const result = metricResult(metric, values, (performance.now() - began) / 1000, snapshot, own);
    await addMetric(folder, result);
    source.metric(result).catch(() => {});
  }
}

async function startFrom(configuration: TrainingConfiguration, file: string): Promise<NetworkValues> {
  return transferredNetworks(configuration, networkValues(await readNetworks(file), file), file);
}

async function measure(
  device: Device,
  configuration: TrainingConfiguration,
  { D }: NetworkValues,
  images: TrainingImages,
): Promise<JsonObject> {
  const numbers = randomFrom(123).fork('normals').permutation(images.count).slice(0, normalsUsed);
  images.expect?.([...numbers]);
  const normals: Float32Array[] = [];
  for (const number of numbers) normals.push(await images.image(number));
  const network = { arguments_: discriminatorOf(configuration), tensors: D };
  const { pixels, blocks } = await featurePowers(device, network, normals);
  return { featurePowers: { pixels, blocks, images: normals.length }, writtenAt: new Date().toISOString() };
}

// Trains a localiser on images that the supplier reads.
import { selectDevice } from '../../native/runtime/devices.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { JobControl } from '../platform/job.ts';
import { type LocaliserResult, type LocaliserTick, trainLocaliser } from '../training/localiser/train-localiser.ts';
import { remoteImages } from '../training/remote-images.ts';
import type { TrainLocaliserParameters } from './protocol.ts';

/** The other side of the training. */
export interface TrainLocaliserSource {
  readonly images: (numbers: readonly number[]) => Promise<readonly Float32Array[]>;
  readonly tick: (tick: LocaliserTick) => Promise<unknown>;
}

/** Runs the training to its end; progress counts images shown. Throws as `trainLocaliser`. */
export async function trainLocaliserJob(
  { configuration, folder, recipe, provenance, ...parameters }: TrainLocaliserParameters,
  source: TrainLocaliserSource,
  control: JobControl,
): Promise<LocaliserResult> {
  const device: Device = { ...(await selectDevice(parameters.device)), threads: parameters.threads };
  const images = remoteImages(parameters.images, source.images);
  const origin = { recipe, provenance: { ...provenance, device: device.name } };
  return trainLocaliser({ device, configuration, images, folder, origin }, control, (tick) => {
    // The caller is told that the training ended in any case.
    source.tick(tick).catch(() => {});
  });
}

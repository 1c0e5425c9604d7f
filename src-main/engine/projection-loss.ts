// The loss of a projection: the one requested, or the best that the network and the weights allow.
import type { Device } from '../../native/runtime/session.ts';
import { findWeights, readPublishedWeights } from '../../native/weights/weights-folder.ts';
import type { DiscriminatorNetwork, LoadedNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import {
  discriminatorLoss,
  type FeaturePowers,
  type LossName,
  lpipsLoss,
  pixelLoss,
  type ReconstructionLoss,
} from '../projection/reconstruction-loss.ts';
import { featurePowers, storedFeaturePowers } from './feature-powers.ts';
import type { ProjectParameters } from './protocol.ts';
import { sampleImages } from './sample-images.ts';

/** Images that stand for the normals when there are none and the network does not know them. */
const standInNormals = 64;

/** Where normal images come from that the loss `discriminator` is balanced on; none when there are none. */
export type NormalsSource = () => Promise<readonly Float32Array[]>;

/**
 * The loss that was requested; else, of an optimisation, the published one where its weights are, or what the network itself makes
 * possible. An encoder does not minimise anything: it is measured by the pixels, which cost next to nothing.
 */
export async function chosenLoss(
  { loss, weightsFolder, inverse: asked }: ProjectParameters,
  { discriminator }: LoadedNetwork,
  inverse: 'encoder' | 'optimise',
): Promise<{ readonly lossName: LossName; readonly lossRemark: string | null }> {
  if (loss !== null) return { lossName: loss, lossRemark: null };
  // Both ways are compared by one loss.
  if (inverse === 'encoder' && asked !== 'both') return { lossName: 'pixel', lossRemark: null };
  if ((await findWeights(weightsFolder, 'vgg16')) !== null) return { lossName: 'lpips', lossRemark: null };
  const lossName = discriminator === null ? 'pixel' : 'discriminator';
  const lossRemark = `the weights of the published loss lpips are not there: ${lossName} is used, whose reconstructions and scores differ`;
  return { lossName, lossRemark };
}

/** Loads a loss. Throws `missing` for one that the network or the weights cannot give. */
export const losses: {
  readonly [L in LossName]: (
    device: Device,
    network: LoadedNetwork,
    parameters: ProjectParameters,
    normals: NormalsSource,
  ) => Promise<ReconstructionLoss>;
} = {
  lpips: async (_device, _network, { weightsFolder }) =>
    lpipsLoss(await readPublishedWeights(weightsFolder, 'vgg16', 'weights of the loss lpips')),
  discriminator: async (device, network, { networkFile }, normals) => {
    const { discriminator } = network;
    if (discriminator === null)
      throw new Problem('missing', { what: 'discriminator for --loss discriminator', name: networkFile });
    const powers = await powersOf(device, network, discriminator, networkFile, normals);
    return discriminatorLoss(discriminator.arguments_, discriminator.tensors, powers);
  },
  // Divided by one: the loss is the plain mean squared difference in model space.
  pixel: async () => pixelLoss(1),
};

/** How strong the features are on normals: on given ones, as the training has measured, or on images drawn instead. */
async function powersOf(
  device: Device,
  network: LoadedNetwork,
  discriminator: DiscriminatorNetwork,
  file: string,
  normals: NormalsSource,
): Promise<FeaturePowers> {
  const given = await normals();
  if (given.length > 0) return featurePowers(device, discriminator, given);
  const stored = storedFeaturePowers(network, file);
  if (stored !== null) return stored;
  const random = randomFrom(123).fork('stand-in normals');
  return featurePowers(device, discriminator, await sampleImages(device, network.generator, standInNormals, random));
}

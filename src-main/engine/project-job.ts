// Projects every image that the supplier hands out and scores what the reconstruction misses.
import { selectDevice } from '../../native/runtime/devices.ts';
import type { Device } from '../../native/runtime/session.ts';
import { findWeights, readPublishedWeights } from '../../native/weights/weights-folder.ts';
import { modelToBytes } from '../archive/recipe.ts';
import { squareGrey, targetBytes } from '../archive/target-bytes.ts';
import { type DiscriminatorNetwork, type LoadedNetwork, loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { randomFrom } from '../platform/random/random.ts';
import { latentStatistics } from '../projection/latent-statistics.ts';
import { Projector, randomnessFrom } from '../projection/projector.ts';
import {
  discriminatorLoss,
  type FeaturePowers,
  type LossName,
  lpipsLoss,
  pixelLoss,
  type ReconstructionLoss,
} from '../projection/reconstruction-loss.ts';
import { publishedSchedule } from '../projection/schedule.ts';
import { scoreImage } from '../scoring/score-image.ts';
import { featurePowers, storedFeaturePowers } from './feature-powers.ts';
import { isShown, startFilm } from './projection-film.ts';
import type { ProjectItem, ProjectParameters, ProjectResult, ProjectStart } from './protocol.ts';
import { sampleImages } from './sample-images.ts';

/** The other side of a projection: images in, results out. */
export interface ProjectSource {
  readonly start: (start: ProjectStart) => Promise<unknown>;
  readonly normals: () => Promise<readonly Float32Array[]>;
  readonly next: (count: number) => Promise<readonly ProjectItem[]>;
  readonly store: (results: readonly ProjectResult[]) => Promise<unknown>;
}

/** The latent codes of the statistics are those of the published projector, to the bit. */
const latentSamples = 10_000;
const publishedStatisticsSeed = 123;
/** Images that stand for the normals when there are none and the network does not know them. */
const standInNormals = 64;

/**
 * Projects until `supplier.next` answers nothing; each batch is stored before the next begins. Progress counts images.
 * Throws `cancelled` between two steps; what was stored stays. Throws `missing` for a loss that the network cannot give.
 */
export async function projectJob(
  parameters: ProjectParameters,
  supplier: ProjectSource,
  control: JobControl,
): Promise<void> {
  const { batch, steps, seed, total } = parameters;
  const device = await selectDevice(parameters.device);
  const network = await loadNetwork(parameters.networkFile);
  const {
    img_resolution: resolution,
    img_channels: channels,
    z_dim,
    w_dim: latentWidth,
  } = network.generator.arguments_;
  const { lossName, lossRemark } = await chosenLoss(parameters, network);
  const { recipe, sha256: networkSha256 } = network;
  await supplier.start({
    device: device.name,
    resolution,
    channels,
    latentWidth,
    loss: lossName,
    lossRemark,
    recipe,
    networkSha256,
  });
  let items = await supplier.next(batch);
  if (items.length === 0) return;
  const codes = Float32Array.from(numpyRandom(publishedStatisticsSeed).gaussians(latentSamples * z_dim));
  const statistics = await latentStatistics(device, network.generator, codes);
  const loss = await losses[lossName](device, network, parameters, supplier);
  const { space, renderNoise } = parameters;
  const options = {
    network: network.generator,
    statistics,
    loss,
    schedule: { ...publishedSchedule(steps), initialLearningRate: parameters.learningRate },
    space,
    renderNoise,
  };
  const projector = await Projector.create(device, { ...options, batch });
  const size = channels * resolution ** 2;
  let done = 0;
  try {
    while (items.length > 0) {
      const present = items;
      const coming = supplier.next(batch);
      // A failure to read is thrown when it is awaited below, not as an unhandled rejection meanwhile.
      coming.catch(() => {});
      checkpoint(control, 'projection');
      // The graph has a fixed batch: places that are left over repeat the first image and are thrown away.
      const places = Array.from({ length: batch }, (_, place) => present[place] ?? present[0]!);
      const targets = new Float32Array(size * batch);
      for (const [place, { target }] of places.entries()) targets.set(target, place * size);
      const randomness = places.map(() => randomnessFrom(randomFrom(seed).fork('projection')));
      const films = parameters.video
        ? present.map(({ target }) => startFilm(targetBytes(target, channels), channels, resolution))
        : [];
      const part = (all: Float32Array, length: number, place: number) =>
        all.slice(place * length, (place + 1) * length);
      const { images, latents, losses } = await projector.project(
        targets,
        randomness,
        {
          signal: control.signal,
          report: (step) =>
            control.report({ stage: 'projecting', done: done + (present.length * step.done) / step.total, total }),
        },
        async (step, { render }) => {
          if (films.length === 0 || !isShown(step, steps)) return;
          const drawn = await render();
          for (const [place, film] of films.entries()) film.add(part(drawn, size, place));
        },
      );
      const results: ProjectResult[] = [];
      for (const [place, { id, target: model, segmentation }] of present.entries()) {
        const reconstruction = modelToBytes(part(images, size, place), channels);
        const target = targetBytes(model, channels);
        const { scoring } = parameters;
        const options = scoring && (segmentation === undefined ? scoring : { ...scoring, segmentation });
        results.push({
          id,
          target,
          reconstruction,
          latents: part(latents, latents.length / batch, place),
          video: (await films[place]?.finish()) ?? null,
          loss: losses[place]!,
          scores: options && scoreImage(squareGrey(target, channels), squareGrey(reconstruction, channels), options),
        });
      }
      await supplier.store(results);
      done += present.length;
      control.report({ stage: 'projecting', done, total });
      items = await coming;
    }
  } finally {
    await projector.release();
  }
}

/** The loss that was requested; else the published one where its weights are, else what the network itself makes possible. */
async function chosenLoss(
  { loss, weightsFolder }: ProjectParameters,
  { discriminator }: LoadedNetwork,
): Promise<{ readonly lossName: LossName; readonly lossRemark: string | null }> {
  if (loss !== null) return { lossName: loss, lossRemark: null };
  if ((await findWeights(weightsFolder, 'vgg16')) !== null) return { lossName: 'lpips', lossRemark: null };
  const lossName = discriminator === null ? 'pixel' : 'discriminator';
  const lossRemark = `the weights of the published loss lpips are not there: ${lossName} is used, whose reconstructions and scores differ`;
  return { lossName, lossRemark };
}

const losses: {
  readonly [L in LossName]: (
    device: Device,
    network: LoadedNetwork,
    parameters: ProjectParameters,
    supplier: ProjectSource,
  ) => Promise<ReconstructionLoss>;
} = {
  lpips: async (_device, _network, { weightsFolder }) =>
    lpipsLoss(await readPublishedWeights(weightsFolder, 'vgg16', 'weights of the loss lpips')),
  discriminator: async (device, network, { networkFile }, supplier) => {
    const { discriminator } = network;
    if (discriminator === null)
      throw new Problem('missing', { what: 'discriminator for --loss discriminator', name: networkFile });
    const powers = await powersOf(device, network, discriminator, networkFile, supplier);
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
  supplier: ProjectSource,
): Promise<FeaturePowers> {
  const normals = await supplier.normals();
  if (normals.length > 0) return featurePowers(device, discriminator, normals);
  const stored = storedFeaturePowers(network, file);
  if (stored !== null) return stored;
  const random = randomFrom(123).fork('stand-in normals');
  return featurePowers(device, discriminator, await sampleImages(device, network.generator, standInNormals, random));
}

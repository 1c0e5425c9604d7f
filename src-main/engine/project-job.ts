// Projects every image that the supplier hands out and scores what the reconstruction misses.
import { selectDevice } from '../../native/runtime/devices.ts';
import { modelToBytes } from '../archive/recipe.ts';
import { squareGrey, targetBytes } from '../archive/target-bytes.ts';
import { loadNetwork } from '../networks/load-network.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { inverseOf } from '../projection/inverse.ts';
import { latentDistance } from '../projection/latent-distance.ts';
import { scoreImage } from '../scoring/score-image.ts';
import { isShown, startFilm } from './projection-film.ts';
import { chosenLoss, losses } from './projection-loss.ts';
import type { ProjectItem, ProjectParameters, ProjectResult, ProjectStart } from './protocol.ts';
import { batchOf, demandEncoder, encoderReconstructor, optimisingReconstructor } from './reconstructor.ts';

/** The other side of a projection: images in, results out. */
export interface ProjectSource {
  readonly start: (start: ProjectStart) => Promise<unknown>;
  readonly normals: () => Promise<readonly Float32Array[]>;
  readonly next: (count: number) => Promise<readonly ProjectItem[]>;
  readonly store: (results: readonly ProjectResult[]) => Promise<unknown>;
}

/**
 * Projects until `supplier.next` answers nothing; each batch is stored before the next begins. Progress counts images.
 * Throws `cancelled` between two steps; what was stored stays. Throws `missing` for a loss that the network cannot give.
 */
export async function projectJob(
  parameters: ProjectParameters,
  supplier: ProjectSource,
  control: JobControl,
): Promise<void> {
  const { steps, total } = parameters;
  const device = await selectDevice(parameters.device);
  const network = await loadNetwork(parameters.networkFile);
  const { img_resolution: resolution, img_channels: channels, w_dim: latentWidth } = network.generator.arguments_;
  const inverse = inverseOf(parameters, network.encoder !== null);
  if (inverse === 'encoder') demandEncoder(network, '--inverse encoder', parameters.networkFile);
  const batch = batchOf(inverse, parameters, resolution);
  const { lossName, lossRemark } = await chosenLoss(parameters, network, inverse);
  const { recipe, sha256: networkSha256 } = network;
  await supplier.start({
    device: device.name,
    resolution,
    channels,
    latentWidth,
    inverse,
    loss: lossName,
    lossRemark,
    recipe,
    networkSha256,
  });
  let items = await supplier.next(batch);
  if (items.length === 0) return;
  const loss = await losses[lossName](device, network, parameters, supplier.normals);
  const open = inverse === 'encoder' ? encoderReconstructor : optimisingReconstructor;
  const reconstructor = await open(device, network, parameters, loss, batch);
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
      // An encoder has no steps to film.
      const films =
        parameters.video && inverse === 'optimise'
          ? present.map(({ target }) => startFilm(targetBytes(target, channels), channels, resolution))
          : [];
      const part = (all: Float32Array, length: number, place: number) =>
        all.slice(place * length, (place + 1) * length);
      const { images, latents, losses } = await reconstructor.reconstruct(
        targets,
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
        const own = part(latents, latents.length / batch, place);
        const { scoring } = parameters;
        const options = scoring && (segmentation === undefined ? scoring : { ...scoring, segmentation });
        results.push({
          id,
          target,
          reconstruction,
          latents: own,
          latentDistance: latentDistance(own, reconstructor.statistics),
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
    await reconstructor.release();
  }
}

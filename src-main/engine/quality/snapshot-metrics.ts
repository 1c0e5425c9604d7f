// The metrics of a training's snapshots: features of the real images once, of generated ones for each snapshot.

import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { Device } from '../../../native/runtime/session.ts';
import { readPublishedWeights } from '../../../native/weights/weights-folder.ts';
import type { Levels } from '../../archive/recipe.ts';
import { targetBytes } from '../../archive/target-bytes.ts';
import type { GeneratorNetwork } from '../../networks/load-network.ts';
import { loadNetwork } from '../../networks/load-network.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import { type Random, randomFrom } from '../../platform/random/random.ts';
import { frechetDistance } from '../../statistics/frechet-distance.ts';
import { inceptionScore } from '../../statistics/inception-score.ts';
import { kernelDistance } from '../../statistics/kernel-distance.ts';
import type { MatrixProduct } from '../../statistics/matrix.ts';
import { prdc } from '../../statistics/prdc.ts';
import { drawLabels } from '../../training/feeds.ts';
import { mirrored, type TrainingImages } from '../../training/training-images.ts';
import {
  type DetectorName,
  type MetricDefinition,
  type MetricName,
  metricDefinitions,
} from '../../training/training-metrics.ts';
import { type Detector, openOwnDetector, openPublishedDetector } from './detector.ts';
import { type FeatureSummary, type ImageSource, summariseFeatures, type Wanted } from './feature-summary.ts';
import { openGeneratedImages } from './generated-images.ts';
import { pathLength } from './path-length.ts';

/** What the metrics of a training are computed with. */
export interface MetricSetting {
  readonly device: Device;
  readonly weightsFolder: string;
  /** Of the own discriminator; null without such a metric. */
  readonly networkFile: string | null;
  readonly images: TrainingImages;
  /** Images of the whole data set, of which `images.count` are trained with. */
  readonly allImages: number;
  /** Whether the training shows mirrored images. */
  readonly mirror: boolean;
  readonly seed: number;
}

/** Images that a detector is shown at once. */
const batch = 16;

type Compared = Exclude<MetricDefinition, { readonly kind: 'path' }>;

/** Metrics of one training, with what is known of the real images. Release when done. */
export class SnapshotMetrics {
  readonly #setting: MetricSetting;
  readonly #detectors = new Map<DetectorName, Detector>();
  readonly #reals = new Map<string, FeatureSummary>();
  #multiplier: Awaited<ReturnType<typeof createMatrixMultiplier>> | null = null;
  #networkSha256: string | undefined;

  constructor(setting: MetricSetting) {
    this.#setting = setting;
  }

  /** SHA-256 of the own discriminator's file, once it has been used. */
  get networkSha256(): string | undefined {
    return this.#networkSha256;
  }

  /**
   * One metric of a generator, by the published names of its values. The same generator and seed give the same values.
   * Throws `usage` for a data set that is too small, `mismatch`, `missing`, `content`.
   */
  async measure(name: MetricName, generator: GeneratorNetwork, control: JobControl): Promise<Record<string, number>> {
    const random = randomFrom(this.#setting.seed).fork(`metric ${name}`);
    return measureAs(name, metricDefinitions[name], this, generator, random, control);
  }

  async product(): Promise<MatrixProduct> {
    this.#multiplier ??= await createMatrixMultiplier(this.#setting.device.threads ?? 0);
    return this.#multiplier.multiply;
  }

  /** Path length has no real images, but a network of its own. */
  async path(
    definition: Extract<MetricDefinition, { readonly kind: 'path' }>,
    generator: GeneratorNetwork,
    random: Random,
    control: JobControl,
  ): Promise<number> {
    const { device, weightsFolder } = this.#setting;
    const vgg16 = await readPublishedWeights(weightsFolder, 'vgg16', 'weights of VGG16');
    return pathLength(device, generator, vgg16, definition, this.#labels, random, control);
  }

  /** Features of `definition.generated` drawn images. */
  async generated(
    definition: Compared,
    generator: GeneratorNetwork,
    wanted: Wanted,
    random: Random,
    control: JobControl,
  ): Promise<FeatureSummary> {
    const detector = await this.#detector(definition.detector);
    const order = { count: definition.generated, batch, drawLabels: this.#labels };
    const { source, release } = await openGeneratedImages(this.#setting.device, generator, order, random);
    const progress = { stage: 'features of generated images', total: definition.generated };
    try {
      return await summariseFeatures(detector, source, wanted, await this.product(), progress, control);
    } finally {
      await release();
    }
  }

  /** Features of the real images; computed once. */
  async reals(
    definition: Exclude<Compared, { readonly kind: 'score' }>,
    wanted: Wanted,
    control: JobControl,
  ): Promise<FeatureSummary> {
    const { detector: name, full, reals } = definition;
    const { images, allImages, mirror } = this.#setting;
    const count = Math.min(reals, full ? allImages : images.count * (mirror ? 2 : 1));
    const key = JSON.stringify([name, full, count, wanted]);
    const known = this.#reals.get(key);
    if (known !== undefined) return known;
    const source = realImages(images, count, full ? allImages : images.count);
    const progress = { stage: 'features of real images', total: count };
    const detector = await this.#detector(name);
    const summary = await summariseFeatures(detector, source, wanted, await this.product(), progress, control);
    this.#reals.set(key, summary);
    return summary;
  }

  async release(): Promise<void> {
    for (const detector of this.#detectors.values()) await detector.release();
    await this.#multiplier?.release();
  }

  readonly #labels = (count: number, random: Random): Float32Array => {
    const { images, allImages } = this.#setting;
    return drawLabels({ ...images, count: allImages }, count, random);
  };

  async #detector(name: DetectorName): Promise<Detector> {
    const known = this.#detectors.get(name);
    if (known !== undefined) return known;
    const { device, weightsFolder } = this.#setting;
    // Inside the published metric networks images are resized as TensorFlow 1 does.
    const inside = { resizer: 'tensorflow', friendly: 'bilinear' } as const;
    const centre = [128, 128, 128] as const;
    const openers: { readonly [D in DetectorName]: () => Promise<Detector> } = {
      inception: () =>
        openPublishedDetector(
          device,
          {
            ...inside,
            weights: 'inception-v3-tf',
            normalisation: { mean: centre, deviation: centre },
            classifier: 'without bias',
          },
          weightsFolder,
          batch,
        ),
      vgg: () =>
        openPublishedDetector(device, { ...inside, weights: 'vgg16', classifier: 'none' }, weightsFolder, batch),
      own: () => this.#openOwn(),
    };
    const detector = await openers[name]();
    this.#detectors.set(name, detector);
    return detector;
  }

  async #openOwn(): Promise<Detector> {
    const file = this.#setting.networkFile!;
    const { discriminator, sha256 } = await loadNetwork(file);
    if (discriminator === null) throw new Problem('missing', { what: 'discriminator', name: file });
    this.#networkSha256 = sha256;
    return openOwnDetector(this.#setting.device, discriminator, batch);
  }
}

/** Images 0 .. count - 1 as 8-bit levels; numbers from `unmirrored` on mean the mirrored ones. */
function realImages(images: TrainingImages, count: number, unmirrored: number): ImageSource {
  const { resolution, channels } = images;
  let next = 0;
  return async (asked) => {
    const numbers = Array.from({ length: Math.min(asked, count - next) }, (_, i) => next + i);
    next += numbers.length;
    images.expect?.(numbers.map((number) => number % unmirrored));
    const shown: Levels[] = [];
    for (const number of numbers) {
      const model = await images.image(number % unmirrored);
      const image = number < unmirrored ? model : mirrored(model, resolution);
      shown.push({ width: resolution, height: resolution, channels, data: targetBytes(image, channels) });
    }
    return shown;
  };
}

const moments: Wanted = { moments: 'biased', rows: false, probabilities: false };
const rows: Wanted = { moments: null, rows: true, probabilities: false };

/** A metric by its definition: what `measure` does, for a definition of any size. */
export async function measureAs(
  name: string,
  definition: MetricDefinition,
  metrics: SnapshotMetrics,
  generator: GeneratorNetwork,
  random: Random,
  control: JobControl,
): Promise<Record<string, number>> {
  if (definition.kind === 'path') return { [name]: await metrics.path(definition, generator, random, control) };
  if (definition.kind === 'score') {
    const wanted = { moments: null, rows: false, probabilities: true } as const;
    const { probabilities } = await metrics.generated(definition, generator, wanted, random, control);
    const { mean, standardDeviation } = inceptionScore(probabilities!, 10);
    return { [`${name}_mean`]: mean, [`${name}_std`]: standardDeviation };
  }
  const wanted = definition.kind === 'frechet' ? moments : rows;
  const real = await metrics.reals(definition, wanted, control);
  const drawn = await metrics.generated(definition, generator, wanted, random, control);
  const product = await metrics.product();
  if (definition.kind === 'frechet') return { [name]: await frechetDistance(real.moments!, drawn.moments!, product) };
  if (definition.kind === 'kernel') {
    const subsets = { subsets: 100, subsetSize: 1000 };
    return { [name]: await kernelDistance(drawn.rows!, real.rows!, subsets, random, product) };
  }
  const { precision, recall } = await prdc(real.rows!, drawn.rows!, 3, product);
  return { [`${name}_precision`]: precision, [`${name}_recall`]: recall };
}

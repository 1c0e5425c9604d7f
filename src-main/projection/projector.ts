// Projects images into the latent space of a generator by backpropagation (Karras et al. 2020, appendix D).
import { type AdamOptions, adamFeeds, adamStep } from '../../native/graph/adam.ts';
import { add, concat, expand, input, multiply, narrow, reshape, sum, variable } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import {
  latentCount,
  type NoiseLayer,
  type NoiseSource,
  noiseLayers,
  storedNoise,
  synthesis,
} from '../../native/networks/stylegan2/synthesis.ts';
import { compile, type Program } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../native/runtime/variables.ts';
import type { GeneratorNetwork } from '../networks/load-network.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import type { Random } from '../platform/random/random.ts';
import type { LatentStatistics } from './latent-statistics.ts';
import { renormalise, squaredDistance, totalRegulariser } from './noise-maps.ts';
import type { ReconstructionLoss } from './reconstruction-loss.ts';
import { latentNoiseScale, learningRate, type ProjectionSchedule } from './schedule.ts';

/** One latent for all layers, or one for each (W+). */
export type LatentSpace = 'w' | 'w+';
/** Which noise the final image is drawn with: the network's own, as published, or what the projection found. */
export type RenderNoise = 'stored' | 'optimised';

export interface ProjectorOptions {
  readonly network: GeneratorNetwork;
  readonly statistics: LatentStatistics;
  readonly loss: ReconstructionLoss;
  readonly schedule: ProjectionSchedule;
  readonly space: LatentSpace;
  readonly renderNoise: RenderNoise;
  /** Images per run. */
  readonly batch: number;
}

/** The random numbers of one image's projection, in the order in which they are drawn. */
export interface ProjectionRandomness {
  /** Initial noise maps of all layers, one after the other. */
  readonly noise: (count: number) => Float32Array;
  /** Standard normals for the latent noise of one step. */
  readonly latent: (step: number, count: number) => Float32Array;
}

/** Randomness from one stream per image, so that a result does not depend on the batch it was part of. */
export function randomnessFrom(random: Random): ProjectionRandomness {
  return { noise: (count) => random.gaussians(count), latent: (_, count) => random.gaussians(count) };
}

/** Result for one batch. N images, L' = 1 in W and one latent per layer in W+. */
export interface Projection {
  /** [N, L', w_dim] */
  readonly latents: Float32Array;
  /** Rendered images [N, C, R, R], nominally -1..1. */
  readonly images: Float32Array;
  /** Loss of each image at the last step, without the noise regulariser [N]. */
  readonly losses: Float32Array;
}

/** Called after each step with its number (from 0) and each image's loss; may read the present latents and draw an image. */
export type StepObserver = (
  step: number,
  state: {
    readonly losses: Float32Array;
    readonly latents: () => Promise<Float32Array>;
    readonly render: () => Promise<Float32Array>;
  },
) => void | Promise<void>;

/** Adam of the published projector; the learning rate comes from the schedule. */
const adam: AdamOptions = { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Compiled programs for one batch size. Owns sessions: release when done. */
export class Projector {
  readonly #device: Device;
  readonly #options: ProjectorOptions;
  readonly #step: Program;
  readonly #targets: Program;
  readonly #render: Program;

  private constructor(device: Device, options: ProjectorOptions, programs: readonly [Program, Program, Program]) {
    this.#device = device;
    this.#options = options;
    [this.#step, this.#targets, this.#render] = programs;
  }

  /** Compiles the projector. Throws Problem `device` or `mismatch`. */
  static async create(device: Device, options: ProjectorOptions): Promise<Projector> {
    const step = await compile(device, stepDefinition(options));
    const targets = await compile(device, targetDefinition(options));
    const render = await compile(device, renderDefinition(options));
    return new Projector(device, options, [step, targets, render]);
  }

  /**
   * Projects a batch of targets [N, C, R, R] (-1..1) with one randomness per image. Throws Problem `cancelled`
   * between two steps when told to stop. It begins at `start` [N, L, w_dim], one latent for each layer (in W their mean over
   * the layers), or at the mean of W.
   */
  async project(
    targets: Float32Array,
    randomness: readonly ProjectionRandomness[],
    control: JobControl,
    observe?: StepObserver,
    start?: Float32Array,
  ): Promise<Projection> {
    const variables = await this.#start(targets, randomness, start);
    const { schedule, statistics, batch } = this.#options;
    const latentSize = sizeOfLatent(this.#options);
    let losses = new Float32Array(batch);
    try {
      for (let step = 0; step < schedule.steps; step++) {
        checkpoint(control, 'projection');
        const scale = statistics.deviation * latentNoiseScale(step, schedule);
        const result = await this.#step.run(
          {
            ...adamFeeds(step + 1, { ...adam, learningRate: learningRate(step, schedule) }),
            'latent noise': joined(randomness, latentSize, (r) => r.latent(step, latentSize), scale),
          },
          variables,
        );
        losses = result.losses as Float32Array<ArrayBuffer>;
        await observe?.(step, {
          losses,
          latents: async () => (await variables.read('w')).data,
          render: async () => (await this.#render.run({}, variables)).images!,
        });
        control.report({ stage: 'project', done: step + 1, total: schedule.steps });
      }
      const { images } = await this.#render.run({}, variables);
      return { latents: (await variables.read('w')).data, images: images!, losses };
    } finally {
      await variables.release();
    }
  }

  /** Frees the sessions. */
  async release(): Promise<void> {
    for (const program of [this.#step, this.#targets, this.#render]) await program.release();
  }

  async #start(
    targets: Float32Array,
    randomness: readonly ProjectionRandomness[],
    start: Float32Array | undefined,
  ): Promise<Variables> {
    const { batch, statistics } = this.#options;
    const noise = noisePlan(this.#options);
    const width = statistics.mean.length;
    const w: HostTensor = {
      data:
        start === undefined
          ? Float32Array.from({ length: batch * sizeOfLatent(this.#options) }, (_, i) => statistics.mean[i % width]!)
          : startOf(start, this.#options),
      shape: latentShape(this.#options),
    };
    const initialNoise = joined(randomness, noise.size, (r) => r.noise(noise.size), 1);
    const initial = new Map<string, HostTensor>([
      ...adamState('w', w),
      ...(noise.size > 0 ? adamState('noise', { data: initialNoise, shape: [batch, noise.size] }) : []),
    ]);
    const features = await this.#targets.run({ images: targets });
    const shapes = featureShapes(this.#options);
    for (const [name, data] of Object.entries(features)) initial.set(name, { data, shape: shapes.get(name)! });
    return new Variables(this.#device, initial);
  }
}

/** Latents of W+ [N, L, w_dim] as those of the space that is searched. */
function startOf(latents: Float32Array, { space, network, statistics }: ProjectorOptions): Float32Array {
  if (space === 'w+') return latents;
  const layers = latentCount(network.arguments_);
  const width = statistics.mean.length;
  return Float32Array.from({ length: latents.length / layers }, (_, i) => {
    const [image, at] = [Math.floor(i / width), i % width];
    let sum = 0;
    for (let layer = 0; layer < layers; layer++) sum += latents[(image * layers + layer) * width + at]!;
    return sum / layers;
  });
}

function adamState(name: string, value: HostTensor): [string, HostTensor][] {
  const zeros = { data: new Float32Array(value.data.length), shape: value.shape };
  return [
    [name, value],
    [`${name} first`, zeros],
    [`${name} second`, zeros],
  ];
}

/** One optimisation step: images of the noisy latents, their loss, and Adam on latents and noise maps. */
export function stepDefinition(options: ProjectorOptions) {
  const { loss, schedule, batch } = options;
  const w = variable('w', latentShape(options));
  const noise = noisePlan(options);
  const images = draw(options, add(w, input('latent noise', latentShape(options))), noise.source);
  const distances = loss
    .features(images)
    .map((feature, i) => squaredDistance(feature, variable(targetName(i), feature.shape)))
    .map((distance) => reshape(distance, [batch]))
    .reduce((a, b) => add(a, b));
  const maps = [...noise.maps.values()];
  const regulariser = maps.length === 0 ? [] : [multiply(sum(totalRegulariser(maps)), schedule.noiseRegularisation)];
  const total = [reshape(sum(distances), []), ...regulariser.map((x) => reshape(x, []))].reduce((a, b) => add(a, b));
  const [latentGradient, ...mapGradients] = gradients(total, [w, ...maps]);
  const updates = new Map(adamUpdates('w', w, latentGradient!));
  if (maps.length > 0) {
    const flat = mapGradients.map((gradient, i) => reshape(gradient!, [batch, maps[i]!.shape[2]! ** 2]));
    for (const [name, next] of adamUpdates('noise', noise.all, concat(flat, 1))) updates.set(name, next);
    updates.set('noise', renormalised(updates.get('noise')!, noise.layers, batch));
  }
  return { outputs: { losses: distances }, updates };
}

function targetDefinition({ loss, network, batch }: ProjectorOptions) {
  const { img_channels: channels, img_resolution: size } = network.arguments_;
  const features = loss.features(input('images', [batch, channels, size, size]));
  return { outputs: Object.fromEntries(features.map((feature, i) => [targetName(i), feature])) };
}

function renderDefinition(options: ProjectorOptions) {
  const noise =
    options.renderNoise === 'stored'
      ? storedNoise(constantParameters(options.network.tensors))
      : noisePlan(options).source;
  return { outputs: { images: draw(options, variable('w', latentShape(options)), noise) } };
}

const targetName = (index: number): string => `target ${index}`;

function featureShapes({ loss, network, batch }: ProjectorOptions): ReadonlyMap<string, readonly number[]> {
  const { img_channels: channels, img_resolution: size } = network.arguments_;
  const features = loss.features(input('images', [batch, channels, size, size]));
  return new Map(features.map((feature, i) => [targetName(i), feature.shape]));
}

function draw({ network, batch }: ProjectorOptions, w: Tensor, noise: NoiseSource): Tensor {
  const { arguments_, tensors } = network;
  const ws = expand(w, [batch, latentCount(arguments_), arguments_.w_dim]);
  return synthesis(constantParameters(tensors), arguments_, ws, noise);
}

function adamUpdates(name: string, parameters: Tensor, gradient: Tensor): [string, Tensor][] {
  const moment = (which: string) => variable(`${name} ${which}`, parameters.shape);
  const next = adamStep({ parameters, first: moment('first'), second: moment('second') }, gradient, adam);
  return [
    [name, next.parameters],
    [`${name} first`, next.first],
    [`${name} second`, next.second],
  ];
}

/** The noise maps as parts of one variable [N, total], so that one optimizer step moves them all. */
function noisePlan({ network, batch }: ProjectorOptions) {
  const layers = network.arguments_.synthesis_kwargs.use_noise ? noiseLayers(network.arguments_) : [];
  const size = layers.reduce((total, { resolution }) => total + resolution ** 2, 0);
  const all = variable('noise', [batch, size]);
  const maps = new Map(split(all, layers, batch).map((map, i) => [layers[i]!.name, map] as const));
  const source: NoiseSource = (layer) => maps.get(layer);
  return { layers, size, all, maps, source };
}

function split(all: Tensor, layers: readonly NoiseLayer[], batch: number): Tensor[] {
  let start = 0;
  return layers.map(({ resolution }) => {
    start += resolution ** 2;
    const part = narrow(all, 1, start - resolution ** 2, resolution ** 2);
    return reshape(part, [batch, 1, resolution, resolution]);
  });
}

function renormalised(all: Tensor, layers: readonly NoiseLayer[], batch: number): Tensor {
  const maps = split(all, layers, batch).map((map) => renormalise(map));
  return concat(
    maps.map((map) => reshape(map, [batch, map.shape[2]! ** 2])),
    1,
  );
}

const latentShape = ({ network, space, batch }: ProjectorOptions): readonly number[] => [
  batch,
  space === 'w' ? 1 : latentCount(network.arguments_),
  network.arguments_.w_dim,
];

const sizeOfLatent = (options: ProjectorOptions): number => latentShape(options)[1]! * latentShape(options)[2]!;

function joined(
  randomness: readonly ProjectionRandomness[],
  size: number,
  draws: (randomness: ProjectionRandomness) => Float32Array,
  scale: number,
): Float32Array {
  const all = new Float32Array(randomness.length * size);
  for (const [image, random] of randomness.entries()) all.set(draws(random), image * size);
  return scale === 1 ? all : all.map((value) => value * scale);
}

// A training of an encoder in progress: its two programs, its variables, and one step after the other.
import { adamFeeds } from '../../../native/graph/adam.ts';
import { encoderParameters } from '../../../native/networks/stylegan2/encoder.ts';
import { compile, type Program } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../../native/runtime/variables.ts';
import { type Random, type RandomState, randomFrom, restoreRandom } from '../../platform/random/random.ts';
import { realBatch } from '../feeds.ts';
import { initialVariables, namedTensors, networkVariables, trainedNetwork } from '../networks.ts';
import { Sampler, type SamplerState } from '../sampler.ts';
import type { TrainingImages } from '../training-images.ts';
import { divideNormals, type EncoderConfiguration } from './configuration.ts';
import { averageName, type EncoderGraph, reconstructProgram, stepProgram } from './encoder-programs.ts';

type Tensors = ReadonlyMap<string, HostTensor>;

/** The best encoder so far: after how many images, and the loss of its reconstructions of the held-out normals. */
export interface Best {
  readonly imagesShown: number;
  readonly loss: number;
}

/** Where a training is, apart from its variables. JSON. */
export interface EncoderPosition {
  readonly steps: number;
  readonly imagesShown: number;
  readonly random: RandomState;
  readonly sampler: SamplerState;
  readonly best: Best | null;
}

/** Everything that the next step depends on: an interrupted training resumes bit by bit. */
export interface EncoderState {
  readonly position: EncoderPosition;
  /** The encoder as it is trained, by name. */
  readonly encoder: Tensors;
  /** Optimizer moments, the moving average and the best encoder, by variable name. */
  readonly variables: Tensors;
}

/** What the encoder makes of one image. */
export interface Reconstructed {
  /** [L, w_dim] */
  readonly latents: Float32Array;
  /** [C, R, R], nominally -1..1. */
  readonly image: Float32Array;
  readonly loss: number;
  /** Mean squared difference of the pixels in model space. */
  readonly pixels: number;
}

/** The key of the best encoder among the variables of a state. */
const bestName = 'E best';

/** What a trainer works with. */
export interface EncoderMaterial extends Pick<EncoderGraph, 'generator' | 'latents' | 'features'> {
  readonly device: Device;
  readonly configuration: EncoderConfiguration;
  readonly images: TrainingImages;
  /** The encoder to begin with, by name; a whole state resumes. */
  readonly start: Tensors | EncoderState;
}

/** Owns sessions and device memory: release when done. */
export class EncoderTrainer {
  readonly #configuration: EncoderConfiguration;
  readonly #graph: EncoderGraph;
  readonly #images: TrainingImages;
  readonly #trained: Uint32Array;
  /** Numbers of the normals that are not trained with. */
  readonly heldOut: Uint32Array;
  readonly #variables: Variables;
  readonly #step: Program;
  readonly #reconstruct: Program;
  readonly #random: Random;
  readonly #sampler: Sampler;
  #steps: number;
  #imagesShown: number;
  #best: Best | null;
  #bestParameters: HostTensor | null;

  private constructor(
    { configuration, images }: EncoderMaterial,
    graph: EncoderGraph,
    variables: Variables,
    programs: readonly [Program, Program],
    state: EncoderState | null,
  ) {
    this.#configuration = configuration;
    this.#graph = graph;
    this.#images = images;
    this.#variables = variables;
    [this.#step, this.#reconstruct] = programs;
    const { seed, mirror } = configuration;
    const { heldOut, learned } = divideNormals(configuration);
    this.heldOut = heldOut;
    this.#trained = learned;
    const { position } = state ?? {};
    this.#random = position === undefined ? randomFrom(seed).fork('training') : restoreRandom(position.random);
    this.#sampler = new Sampler(this.#trained.length * (mirror ? 2 : 1), position?.sampler ?? seed);
    this.#steps = position?.steps ?? 0;
    this.#imagesShown = position?.imagesShown ?? 0;
    this.#best = position?.best ?? null;
    this.#bestParameters = state?.variables.get(bestName) ?? null;
  }

  static async create(material: EncoderMaterial): Promise<EncoderTrainer> {
    const { device, configuration, start } = material;
    const state = 'position' in start ? (start as EncoderState) : null;
    const values = state === null ? (start as Tensors) : state.encoder;
    const network = trainedNetwork('E', encoderParameters(configuration.encoder), values);
    const graph = { ...material, network };
    const initial = initialVariables(network, values);
    initial.delete(networkVariables('E').gradient);
    initial.set(averageName, initial.get(networkVariables('E').parameters)!);
    for (const [name, tensor] of state?.variables ?? []) if (name !== bestName) initial.set(name, tensor);
    const step = await compile(device, stepProgram(graph));
    const reconstruct = await compile(device, reconstructProgram(graph), 'returned');
    return new EncoderTrainer(material, graph, new Variables(device, initial), [step, reconstruct], state);
  }

  get imagesShown(): number {
    return this.#imagesShown;
  }

  get best(): Best | null {
    return this.#best;
  }

  /** One step. Answers the reconstruction loss and the squared latent offset of every image, real ones first. */
  async iterate(): Promise<{ readonly reconstruction: Float32Array; readonly offset: Float32Array }> {
    const { batch, generated, optimizer } = this.#configuration;
    const { arguments_ } = this.#graph.generator;
    const numbers = Array.from({ length: batch - generated }, () => this.#numberOf(this.#sampler.next()));
    const { images } = await realBatch(this.#images, numbers);
    this.#images.expect?.(
      this.#sampler.upcoming(batch - generated).map((place) => this.#numberOf(place) % this.#images.count),
    );
    this.#steps += 1;
    this.#imagesShown += batch;
    const drawn =
      generated === 0
        ? {}
        : {
            z: this.#random.gaussians(generated * arguments_.z_dim),
            ...(arguments_.c_dim > 0 ? { c: oneHot(generated, arguments_.c_dim, this.#random) } : {}),
          };
    const feeds = {
      real: images,
      ...drawn,
      beta: Float32Array.of(this.#averageDecay()),
      ...adamFeeds(this.#steps, optimizer),
    };
    const { reconstruction, offset } = await this.#step.run(feeds, this.#variables);
    return { reconstruction: reconstruction!, offset: offset! };
  }

  /** What the moving average makes of images [C, R, R], in their order. */
  async reconstruct(images: readonly Float32Array[]): Promise<readonly Reconstructed[]> {
    return this.#reconstructWith(images, this.#variables);
  }

  /** The held-out normals, in model space. */
  async heldOutImages(): Promise<readonly Float32Array[]> {
    this.#images.expect?.([...this.heldOut]);
    const images: Float32Array[] = [];
    for (const number of this.heldOut) images.push(await this.#images.image(number));
    return images;
  }

  /** Keeps the moving average as the best encoder when `loss`, of the held-out normals, is the lowest so far. */
  async judge(loss: number): Promise<void> {
    if (this.#best !== null && loss >= this.#best.loss) return;
    this.#best = { imagesShown: this.#imagesShown, loss };
    this.#bestParameters = await this.#variables.read(averageName);
  }

  /** The best encoder by name, and what it makes of images [C, R, R]. Throws when none has been judged. */
  async bestEncoder(
    images: readonly Float32Array[],
  ): Promise<{ readonly tensors: Tensors; readonly reconstructed: readonly Reconstructed[] }> {
    if (this.#bestParameters === null) throw new Error('no encoder has been judged');
    const variables = new Variables(this.#variables.device, new Map([[averageName, this.#bestParameters]]));
    try {
      return {
        tensors: namedTensors(this.#graph.network, this.#bestParameters.data),
        reconstructed: await this.#reconstructWith(images, variables),
      };
    } finally {
      await variables.release();
    }
  }

  /** The whole state, copied to host memory. */
  async state(): Promise<EncoderState> {
    const names = networkVariables('E');
    const variables = new Map<string, HostTensor>();
    for (const name of [names.first, names.second, averageName]) variables.set(name, await this.#variables.read(name));
    if (this.#bestParameters !== null) variables.set(bestName, this.#bestParameters);
    const { data } = await this.#variables.read(names.parameters);
    return {
      position: {
        steps: this.#steps,
        imagesShown: this.#imagesShown,
        random: this.#random.state(),
        sampler: this.#sampler.state,
        best: this.#best,
      },
      encoder: namedTensors(this.#graph.network, data),
      variables,
    };
  }

  async release(): Promise<void> {
    await this.#variables.release();
    await this.#step.release();
    await this.#reconstruct.release();
  }

  /** The number of a training image from its place among those trained with; mirrored images come after all others. */
  #numberOf(place: number): number {
    const { length } = this.#trained;
    return this.#trained[place % length]! + (place < length ? 0 : this.#images.count);
  }

  async #reconstructWith(images: readonly Float32Array[], variables: Variables): Promise<readonly Reconstructed[]> {
    const { batch } = this.#configuration;
    const found: Reconstructed[] = [];
    for (let start = 0; start < images.length; start += batch) {
      const part = images.slice(start, start + batch);
      const size = part[0]!.length;
      const feed = new Float32Array(batch * size);
      for (let place = 0; place < batch; place++) feed.set(part[place] ?? part[0]!, place * size);
      const { ws, reconstructed, losses, pixels } = await this.#reconstruct.run({ images: feed }, variables);
      const width = ws!.length / batch;
      for (const place of part.keys()) {
        found.push({
          latents: ws!.slice(place * width, (place + 1) * width),
          image: reconstructed!.slice(place * size, (place + 1) * size),
          loss: losses![place]!,
          pixels: pixels![place]!,
        });
      }
    }
    return found;
  }

  #averageDecay(): number {
    const { emaKimg, emaRampup, batch } = this.#configuration;
    const halfLife = Math.min(emaKimg * 1000, (this.#imagesShown - batch) * emaRampup);
    return 0.5 ** (batch / Math.max(halfLife, 1e-8));
  }
}

/** `count` one-hot labels of random classes, [count, classes]. */
function oneHot(count: number, classes: number, random: Random): Float32Array {
  const labels = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) labels[i * classes + random.below(classes)] = 1;
  return labels;
}

// A training in progress: its programs, its variables, and one iteration after the other.
import { adamFeeds } from '../../native/graph/adam.ts';
import { compile, type Program } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../native/runtime/variables.ts';
import { checkpoint, type JobControl, quiet } from '../platform/job.ts';
import { type Random, type RandomState, randomFrom, restoreRandom } from '../platform/random/random.ts';
import { type AugmentationState, adapted, firstAugmentation } from './adaptive-augmentation.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { type PhaseInputs, phaseFeeds, type RealBatch, realBatch } from './feeds.ts';
import { namedTensors, networkVariables, sharedVariables } from './networks.ts';
import type { TrainingGraph } from './programs.ts';
import { Sampler, type SamplerState } from './sampler.ts';
import { drawnNetworks, type NetworkValues } from './starting-networks.ts';
import type { Reported } from './tick-statistics.ts';
import { optimizerOptions, startVariables, trainingGraph, trainingPrograms, workingMemory } from './training-graph.ts';
import type { TrainingImages } from './training-images.ts';

type Tensors = ReadonlyMap<string, HostTensor>;

/** Where a training is, apart from its variables. JSON. */
export interface TrainingPosition {
  readonly iteration: number;
  /** Real images shown to the discriminator so far. */
  readonly imagesShown: number;
  readonly optimizerSteps: { readonly G: number; readonly D: number };
  readonly random: RandomState;
  readonly sampler: SamplerState;
  /** Null without augmentation. */
  readonly augmentation: AugmentationState | null;
}

/** Everything that the next iteration depends on: an interrupted training goes on from it bit by bit. */
export interface TrainingState {
  readonly position: TrainingPosition;
  readonly networks: NetworkValues;
  /** Optimizer moments and running means, by variable name. */
  readonly variables: Tensors;
}

/** The phases of an iteration, and what the published trainer calls them. */
const phaseNames = { generator: 'Gmain', pathLength: 'Greg', discriminator: 'Dmain', r1: 'Dreg' } as const;
type Phase = keyof typeof phaseNames;

/** A training. Owns sessions and device memory: release when done. */
export class Trainer {
  readonly configuration: TrainingConfiguration;
  readonly #images: TrainingImages;
  readonly #graph: TrainingGraph;
  readonly #variables: Variables;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #random: Random;
  readonly #sampler: Sampler;
  #augmentation: AugmentationState | null;
  #iteration: number;
  #imagesShown: number;
  readonly #steps: { G: number; D: number };
  readonly #durations: Partial<Record<(typeof phaseNames)[Phase], number>> = {};

  private constructor(
    configuration: TrainingConfiguration,
    images: TrainingImages,
    parts: {
      readonly graph: TrainingGraph;
      readonly variables: Variables;
      readonly programs: ReadonlyMap<string, Program>;
    },
    position: TrainingPosition | null,
  ) {
    this.configuration = configuration;
    this.#images = images;
    this.#graph = parts.graph;
    this.#variables = parts.variables;
    this.#programs = parts.programs;
    const shown = images.count * (configuration.mirror ? 2 : 1);
    this.#random = position === null ? randomFrom(configuration.seed).fork('training') : restoreRandom(position.random);
    this.#sampler = new Sampler(shown, position === null ? configuration.seed : position.sampler);
    const { augmentation } = configuration;
    this.#augmentation = position?.augmentation ?? (augmentation === null ? null : firstAugmentation(augmentation));
    this.#iteration = position?.iteration ?? 0;
    this.#imagesShown = position?.imagesShown ?? 0;
    this.#steps = { G: position?.optimizerSteps.G ?? 0, D: position?.optimizerSteps.D ?? 0 };
  }

  /**
   * Compiles the programs of a training. It starts from `start` when that is given: a whole state goes on exactly,
   * networks alone begin a new training from them; else parameters are drawn by the configuration's seed. Blocks compute in
   * float16 where the networks' `num_fp16_res` and the device say so; variables are float32. Throws `cancelled`.
   */
  static async create(
    device: Device,
    configuration: TrainingConfiguration,
    images: TrainingImages,
    start: TrainingState | { readonly networks: NetworkValues } | null = null,
    control: JobControl = quiet,
  ): Promise<Trainer> {
    const networks = start?.networks ?? drawnNetworks(configuration);
    const graph = trainingGraph(configuration, networks, device.half === true ? 'half' : 'single');
    const { position, variables } =
      start !== null && 'position' in start ? start : { position: null, variables: new Map<string, HostTensor>() };
    const initial = new Map([...startVariables(graph, networks), ...variables]);
    const programs = new Map<string, Program>();
    const definitions = Object.entries(trainingPrograms(configuration, graph));
    for (const [name, definition] of definitions) {
      control.report({ stage: 'preparing program', done: programs.size + 1, total: definitions.length });
      checkpoint(control, 'training');
      programs.set(name, await compile(device, definition, workingMemory(name, configuration)));
    }
    return new Trainer(configuration, images, { graph, variables: new Variables(device, initial), programs }, position);
  }

  get imagesShown(): number {
    return this.#imagesShown;
  }

  /** One iteration: every phase that is due on one batch of real images, each with its optimizer step. */
  async iterate(): Promise<Reported> {
    const { configuration } = this;
    const rounds = configuration.batch / configuration.microBatch;
    const batches: RealBatch[] = [];
    for (let round = 0; round < rounds; round++) {
      const numbers = Array.from({ length: configuration.microBatch }, () => this.#sampler.next());
      batches.push(await realBatch(this.#images, numbers));
    }
    this.#images.expect?.(this.#sampler.upcoming(configuration.batch).map((number) => number % this.#images.count));
    const due = (interval: number) => this.#iteration % interval === 0;
    const generator = await this.#phase('generator', 'G', batches);
    const pathLength =
      configuration.pathLengthWeight > 0 && due(configuration.generatorRegularisationInterval)
        ? await this.#phase('pathLength', 'G', batches)
        : null;
    const discriminator = await this.#phase('discriminator', 'D', batches);
    const r1 =
      configuration.r1Gamma > 0 && due(configuration.discriminatorRegularisationInterval)
        ? await this.#phase('r1', 'D', batches)
        : null;
    this.#imagesShown += configuration.batch;
    this.#iteration += 1;
    await this.#run('average', { beta: Float32Array.of(this.#averageDecay()) });
    const real = joined([discriminator.real!, ...(r1 === null ? [] : [r1.real!])]);
    this.#adapt(real);
    const fake = joined([generator.generated!, discriminator.generated!]);
    return {
      'Loss/scores/fake': fake,
      'Loss/signs/fake': fake.map(Math.sign),
      'Loss/G/loss': generator.losses!,
      ...(pathLength !== null && regularised('pl_penalty', 'G', pathLength, configuration.pathLengthWeight)),
      'Loss/scores/real': real,
      'Loss/signs/real': real.map(Math.sign),
      'Loss/D/loss': discriminator.losses!,
      ...(r1 !== null && regularised('r1_penalty', 'D', r1, configuration.r1Gamma / 2)),
    };
  }

  /** Probability of each augmentation in the next iteration; 0 without augmentation. */
  get augmentationProbability(): number {
    return this.#augmentation?.probability ?? 0;
  }

  /** Milliseconds that each phase took when it last ran, its optimizer step included, by published names. */
  get durations(): Readonly<Record<string, number>> {
    return { ...this.#durations };
  }

  /** Images [n, C, R, R] of the moving average for codes z [n, z_dim] and labels, with the stored noise. Throws `cancelled`. */
  async samples(z: Float32Array, labels: Float32Array | undefined, control: JobControl): Promise<Float32Array> {
    const n = this.configuration.microBatch;
    const size = this.#graph.generator.arguments_.z_dim;
    const count = z.length / size;
    const images: Float32Array[] = [];
    for (let start = 0; start < count; start += n) {
      checkpoint(control, 'training');
      control.report({ stage: 'drawing samples', done: start, total: count });
      const part = new Float32Array(n * size);
      part.set(z.subarray(start * size, Math.min(count, start + n) * size));
      const c = labels && { c: padded(labels, start, n, labels.length / count) };
      images.push((await this.#run('samples', { z: part, ...c })).images!);
    }
    const one = images[0]!.length / n;
    return Float32Array.from({ length: count * one }, (_, i) => images[Math.floor(i / (n * one))]![i % (n * one)]!);
  }

  /** The whole state, copied to host memory. */
  async state(): Promise<TrainingState> {
    const read = async (name: string) => this.#variables.read(name);
    const { generator, discriminator } = this.#graph;
    const latentMean = await read(sharedVariables.latentMean);
    const vectors = {
      G: (await read(networkVariables('G').parameters)).data,
      D: (await read(networkVariables('D').parameters)).data,
      G_ema: (await read(sharedVariables.average)).data,
    };
    const kept = (['G', 'D'] as const).flatMap((name) => [networkVariables(name).first, networkVariables(name).second]);
    const variables = new Map<string, HostTensor>();
    for (const name of [...kept, sharedVariables.pathLengthMean]) variables.set(name, await read(name));
    return {
      position: {
        iteration: this.#iteration,
        imagesShown: this.#imagesShown,
        optimizerSteps: { ...this.#steps },
        random: this.#random.state(),
        sampler: this.#sampler.state,
        augmentation: this.#augmentation,
      },
      networks: {
        G: namedTensors(generator.network, vectors.G, latentMean),
        D: namedTensors(discriminator.network, vectors.D),
        G_ema: namedTensors(generator.network, vectors.G_ema, latentMean),
      },
      variables,
    };
  }

  async release(): Promise<void> {
    await this.#variables.release();
    for (const program of this.#programs.values()) await program.release();
  }

  async #phase(phase: Phase, name: 'G' | 'D', batches: readonly RealBatch[]): Promise<Record<string, Float32Array>> {
    const program = this.#programs.get(phase)!;
    const began = performance.now();
    const results: Record<string, Float32Array>[] = [];
    for (const [round, real] of batches.entries()) {
      const inputs = {
        real,
        images: this.#images,
        keep: round > 0,
        styleMixingProbability: this.configuration.styleMixingProbability,
        augmentation: this.#augmentationNow(),
      };
      results.push(await program.run(phaseFeeds(program.inputs, inputs, this.#random), this.#variables));
    }
    this.#steps[name] += 1;
    await this.#run(`${name} step`, adamFeeds(this.#steps[name], optimizerOptions(this.configuration, name)));
    this.#durations[phaseNames[phase]] = performance.now() - began;
    const names = Object.keys(results[0]!);
    return Object.fromEntries(names.map((key) => [key, joined(results.map((result) => result[key]!))]));
  }

  async #run(name: string, feeds: Record<string, Float32Array>): Promise<Record<string, Float32Array>> {
    return this.#programs.get(name)!.run(feeds, this.#variables);
  }

  #augmentationNow(): PhaseInputs['augmentation'] {
    const { augmentation } = this.configuration;
    if (augmentation === null || this.#augmentation === null) return null;
    return { transforms: augmentation.transforms, probability: this.#augmentation.probability };
  }

  /** Tells ADA's controller what the discriminator answered to the real images of an iteration. */
  #adapt(answers: Float32Array): void {
    const { augmentation, batch } = this.configuration;
    if (augmentation === null || this.#augmentation === null) return;
    const progress = { iterations: this.#iteration, batch };
    this.#augmentation = adapted(this.#augmentation, augmentation, progress, answers);
  }

  #averageDecay(): number {
    const { emaKimg, emaRampup, batch } = this.configuration;
    const full = emaKimg * 1000;
    const halfLife = emaRampup === null ? full : Math.min(full, (this.#imagesShown - batch) * emaRampup);
    return 0.5 ** (batch / Math.max(halfLife, 1e-8));
  }
}

function padded(values: Float32Array, start: number, n: number, size: number): Float32Array {
  const part = new Float32Array(n * size);
  part.set(values.subarray(start * size, Math.min(values.length, (start + n) * size)));
  return part;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));
}

/** What a regulariser reports: its penalties, and these weighted, as they enter the network's loss. */
function regularised(
  penalty: 'pl_penalty' | 'r1_penalty',
  name: 'G' | 'D',
  { penalties }: Record<string, Float32Array>,
  weight: number,
): Reported {
  return { [`Loss/${penalty}`]: penalties!, [`Loss/${name}/reg`]: penalties!.map((value) => value * weight) };
}

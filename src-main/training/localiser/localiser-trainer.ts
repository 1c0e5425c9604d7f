// A localiser's training in progress: its programs and variables, one step after the other, and its validation.
import { adamFeeds } from '../../../native/graph/adam.ts';
import { compile, type Program } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../../native/runtime/variables.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { type Random, randomFrom } from '../../platform/random/random.ts';
import { auroc } from '../../statistics/auroc.ts';
import { mean } from '../../statistics/moments.ts';
import type { TrainingImages } from '../training-images.ts';
import { drawBatch, type LocaliserBatch, makeBatch } from './batches.ts';
import { divideNormals, type LocaliserConfiguration, learningRateAt } from './configuration.ts';
import { adamOptions, localiserVariables, startValues, trainingStep, validation } from './programs.ts';

/** How well the averaged network does on normals that it does not learn from. */
export interface LocaliserValidation {
  /** Mean binary cross-entropy. */
  readonly loss: number;
  /** Of the mean of the map: held-out normals with a synthetic anomaly against the others. */
  readonly auroc: number;
}

/** Some held-out images and what the network marks in them. */
export interface LocaliserSamples extends LocaliserBatch {
  /** [N, 1, R, R] in 0..1. */
  readonly maps: Float32Array;
}

/** How much of the moving average is kept at a step. */
const averageDecay = (step: number): number => (step > 400 ? 0.995 : 0.95);

/** Owns sessions and device memory: release when done. */
export class LocaliserTrainer {
  readonly #configuration: LocaliserConfiguration;
  readonly #images: TrainingImages;
  readonly #variables: Variables;
  readonly #step: Program;
  readonly #validation: Program;
  readonly #random: Random;
  readonly #learned: Uint32Array;
  readonly #heldOut: Uint32Array;
  #steps: number;
  /** The batch of the next step, being made. */
  #next: Promise<LocaliserBatch> | null = null;

  private constructor(
    configuration: LocaliserConfiguration,
    images: TrainingImages,
    parts: { readonly variables: Variables; readonly step: Program; readonly validation: Program },
    steps: number,
  ) {
    this.#configuration = configuration;
    this.#images = images;
    this.#variables = parts.variables;
    this.#step = parts.step;
    this.#validation = parts.validation;
    this.#steps = steps;
    this.#random = randomFrom(configuration.seed).fork('localiser');
    ({ learned: this.#learned, heldOut: this.#heldOut } = divideNormals(configuration));
  }

  /** Compiles the programs. `start`: the variables and steps of a stopped training, which resumes bit by bit. */
  static async create(
    device: Device,
    configuration: LocaliserConfiguration,
    images: TrainingImages,
    start: { readonly variables: ReadonlyMap<string, HostTensor>; readonly steps: number } | null,
  ): Promise<LocaliserTrainer> {
    const { network, batch, seed } = configuration;
    const initial = start?.variables ?? startValues(network, randomFrom(seed).fork('localiser').fork('weights'));
    const step = await compile(device, trainingStep(network, batch));
    const judge = await compile(device, validation(network, batch), 'returned');
    const variables = new Variables(device, initial);
    return new LocaliserTrainer(configuration, images, { variables, step, validation: judge }, start?.steps ?? 0);
  }

  get steps(): number {
    return this.#steps;
  }

  get imagesShown(): number {
    return this.#steps * this.#configuration.batch;
  }

  /** One step; returns its loss. The next batch is made while the device computes. */
  async iterate(): Promise<number> {
    const { images, masks } = await (this.#next ?? this.#batch(this.#steps));
    const learningRate = learningRateAt(this.#configuration, this.#steps);
    const feeds = {
      images,
      masks,
      ...adamFeeds(this.#steps + 1, { ...adamOptions, learningRate }),
      beta: Float32Array.of(averageDecay(this.#steps)),
    };
    const running = this.#step.run(feeds, this.#variables);
    this.#next = this.#batch(this.#steps + 1);
    this.#next.catch(() => {});
    const { loss } = await running;
    this.#steps += 1;
    return loss![0]!;
  }

  /** Judges the averaged network on every held-out normal: every second one has an anomaly. Throws `cancelled`. */
  async validate(control: JobControl): Promise<LocaliserValidation> {
    const scores: { readonly normal: number[]; readonly anomalous: number[] } = { normal: [], anomalous: [] };
    let total = 0;
    let count = 0;
    for (let first = 0; first < this.#heldOut.length; first += this.#configuration.batch) {
      checkpoint(control, 'training');
      const { maps, loss } = await this.#judge(first);
      const size = Math.min(this.#configuration.batch, this.#heldOut.length - first);
      const plane = maps.length / this.#configuration.batch;
      for (let index = 0; index < size; index++) {
        const map = maps.subarray(index * plane, (index + 1) * plane);
        const kind = isKept(first + index) ? 'normal' : 'anomalous';
        scores[kind].push(mean(map));
      }
      total += loss * size;
      count += size;
    }
    return { loss: total / count, auroc: auroc(scores.anomalous, scores.normal) };
  }

  /** The first held-out images of the validation, for a sheet. */
  async samples(): Promise<LocaliserSamples> {
    return this.#judge(0);
  }

  /** Mean of the averaged network's map of each held-out normal as it is. Throws `cancelled`. */
  async normalScores(control: JobControl): Promise<readonly number[]> {
    const { batch } = this.#configuration;
    const { channels, resolution } = this.#images;
    const plane = resolution * resolution;
    const scores: number[] = [];
    for (let first = 0; first < this.#heldOut.length; first += batch) {
      checkpoint(control, 'training');
      const images = new Float32Array(batch * channels * plane);
      const numbers = [...this.#heldOut.subarray(first, first + batch)];
      this.#images.expect?.(numbers);
      for (const [index, number] of numbers.entries()) {
        images.set(await this.#images.image(number), index * channels * plane);
      }
      const { maps } = await this.#validation.run({ images, masks: new Float32Array(batch * plane) }, this.#variables);
      for (const index of numbers.keys()) {
        const map = maps!.subarray(index * plane, (index + 1) * plane);
        scores.push(mean(map));
      }
    }
    return scores;
  }

  /** The variables, copied to host memory. */
  async variables(): Promise<Map<string, HostTensor>> {
    const values = new Map<string, HostTensor>();
    for (const name of Object.values(localiserVariables)) values.set(name, await this.#variables.read(name));
    return values;
  }

  async release(): Promise<void> {
    await this.#variables.release();
    await this.#step.release();
    await this.#validation.release();
  }

  /** The batch of a step depends on seed and step alone. */
  #batch(step: number): Promise<LocaliserBatch> {
    const random = this.#random.fork('step').fork(step);
    return makeBatch(this.#images, drawBatch(this.#configuration.batch, this.#learned, random));
  }

  /** Held-out images from `first` on, filled up with the first ones. */
  async #judge(first: number): Promise<LocaliserSamples & { readonly loss: number }> {
    const random = this.#random.fork('validation').fork(first);
    const normal = (place: number) => this.#heldOut[place % this.#heldOut.length]!;
    const drawn = Array.from({ length: this.#configuration.batch }, (_, index) => {
      const other = normal(random.below(this.#heldOut.length));
      return {
        number: normal(first + index),
        other: isKept(first + index) ? null : other,
        random: random.fork(index),
      };
    });
    const batch = await makeBatch(this.#images, drawn);
    const { maps, loss } = await this.#validation.run({ images: batch.images, masks: batch.masks }, this.#variables);
    return { ...batch, maps: maps!, loss: loss![0]! };
  }
}

/** Which held-out normals the validation leaves as they are. */
const isKept = (place: number): boolean => place % 2 === 0;

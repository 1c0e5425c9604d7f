// The order in which training images are shown: an endless shuffled stream whose place can be saved.
import { type Random, type RandomState, randomFrom, restoreRandom } from '../platform/random/random.ts';

/** Where a sampler is: enough to go on with the very same images. */
export interface SamplerState {
  readonly random: RandomState;
  readonly order: readonly number[];
  readonly next: number;
}

/**
 * Endless stream of image numbers 0 .. count - 1 (every image once per pass, each pass in a new order). With mirroring the
 * numbers run to 2 count - 1 and the second half means the flipped image, as the published dataset does with x-flips.
 */
export class Sampler {
  readonly #random: Random;
  readonly #count: number;
  #order: Uint32Array;
  #next: number;

  constructor(count: number, start: number | SamplerState) {
    this.#count = count;
    if (typeof start === 'number') {
      this.#random = randomFrom(start).fork('sampler');
      this.#order = this.#random.permutation(count);
      this.#next = 0;
    } else {
      this.#random = restoreRandom(start.random);
      this.#order = Uint32Array.from(start.order);
      this.#next = start.next;
    }
  }

  next(): number {
    if (this.#next === this.#count) {
      this.#order = this.#random.permutation(this.#count);
      this.#next = 0;
    }
    return this.#order[this.#next++]!;
  }

  /** What the next calls will answer, at most `count` numbers: none beyond the present pass. */
  upcoming(count: number): readonly number[] {
    return [...this.#order.subarray(this.#next, this.#next + count)];
  }

  get state(): SamplerState {
    return { random: this.#random.state(), order: [...this.#order], next: this.#next };
  }
}

// The seeded generator of everything that is not bound to numpy's numbers: xoshiro128**, with a state that can be saved.
import type { RandomSource } from './random-source.ts';

/** All that a generator will ever answer depends on this: four 32-bit words and a normal in waiting. */
export interface RandomState {
  readonly words: readonly [number, number, number, number];
  readonly spare: number | null;
}

/** xoshiro128** 1.1 (Blackman and Vigna 2021); normals by the polar method (Marsaglia and Bray 1964). */
export class Random implements RandomSource {
  readonly #words: Uint32Array;
  #spare: number | null;

  constructor(state: RandomState) {
    this.#words = Uint32Array.from(state.words);
    this.#spare = state.spare;
  }

  /** A generator for a seed; different labels give independent streams of one seed. */
  static seeded(seed: number, label = ''): Random {
    let hash = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b1);
    for (const character of label) hash = mix(hash ^ character.codePointAt(0)!);
    const words = [1, 2, 3, 4].map((i) => mix(hash + Math.imul(i, 0x9e3779b9))) as [number, number, number, number];
    return new Random({ words: words.some((word) => word !== 0) ? words : [1, 0, 0, 0], spare: null });
  }

  /** The state to be saved; `new Random(state)` goes on with the very same numbers. */
  get state(): RandomState {
    return { words: [...this.#words] as [number, number, number, number], spare: this.#spare };
  }

  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  integerBelow(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const value = this.#next();
      if (value < limit) return value % n;
    }
  }

  normal(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  #next(): number {
    const words = this.#words;
    const result = Math.imul(rotate(Math.imul(words[1]!, 5), 7), 9) >>> 0;
    const shifted = words[1]! << 9;
    words[2]! ^= words[0]!;
    words[3]! ^= words[1]!;
    words[1]! ^= words[2]!;
    words[0]! ^= words[3]!;
    words[2]! ^= shifted;
    words[3] = rotate(words[3]!, 11);
    return result;
  }
}

/** The numbers 0 .. n - 1 in random order (Fisher and Yates). */
export function permutation(random: RandomSource, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integerBelow(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/** The finalizer of MurmurHash3: spreads every bit of a seed over the word. */
function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

// Residua's own random numbers: seeded, forkable into independent streams, and with a state that a file can keep.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../errors.ts';

const word = z.int().min(0).max(0xffffffff);
/** Checks a state that comes from a file. */
export const randomStateSchema = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{64}$/),
  words: z.tuple([word, word, word, word]).refine((all) => all.some((value) => value !== 0)),
  spare: z.number().nullable(),
});

/** Everything that decides the numbers to come; plain JSON. */
export type RandomState = Readonly<z.infer<typeof randomStateSchema>>;

/** A stream of random numbers. Every call but `state` and `fork` advances it. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly gaussian: () => number;
  /** `count` standard normal numbers, rounded to float32. */
  readonly gaussians: (count: number) => Float32Array;
  /** A whole number from 0 to `limit` - 1, all equally likely; `limit` from 1 to 2^32. */
  readonly below: (limit: number) => number;
  /** Puts `items` into random order, in place (Fisher and Yates). */
  readonly shuffle: (items: unknown[] | Uint32Array) => void;
  /** The numbers 0 … count - 1 in random order. */
  readonly permutation: (count: number) => Uint32Array;
  /** The state now: `restoreRandom` continues from it with the same numbers, bit for bit. */
  readonly state: () => RandomState;
  /** An independent stream that depends on the seed and the labels alone, not on what was drawn before. */
  readonly fork: (label: string | number) => Random;
}

/** The stream of a seed. The same seed gives the same numbers on every machine. */
export function randomFrom(seed: number | string): Random {
  return startOf(digest(['residua', seed]));
}

/** Continues from a saved state. Error `mismatch` when it is no state of `Random`. */
export function restoreRandom(state: unknown): Random {
  const parsed = randomStateSchema.safeParse(state);
  if (parsed.success) return streamFrom(parsed.data);
  const found = parsed.error.issues[0]?.message ?? 'something else';
  throw new Problem('mismatch', { what: 'state of a random generator', expected: 'key, words, spare', found });
}

function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function startOf(key: string): Random {
  const bytes = Buffer.from(key, 'hex');
  const words: RandomState['words'] = [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at)) as RandomState['words'];
  return streamFrom({ key, words, spare: null });
}

/**
 * xoshiro128**, period 2^128 - 1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47,
 * 2021), started from SHA-256 of the seed and the labels of its forks.
 */
function streamFrom({ key, words, spare }: RandomState): Random {
  const state = Int32Array.from(words);
  // In an array of its own: a variable would be a new object at every change. NaN is none.
  const pending = Float64Array.of(spare ?? Number.NaN);

  const next = (): number => {
    const second = state[1]!;
    const result = Math.imul(rotate(Math.imul(second, 5), 7), 9) >>> 0;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= second << 9;
    state[3] = rotate(state[3]!, 11);
    return result;
  };

  const uniform = () => fraction(next(), next());

  /** The polar method (Marsaglia and Bray, SIAM Review 6, 1964): two normals at a time, the second one waits. */
  const gaussian = (): number => {
    const value = pending[0]!;
    if (!Number.isNaN(value)) {
      pending[0] = Number.NaN;
      return value;
    }
    for (;;) {
      const first = 2 * uniform() - 1;
      const second = 2 * uniform() - 1;
      const radius = first * first + second * second;
      if (radius >= 1 || radius === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(radius)) / radius);
      pending[0] = factor * first;
      return factor * second;
    }
  };

  /** The numbers that `gaussian` gives one by one, in less time: a training draws hundreds of thousands an iteration. */
  const gaussians = (count: number): Float32Array => {
    const values = new Float32Array(count);
    let index = 0;
    if (count > 0 && !Number.isNaN(pending[0]!)) values[index++] = gaussian();
    // `next` with its state in local variables, four words at a time.
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    const drawn = new Uint32Array(4);
    while (index < count) {
      for (let word = 0; word < 4; word++) {
        drawn[word] = Math.imul(rotate(Math.imul(b, 5), 7), 9);
        const shifted = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = rotate(d, 11);
      }
      const first = 2 * fraction(drawn[0]!, drawn[1]!) - 1;
      const second = 2 * fraction(drawn[2]!, drawn[3]!) - 1;
      const radius = first * first + second * second;
      if (radius >= 1 || radius === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(radius)) / radius);
      values[index++] = factor * second;
      if (index < count) values[index++] = factor * first;
      else pending[0] = factor * first;
    }
    state.set([a, b, c, d]);
    return values;
  };

  const below = (limit: number): number => {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32) {
      throw new Problem('usage', { message: `no whole number from 0 to below ${limit}` });
    }
    // Draws in the last, incomplete run of `limit` numbers would make the small ones likelier.
    const end = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = next();
      if (value < end) return value % limit;
    }
  };

  const shuffle = (items: unknown[] | Uint32Array): void => {
    for (let index = items.length - 1; index > 0; index--) {
      const other = below(index + 1);
      [items[index], items[other]] = [items[other], items[index]];
    }
  };

  const permutation = (count: number): Uint32Array => {
    const numbers = Uint32Array.from({ length: count }, (_, index) => index);
    shuffle(numbers);
    return numbers;
  };

  return {
    uniform,
    gaussian,
    gaussians,
    below,
    shuffle,
    permutation,
    state: () => ({
      key,
      words: [...new Uint32Array(state)] as RandomState['words'],
      spare: Number.isNaN(pending[0]!) ? null : pending[0]!,
    }),
    fork: (label) => startOf(digest([key, label])),
  };
}

/** 53 bits of two words as a number in [0, 1). */
function fraction(high: number, low: number): number {
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 2 ** 53;
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

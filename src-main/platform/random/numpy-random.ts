// NumPy's legacy generator `RandomState(seed)`: the numbers that published seeds stand for.
import { Problem } from '../errors.ts';
import { polarGaussian } from './polar-gaussian.ts';

/** The calls of `numpy.random.RandomState` that the published tools use; each advances the same stream. */
export interface NumpyRandom {
  /** `random_sample()`: uniform in [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** One value of `randn()`: standard normal. */
  readonly gaussian: () => number;
  /** `randn(count)`. */
  readonly gaussians: (count: number) => Float64Array;
  /** One value of `randint(low, high)`: low <= integer < high, at most 2^32 apart. */
  readonly integer: (low: number, high: number) => number;
  /** `shuffle(items)`, in place, of a list. */
  readonly shuffle: (items: unknown[]) => void;
  /** `permutation(count)`: the numbers 0 … count - 1, shuffled. */
  readonly permutation: (count: number) => number[];
}

/**
 * `numpy.random.RandomState(seed)` for a whole seed from 0 to 2^32 - 1 (error `usage` otherwise). Uniform numbers and
 * integers are NumPy's to the bit. Gaussians are NumPy's to the bit once rounded to float32, as networks take them; in
 * float64 about one in 2,000 differs in the last bit, where the C library that NumPy runs on rounds its logarithm the
 * other way (so NumPy differs there between platforms, too). Sources: Matsumoto and Nishimura, "Mersenne Twister",
 * ACM TOMACS 8 (1998), with the seeding of 2002; numpy/random/src/legacy and `_legacy_seeding`, NumPy 1.24.
 */
export function numpyRandom(seed: number): NumpyRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new Problem('usage', { message: `a seed is a whole number from 0 to 4294967295, not ${seed}` });
  }
  const next = mersenneTwister(seed);
  const uniform = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;
  let spare: number | undefined;

  const gaussian = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [value, other] = polarGaussian(uniform);
    spare = other;
    return value;
  };

  /** An integer from 0 to `maximum`: draws below the next power of two until one fits. */
  const upTo = (maximum: number): number => {
    if (maximum === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(maximum);
    for (;;) {
      const value = (next() & mask) >>> 0;
      if (value <= maximum) return value;
    }
  };

  const integer = (low: number, high: number): number => {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low || high - low > 2 ** 32) {
      throw new Problem('usage', { message: `no integer from ${low} up to below ${high}, or more than 2^32 of them` });
    }
    return low + upTo(high - low - 1);
  };

  const shuffle = (items: unknown[]): void => {
    for (let index = items.length - 1; index > 0; index--) {
      const other = upTo(index);
      [items[index], items[other]] = [items[other], items[index]];
    }
  };

  const permutation = (count: number): number[] => {
    const items = Array.from({ length: count }, (_, index) => index);
    shuffle(items);
    return items;
  };

  const gaussians = (count: number) => new Float64Array(count).map(gaussian);
  return { uniform, gaussian, gaussians, integer, shuffle, permutation };
}

const words = 624;
const lag = 397;

/** MT19937: unsigned 32-bit integers from a 32-bit seed. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(words);
  state[0] = seed;
  for (let index = 1; index < words; index++) {
    const previous = state[index - 1]!;
    state[index] = Math.imul(1812433253, previous ^ (previous >>> 30)) + index;
  }
  let position = words;
  return () => {
    if (position === words) {
      twist(state);
      position = 0;
    }
    let value = state[position++]!;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let index = 0; index < words; index++) {
    const mixed = (state[index]! & 0x80000000) | (state[(index + 1) % words]! & 0x7fffffff);
    state[index] = state[(index + lag) % words]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
  }
}

// Draws of the phantom in the words of anatomy: a range, a spread, a chance.
import type { Random } from '../platform/random/random.ts';

/** What the phantom needs of a stream of random numbers; every draw advances it. */
export type Dice = Pick<Random, 'uniform' | 'gaussian'>;

/** Uniform between `low` and `high`. */
export function between({ uniform }: Dice, low: number, high: number): number {
  return low + (high - low) * uniform();
}

/** Gaussian, cut at two standard deviations: patients vary, monsters do not occur. */
export function about({ gaussian }: Dice, mean: number, deviation: number): number {
  return mean + deviation * Math.max(-2, Math.min(2, gaussian()));
}

/** True with the given probability. */
export function chance({ uniform }: Dice, probability: number): boolean {
  return uniform() < probability;
}

// Is the mean of one population higher than that of another? The published permutation test, put right, and as published.
import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { mean, variance } from './moments.ts';
import { checkScores, type Scores } from './scores.ts';

export interface PermutationTest {
  /** Mean of the first population minus that of the second. */
  readonly difference: number;
  /** Chance, were both populations alike, of a difference at least as high: (k + 1) / (permutations + 1), never 0. */
  readonly p: number;
}

export interface PowerOptions {
  /** A simulated test with p below this counts as a success; 0.05 as published. */
  readonly alpha: number;
  /** 1,000 as published. */
  readonly simulations: number;
  /** Permutations of each simulated test; 1,000 as published. */
  readonly permutations: number;
}

/**
 * One-sided permutation test of the difference in means (Phipson and Smyth 2010 for the p-value). The published script
 * draws 100,000 permutations; between populations of one size the exchange of both is one too, so that a draw counts as two (never
 * to the advantage of a p-value below 1/2). Throws `usage` for an empty population or a value that is not finite.
 *
 * The p-value of populations that were themselves made by resampling (such as bootstrapped AUROCs) shrinks with the number of
 * resamples; to compare two scores of the same images use `delongTest` or `pairedPermutationTest`.
 */
export function permutationTest(first: Scores, second: Scores, permutations: number, random: Random): PermutationTest {
  checkPopulations(first, second, permutations);
  const difference = mean(first) - mean(second);
  const reached = difference - roundingOf(first, second);
  const mirrored = first.length === second.length;
  const draw = permutedDifferences(first, second, random);
  let asHigh = 0;
  let drawn = 0;
  while (drawn < permutations) {
    const permuted = draw();
    asHigh += Number(permuted >= reached) + Number(mirrored && -permuted >= reached);
    drawn += mirrored ? 2 : 1;
  }
  return { difference, p: (asHigh + 1) / (drawn + 1) };
}

/**
 * Share of simulated data sets, normal with the populations' sizes and standard deviations and the observed difference
 * on the first, in which the one-sided permutation test succeeds. Simulations share their random permutations in batches: each
 * test is as valid as with permutations of its own, and its sums become a pass over contiguous numbers.
 */
export function permutationPower(
  first: Scores,
  second: Scores,
  { alpha, simulations, permutations }: PowerOptions,
  random: Random,
): number {
  checkPopulations(first, second, permutations);
  let successes = 0;
  for (let done = 0; done < simulations; done += batchSize) {
    const batch = simulate(first, second, Math.min(batchSize, simulations - done), random);
    successes += countSuccesses(batch, first.length, permutations, alpha, random);
  }
  return successes / simulations;
}

/** Simulations that share their permutations, as many as leave their numbers in the processor's cache. */
const batchSize = 256;

/** Simulated populations: `values[member * size + simulation]`, the first population's members first. */
interface Batch {
  readonly size: number;
  readonly members: number;
  readonly values: Float64Array;
}

function simulate(first: Scores, second: Scores, size: number, random: Random): Batch {
  const members = first.length + second.length;
  const effect = mean(first) - mean(second);
  const deviations = [first, second].map((population) => Math.sqrt(variance(population, 0)));
  const values = new Float64Array(members * size);
  for (let member = 0; member < members; member++) {
    const [centre, deviation] = member < first.length ? [effect, deviations[0]!] : [0, deviations[1]!];
    for (let s = 0; s < size; s++) values[member * size + s] = centre + deviation * random.gaussian();
  }
  return { size, members, values };
}

/** In how many simulations the test succeeds; see permutationTest for draws that count as two. */
function countSuccesses(
  batch: Batch,
  firstLength: number,
  permutations: number,
  alpha: number,
  random: Random,
): number {
  const members = Int32Array.from({ length: batch.members }, (_, member) => member);
  const mirrored = 2 * firstLength === batch.members;
  const totals = sumOfMembers(batch, members);
  // The difference of the means grows with the sum of the first population, as the sum of both is fixed.
  const reached = sumOfMembers(batch, members.subarray(0, firstLength)).map((sum) => sum - 1e-9 * Math.abs(sum));
  const asHigh = new Int32Array(batch.size);
  let drawn = 0;
  while (drawn < permutations) {
    shuffleHead(members, firstLength, random);
    const sums = sumOfMembers(batch, members.subarray(0, firstLength));
    for (let s = 0; s < batch.size; s++) {
      if (sums[s]! >= reached[s]!) asHigh[s]! += 1;
      if (mirrored && totals[s]! - sums[s]! >= reached[s]!) asHigh[s]! += 1;
    }
    drawn += mirrored ? 2 : 1;
  }
  return asHigh.filter((count) => (count + 1) / (drawn + 1) < alpha).length;
}

/**
 * The p-value of the published permutation_test.py: the share of permutations whose ABSOLUTE difference exceeds the
 * observed (signed) one, both rounded to 10 decimals. It can be 0, and is two-sided when the difference is above 0.
 */
export function publishedPermutationTest(
  first: Scores,
  second: Scores,
  permutations: number,
  random: Random,
): PermutationTest {
  checkPopulations(first, second, permutations);
  const difference = mean(first) - mean(second);
  const draw = permutedDifferences(first, second, random);
  return { difference, p: publishedShare(round(difference), draw, permutations) };
}

/** The "power" of the published script, which tests the observed data again and again: how stable p < alpha is. */
export function publishedPermutationPower(
  first: Scores,
  second: Scores,
  { alpha, simulations, permutations }: PowerOptions,
  random: Random,
): number {
  checkPopulations(first, second, permutations);
  const observed = round(mean(first) - mean(second));
  const draw = permutedDifferences(first, second, random);
  let successes = 0;
  for (let s = 0; s < simulations; s++) if (publishedShare(observed, draw, permutations) < alpha) successes++;
  return successes / simulations;
}

function publishedShare(observed: number, draw: () => number, permutations: number): number {
  let beyond = 0;
  for (let i = 0; i < permutations; i++) if (Math.abs(round(draw())) > observed) beyond++;
  return beyond / permutations;
}

const round = (value: number) => Math.round(value * 1e10) / 1e10;

/** How far sums of the same numbers in another order may lie apart. */
function roundingOf(first: Scores, second: Scores): number {
  let largest = 0;
  for (const scores of [first, second]) for (const score of scores) largest = Math.max(largest, Math.abs(score));
  return 1e-12 * largest;
}

/** A function that answers the difference in means after another random exchange of members. */
function permutedDifferences(first: Scores, second: Scores, random: Random): () => number {
  const pool = Float64Array.from([...first, ...second]);
  const total = pool.reduce((sum, value) => sum + value, 0);
  // Drawing the smaller population fixes the other one.
  const size = Math.min(first.length, second.length);
  const rest = pool.length - size;
  const sign = first.length === size ? 1 : -1;
  return () => {
    shuffleHead(pool, size, random);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += pool[i]!;
    return sign * (sum / size - (total - sum) / rest);
  };
}

/**
 * Draws the first `size` entries at random from all, the rest in any order (Fisher and Yates). One uniform number, of 53 bits,
 * serves several draws, as long as 32 bits are left: what no number of permutations can resolve.
 */
function shuffleHead(pool: Float64Array | Int32Array, size: number, random: Random): void {
  let fraction = 0;
  let resolution = 0;
  for (let i = 0; i < size; i++) {
    const choices = pool.length - i;
    if (resolution < 2 ** 32 * choices) {
      fraction = random.uniform();
      resolution = 2 ** 53;
    }
    const scaled = fraction * choices;
    const chosen = Math.floor(scaled);
    fraction = scaled - chosen;
    resolution /= choices;
    const drawn = pool[i + chosen]!;
    pool[i + chosen] = pool[i]!;
    pool[i] = drawn;
  }
}

/** The sum over `members`, four at a time, in every simulation. */
function sumOfMembers({ values, size }: Batch, members: Int32Array): Float64Array {
  const sums = new Float64Array(size);
  const whole = members.length - (members.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const a = members[i]! * size;
    const b = members[i + 1]! * size;
    const c = members[i + 2]! * size;
    const d = members[i + 3]! * size;
    for (let s = 0; s < size; s++) sums[s]! += values[a + s]! + values[b + s]! + values[c + s]! + values[d + s]!;
  }
  for (let i = whole; i < members.length; i++)
    for (let s = 0; s < size; s++) sums[s]! += values[members[i]! * size + s]!;
  return sums;
}

function checkPopulations(first: Scores, second: Scores, permutations: number): void {
  checkScores('first population', first);
  checkScores('second population', second);
  if (!Number.isInteger(permutations) || permutations < 1)
    throw new Problem('usage', {
      message: `the number of permutations must be a whole number above 0, not ${permutations}`,
    });
}

// Grey level co-occurrence (GLCM): how often two levels lie next to each other, direction by direction.
import { symmetricEigenvalues } from '../symmetric-eigen.ts';
import {
  type DiscretisedImage,
  entropy,
  type Features,
  forEachPairInside,
  meanOfFeatures,
  neighbourOffsets,
} from './discretised-image.ts';

/** The 24 GLCM features of pyradiomics (distance 1, symmetric), each the mean over the directions. */
export function coOccurrenceFeatures(image: DiscretisedImage): Features {
  const directions = neighbourOffsets(image.size).flatMap((offset) => coOccurrence(image, offset) ?? []);
  return meanOfFeatures(
    featureNames,
    directions.map((pairs) => featuresOf(pairs, image.present)),
  );
}

/** Chance of each ordered pair of levels that occur: [levels, levels], both orders counted; undefined without a pair. */
function coOccurrence(image: DiscretisedImage, offset: readonly [number, number, number]): Float64Array | undefined {
  const { levels, present } = image;
  const n = present.length;
  const place = new Int32Array(present.at(-1)! + 1);
  for (const [index, level] of present.entries()) place[level] = index;
  const pairs = new Float64Array(n * n);
  let total = 0;
  forEachPairInside(image, offset, (from, to) => {
    const i = place[levels[from]!]!;
    const j = place[levels[to]!]!;
    pairs[i * n + j]! += 1;
    pairs[j * n + i]! += 1;
    total += 2;
  });
  return total === 0 ? undefined : pairs.map((count) => count / total);
}

function featuresOf(pairs: Float64Array, present: readonly number[]): Features {
  const n = present.length;
  const highest = present.at(-1)!;
  /** Sum of weight(i, j) times the chance of levels i, j. */
  const expect = (weight: (i: number, j: number) => number) =>
    pairs.reduce((sum, p, at) => sum + (p === 0 ? 0 : p * weight(present[Math.floor(at / n)]!, present[at % n]!)), 0);
  const marginal = Float64Array.from(present, (_, i) =>
    pairs.subarray(i * n, (i + 1) * n).reduce((sum, p) => sum + p, 0),
  );
  const sums = new Float64Array(2 * highest + 1);
  const differences = new Float64Array(highest);
  for (let at = 0; at < pairs.length; at++) {
    const i = present[Math.floor(at / n)]!;
    const j = present[at % n]!;
    sums[i + j]! += pairs[at]!;
    differences[Math.abs(i - j)]! += pairs[at]!;
  }
  const overDifferences = (weight: (k: number) => number) =>
    differences.reduce((sum, p, k) => sum + (p === 0 ? 0 : p * weight(k)), 0);
  const average = expect((i) => i);
  const cluster = (power: number) => expect((i, j) => (i + j - 2 * average) ** power);
  const variance = expect((i) => (i - average) ** 2);
  const differenceAverage = overDifferences((k) => k);
  const jointEntropy = entropy(pairs);
  return {
    Autocorrelation: expect((i, j) => i * j),
    ClusterProminence: cluster(4),
    ClusterShade: cluster(3),
    ClusterTendency: cluster(2),
    Contrast: expect((i, j) => (i - j) ** 2),
    Correlation: variance === 0 ? 1 : expect((i, j) => (i - average) * (j - average)) / (variance + Number.EPSILON),
    DifferenceAverage: differenceAverage,
    DifferenceEntropy: entropy(differences),
    DifferenceVariance: overDifferences((k) => (k - differenceAverage) ** 2),
    Id: overDifferences((k) => 1 / (1 + k)),
    Idm: overDifferences((k) => 1 / (1 + k ** 2)),
    Idmn: overDifferences((k) => 1 / (1 + k ** 2 / highest ** 2)),
    Idn: overDifferences((k) => 1 / (1 + k / highest)),
    ...informationFeatures(pairs, marginal, jointEntropy),
    InverseVariance: overDifferences((k) => (k === 0 ? 0 : 1 / k ** 2)),
    JointAverage: average,
    JointEnergy: pairs.reduce((sum, p) => sum + p * p, 0),
    JointEntropy: jointEntropy,
    MCC: maximalCorrelation(pairs, marginal),
    MaximumProbability: pairs.reduce((most, p) => Math.max(most, p), 0),
    SumAverage: sums.reduce((sum, p, k) => sum + p * k, 0),
    SumEntropy: entropy(sums),
    SumSquares: variance,
  };
}

/** Informational measures of correlation 1 and 2: the joint entropy against that of independent levels. */
function informationFeatures(pairs: Float64Array, marginal: Float64Array, jointEntropy: number): Features {
  const n = marginal.length;
  let crossEntropy = 0;
  let independentEntropy = 0;
  for (let at = 0; at < pairs.length; at++) {
    const independent = marginal[Math.floor(at / n)]! * marginal[at % n]!;
    const bits = Math.log2(independent + Number.EPSILON);
    crossEntropy -= pairs[at]! * bits;
    independentEntropy -= independent * bits;
  }
  const marginalEntropy = entropy(marginal);
  const gain = Math.max(independentEntropy - jointEntropy, 0);
  return {
    Imc1: marginalEntropy === 0 ? 0 : (jointEntropy - crossEntropy) / marginalEntropy,
    Imc2: Math.sqrt(1 - Math.exp(-2 * gain)),
  };
}

/**
 * Maximal correlation coefficient: the root of the second largest eigenvalue of Q(i, j) = sum over k of p(i, k) p(j, k) / (p(i) p(k)).
 * With D the marginal, Q is similar to the square of the symmetric D^-1/2 P D^-1/2, whose eigenvalues are found instead.
 */
function maximalCorrelation(pairs: Float64Array, marginal: Float64Array): number {
  const n = marginal.length;
  if (n < 2) return 1;
  const symmetric = pairs.map((p, at) =>
    p === 0 ? 0 : p / Math.sqrt(marginal[Math.floor(at / n)]! * marginal[at % n]!),
  );
  const sizes = symmetricEigenvalues(symmetric, n).map(Math.abs).sort();
  return sizes.at(-2)!;
}

const featureNames = Object.keys(featuresOf(Float64Array.of(1), [1]));

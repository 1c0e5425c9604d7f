// Do two scores of the same images differ in AUROC? A permutation test that assumes no distribution.
import { Problem } from '../platform/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { aurocOfCounts, scoreLevels } from './auroc.ts';
import type { ScoredPair } from './delong.ts';
import { checkScores, type Scores } from './scores.ts';

/** Whose image each is, in the order of the scores; images of one patient are exchanged together. */
export interface PairPatients {
  readonly anomalous: readonly (string | undefined)[];
  readonly normal: readonly (string | undefined)[];
}

/**
 * AUROC of the first score minus that of the second, and the two-sided p-value (k + 1) / (permutations + 1) of an exchange
 * of the two scores' ranks, image by image (or patient by patient), at random (Venkatraman and Begg 1996: ranks, because
 * the scores need not have the same scale). Throws `mismatch` unless both scores are of the same images.
 */
export function pairedPermutationTest(
  first: ScoredPair,
  second: ScoredPair,
  permutations: number,
  random: Random,
  patients?: PairPatients,
): { readonly difference: number; readonly p: number } {
  const anomalies = first.anomalous.length;
  if (anomalies !== second.anomalous.length || first.normal.length !== second.normal.length)
    throw new Problem('mismatch', {
      what: 'images of the two scores',
      expected: `${anomalies} anomalous, ${first.normal.length} normal`,
      found: `${second.anomalous.length} anomalous, ${second.normal.length} normal`,
    });
  if (!Number.isInteger(permutations) || permutations < 1)
    throw new Problem('usage', {
      message: `the number of permutations must be a whole number above 0, not ${permutations}`,
    });
  const { levels, count } = scoreLevels(ranksOf(first), ranksOf(second));
  const clusters = clustersOf(anomalies, first.normal.length, patients);
  const exchange = new Uint8Array(clusters.count);
  const counts = Array.from({ length: 4 }, () => new Int32Array(count));
  const difference = () => {
    for (const ofGroup of counts) ofGroup.fill(0);
    for (let image = 0; image < clusters.of.length; image++) {
      const exchanged = exchange[clusters.of[image]!]!;
      const group = image < anomalies ? 0 : 1;
      counts[group]![levels[exchanged]![image]!]! += 1;
      counts[2 + group]![levels[1 - exchanged]![image]!]! += 1;
    }
    return aurocOfCounts(counts[0]!, counts[1]!) - aurocOfCounts(counts[2]!, counts[3]!);
  };
  const observed = difference();
  let asFar = 0;
  for (let i = 0; i < permutations; i++) {
    for (let cluster = 0; cluster < exchange.length; cluster++) exchange[cluster] = Number(random.uniform() < 0.5);
    if (Math.abs(difference()) >= Math.abs(observed) - 1e-12) asFar++;
  }
  return { difference: observed, p: (asFar + 1) / (permutations + 1) };
}

/** Rank of every image among all, the anomalous ones first; equal scores share their mean rank. */
function ranksOf({ anomalous, normal }: ScoredPair): Float64Array {
  checkScores('anomalous', anomalous);
  checkScores('normal', normal);
  const scores: Scores = Float64Array.from([...anomalous, ...normal]);
  const { levels, count } = scoreLevels(scores);
  const sizes = new Int32Array(count);
  for (const level of levels[0]!) sizes[level]! += 1;
  let below = 0;
  const ranks = Float64Array.from(sizes, (size) => {
    below += size;
    return below - (size - 1) / 2;
  });
  return Float64Array.from(levels[0]!, (level) => ranks[level]!);
}

/** The cluster of every image, the anomalous ones first. */
function clustersOf(anomalies: number, normals: number, patients: PairPatients | undefined) {
  const ofPatient = new Map<string, number>();
  let count = 0;
  const of = Int32Array.from({ length: anomalies + normals }, (_, image) => {
    const patient = image < anomalies ? patients?.anomalous[image] : patients?.normal[image - anomalies];
    const known = patient === undefined ? undefined : ofPatient.get(patient);
    if (known !== undefined) return known;
    if (patient !== undefined) ofPatient.set(patient, count);
    return count++;
  });
  return { of, count };
}

// Two runs compared on the same images, such as before and after a network was trained again without what was rejected.
import type { ScoreDifference } from '../../src-preload/schemas/catalog.ts';
import type { Filter, ScoreName } from '../../src-preload/schemas/image.ts';
import type { RunDetail } from '../../src-preload/schemas/run.ts';
import { Problem } from '../platform/errors.ts';
import { anomalyScores } from '../scoring/families/anomaly.ts';
import { describeScore } from '../scoring/families.ts';
import { quantile } from '../statistics/quantile.ts';
import type { Asked, Pair } from './asked.ts';
import { differencesOf, groupsOf, pairsOf } from './judgement.ts';
import { ranked } from './ranked.ts';
import { type ReferenceNormals, referenceNormals } from './reference-normals.ts';

/** What a score is of the validation normals that both runs have scored. */
export interface OfNormals {
  readonly median: number;
  /** 95th percentile. */
  readonly upper: number;
}

export interface ComparedScore {
  readonly score: string;
  /** Pair by pair; `first` is after, `second` before. p by Holm over the pairs; null with fewer than two images of a kind. */
  readonly differences: readonly (ScoreDifference | null)[];
  /** Mean AUROC over the pairs that could be compared; null for none. */
  readonly mean: { readonly before: number; readonly after: number } | null;
  readonly normals: { readonly images: number; readonly before: OfNormals; readonly after: OfNormals };
}

export interface BeforeAfter {
  readonly before: RunDetail;
  readonly after: RunDetail;
  readonly pairs: readonly Pair[];
  /** Those that both runs have, in the order of the later one. */
  readonly scores: readonly ComparedScore[];
  /** The share of the validation normals whose p-value is 0.05 or less: about 0.05 where the calibration holds. Null without `anomaly`. */
  readonly alarms: { readonly before: number; readonly after: number } | null;
  readonly referenceNormals: readonly ReferenceNormals[];
}

/** A normal whose p-value is this or less is a false alarm. */
export const alarmLevel = 0.05;

/** Throws `missing` for runs that share no score, for kinds that are not there, and without normals that both have scored. */
export async function compareRuns(
  workbench: Asked,
  { before, after }: Pick<BeforeAfter, 'before' | 'after'>,
  restriction: Filter,
  baseline: string,
  exceptions: ReadonlyMap<string, string>,
): Promise<BeforeAfter> {
  const earlier = new Map(before.scores.map((name) => [name.score, name]));
  const shared = after.scores.flatMap((name) => {
    const other = earlier.get(name.score);
    return other === undefined ? [] : [{ first: name, second: other }];
  });
  const common = shared.filter(({ first }) => describeScore(first.score)?.score.abnormal !== 'low');
  if (common.length === 0) {
    throw new Problem('missing', { what: 'score of both runs', name: `run ${before.run.id} and run ${after.run.id}` });
  }
  const within: Filter = { ...restriction, score: { name: common[0]!.first } };
  const pairs = await pairsOf(workbench, within, baseline, exceptions);
  const groups = groupsOf(pairs, within);
  const normal = { ...restriction, kinds: [...new Set(pairs.map((pair) => pair.normal))] };
  const scores: ComparedScore[] = [];
  for (const { first, second } of common) {
    const differences = await differencesOf(workbench, first, second, groups);
    scores.push({
      score: first.score,
      differences,
      mean: meanOf(differences),
      normals: summary(await valuesOfBoth(workbench, first, second, normal)),
    });
  }
  const p = shared.find(({ first }) => first.score === anomalyScores.p);
  const share = (values: readonly number[]) => values.filter((value) => value <= alarmLevel).length / values.length;
  const both = p === undefined ? null : await valuesOfBoth(workbench, p.first, p.second, normal);
  return {
    before,
    after,
    pairs,
    scores,
    alarms: both && { before: share(both.second), after: share(both.first) },
    referenceNormals: await referenceNormals(workbench, [before.run.id, after.run.id], normal),
  };
}

function meanOf(differences: readonly (ScoreDifference | null)[]): ComparedScore['mean'] {
  const known = differences.filter((each) => each !== null);
  if (known.length === 0) return null;
  const mean = (of: (each: ScoreDifference) => number) => known.reduce((sum, each) => sum + of(each), 0) / known.length;
  return { before: mean(({ second }) => second), after: mean(({ first }) => first) };
}

/** Two scores of the images that have both, in the same order. */
async function valuesOfBoth(workbench: Asked, first: ScoreName, second: ScoreName, filter: Filter) {
  const valuesOf = async (name: ScoreName) => {
    const values = new Map<number, number>();
    for await (const { id, score } of ranked(workbench, { ...filter, score: { name } }, name, true)) {
      if (score !== null) values.set(id, score);
    }
    return values;
  };
  const [one, other] = [await valuesOf(first), await valuesOf(second)];
  const ids = [...one.keys()].filter((id) => other.has(id));
  if (ids.length === 0) throw new Problem('missing', { what: 'normal images with both scores', name: first.score });
  return { first: ids.map((id) => one.get(id)!), second: ids.map((id) => other.get(id)!) };
}

function summary(values: Awaited<ReturnType<typeof valuesOfBoth>>): ComparedScore['normals'] {
  const of = (own: readonly number[]): OfNormals => ({ median: quantile(own, 0.5), upper: quantile(own, 0.95) });
  return { images: values.first.length, before: of(values.second), after: of(values.first) };
}

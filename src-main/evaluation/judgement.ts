// Everything that `residua evaluate` finds out about the scores of some runs, before it is printed or written.
import type { Detection, ScoreDifference } from '../../src-preload/schemas/catalog.ts';
import type { Filter, ImageRow, ScoreName } from '../../src-preload/schemas/image.ts';
import { Problem } from '../platform/errors.ts';
import { describeScore } from '../scoring/families.ts';
import { holmAdjusted } from '../statistics/multiple-testing.ts';
import type { Asked, Pair } from './asked.ts';
import { ranked } from './ranked.ts';
import { type ReferenceNormals, referenceNormals } from './reference-normals.ts';

/** One score judged on every pair. `adjusted`: p by Holm over the pairs; null where there is no p. */
export interface JudgedScore {
  readonly name: ScoreName;
  readonly detections: readonly (Detection & { readonly adjusted: number | null })[];
  readonly meanAuroc: number;
  /** Against the score with the highest mean AUROC, pair by pair, p by Holm over the pairs; null for that score itself. */
  readonly differences: readonly (ScoreDifference | null)[] | null;
  /** All judged images, the most abnormal first. */
  readonly rows: readonly ImageRow[];
  readonly localisation: Localisation | null;
}

export type Localisation = Awaited<ReturnType<typeof localisationOf>>;

export interface Judgement {
  readonly pairs: readonly Pair[];
  /** In the order asked for. */
  readonly scores: readonly JudgedScore[];
  /** The one with the highest mean AUROC over the pairs. */
  readonly best: JudgedScore;
  readonly referenceNormals: readonly ReferenceNormals[];
}

/**
 * Judges `scores` on the images of `within`, all but those of our own whose low end is abnormal: conformal p-values rank as `combined` does, the other way round.
 * Throws `missing` for kinds that are not there.
 */
export async function judge(
  workbench: Asked,
  asked: readonly ScoreName[],
  within: Filter,
  baseline: string,
  exceptions: ReadonlyMap<string, string>,
): Promise<Judgement> {
  const pairs = await pairsOf(workbench, within, baseline, exceptions);
  const scores = asked.filter(({ score }) => describeScore(score)?.score.abnormal !== 'low');
  const groups = groupsOf(pairs, within);
  const { detections } = await workbench.call('statistics.detection', { scores: [...scores], groups: [...groups] });
  const means = detections.map((row) => row.reduce((sum, { auroc }) => sum + auroc, 0) / row.length);
  const highest = means.indexOf(Math.max(...means));
  const { families } = await workbench.call('scores.families', {});
  const low = new Set(
    families.flatMap(({ scores: facts }) => facts.flatMap(({ name, abnormal }) => (abnormal === 'low' ? name : []))),
  );
  const judged: JudgedScore[] = [];
  for (const [index, name] of scores.entries()) {
    const found = detections[index]!;
    const adjusted = holmOf(found.map(({ p }) => p));
    const rows: ImageRow[] = [];
    for await (const row of ranked(workbench, within, name, !low.has(name.score)))
      if (row.score !== null) rows.push(row);
    judged.push({
      name,
      detections: found.map((detection, pair) => ({ ...detection, adjusted: adjusted[pair]! })),
      meanAuroc: means[index]!,
      differences: index === highest ? null : await differencesOf(workbench, name, scores[highest]!, groups),
      rows,
      localisation: await localisationOf(workbench, name, within),
    });
  }
  const normals = { ...within, kinds: [...new Set(pairs.map(({ normal }) => normal))] };
  const reference = await referenceNormals(workbench, new Set(scores.map(({ run }) => run)), normals);
  return { pairs, scores: judged, best: judged[highest]!, referenceNormals: reference };
}

/** The images of each pair. */
export const groupsOf = (pairs: readonly Pair[], within: Filter): Groups =>
  pairs.map(({ anomalous, normal }) => ({
    anomalous: { ...within, kinds: [anomalous] },
    normal: { ...within, kinds: [normal] },
  }));

type Groups = readonly { readonly anomalous: Filter; readonly normal: Filter }[];

/** Whether `first` and `second` differ, pair by pair; p by Holm over the pairs. */
export async function differencesOf(workbench: Asked, first: ScoreName, second: ScoreName, groups: Groups) {
  const { differences } = await workbench.call('statistics.comparison', { first, second, groups: [...groups] });
  const delong = holmOf(differences.map((found) => found?.delong ?? null));
  const permutation = holmOf(differences.map((found) => found?.permutation ?? null));
  return differences.map(
    (found, pair) => found && { ...found, delong: delong[pair]!, permutation: permutation[pair]! },
  );
}

async function localisationOf(workbench: Asked, score: ScoreName, filter: Filter) {
  const { images, summary } = await workbench.call('statistics.localisation', { score, filter });
  return summary === null ? null : { images, ...summary };
}

/** Holm over the p-values that there are. */
function holmOf(values: readonly (number | null)[]): readonly (number | null)[] {
  const adjusted = holmAdjusted(values.filter((value) => value !== null));
  let next = 0;
  return values.map((value) => (value === null ? null : adjusted[next++]!));
}

/** Every kind but the baselines, with the baseline that it is compared with. Throws `missing` when there is none. */
export async function pairsOf(
  workbench: Asked,
  filter: Filter,
  baseline: string,
  exceptions: ReadonlyMap<string, string>,
): Promise<readonly Pair[]> {
  const { kinds } = await workbench.call('images.facets', { filter });
  const known = kinds.flatMap(({ value }) => value ?? []);
  const baselines = new Set([baseline, ...exceptions.values()]);
  for (const kind of [...baselines, ...exceptions.keys()]) {
    if (!known.includes(kind)) throw new Problem('missing', { what: 'kind of images', name: kind });
  }
  const anomalous = known.filter((kind) => !baselines.has(kind)).sort();
  if (anomalous.length === 0) throw new Problem('missing', { what: 'images of another kind than', name: baseline });
  return anomalous.map((kind) => ({ anomalous: kind, normal: exceptions.get(kind) ?? baseline }));
}

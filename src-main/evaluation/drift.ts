// How a score has changed over time: a control chart of periods, and which group's distribution is another one since the baseline.
import type { Drift, DriftGroup, DriftRequest, Quantiles } from '../../src-preload/schemas/drift.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type DatedScore, datedScores } from '../catalog/tables/origins.ts';
import { ewmaChart, individualsChart } from '../statistics/control-chart.ts';
import { kolmogorovSmirnov } from '../statistics/kolmogorov-smirnov.ts';
import { falseDiscoveryAdjusted, holmAdjusted } from '../statistics/multiple-testing.ts';
import { sortedQuantile } from '../statistics/quantile.ts';
import { periodOf } from './periods.ts';

/** Fewer images on either side are no distribution. */
export const fewestImages = 20;
const mostBaselinePeriods = 12;
const mostGroups = 60;
const bins = 40;

type Dated = DatedScore & { readonly day: string };

/** The control chart and the groups of a score. */
export function driftOf(catalog: Catalog, request: DriftRequest): Drift {
  const all = datedScores(catalog, request.score, request.by, request.time);
  const dated = all.filter((each): each is Dated => each.day !== null);
  const byPeriod = Map.groupBy(dated, ({ day }) => periodOf(day, request.period));
  const periods = [...byPeriod.keys()].toSorted();
  const baselinePeriods = baselineLength(periods, request.baselineTo);
  const undated = all.length - dated.length;
  const edges = edgesOf(dated);
  if (baselinePeriods < 2 || periods.length < 2)
    return { ...{ images: dated.length, undated, edges }, baseline: null, chart: null, groups: [], others: 0 };
  const means = periods.map((period) => mean(byPeriod.get(period)!));
  const chart = (request.chart === 'ewma' ? ewmaChart : individualsChart)(means, baselinePeriods);
  const inBaseline = new Set(periods.slice(0, baselinePeriods));
  const isBefore = ({ day }: Dated) => inBaseline.has(periodOf(day, request.period));
  const before = dated.filter(isBefore);
  const days = before.map(({ day }) => day).toSorted();
  const { groups, others } = groupsOf(dated, before, isBefore, edges, request);
  return {
    ...{ images: dated.length, undated, edges, groups, others },
    baseline: {
      from: days[0]!,
      to: days.at(-1)!,
      ...{ periods: baselinePeriods, images: before.length },
    },
    chart: {
      ...{ centre: chart.centre, sigma: chart.sigma },
      points: chart.points.map((point, index) => ({
        ...{ from: periods[index]!, images: byPeriod.get(periods[index]!)!.length, mean: means[index]! },
        ...point,
      })),
    },
  };
}

/** How many of the periods, given by their first days, are the baseline. */
function baselineLength(periods: readonly string[], to: string | null): number {
  if (to === null) return Math.min(mostBaselinePeriods, Math.max(2, Math.floor(periods.length / 2)));
  return periods.filter((period) => period <= to).length;
}

const mean = (scores: readonly DatedScore[]): number =>
  scores.reduce((sum, { value }) => sum + value, 0) / scores.length;

/** Equal bins from the 0.5th to the 99.5th percentile, so that single values do not flatten all others; those fall into the outer bins. */
function edgesOf(scores: readonly DatedScore[]): Float64Array {
  if (scores.length === 0) return new Float64Array([0, 1]);
  const sorted = Float64Array.from(scores, ({ value }) => value).sort();
  const [low, high] = [sortedQuantile(sorted, 0.005), sortedQuantile(sorted, 0.995)];
  const width = (high - low || 1) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, edge) => low + edge * width);
}

function counted(sorted: Float64Array, edges: Float64Array): Uint32Array {
  const counts = new Uint32Array(edges.length - 1);
  const [low, width] = [edges[0]!, edges[1]! - edges[0]!];
  for (const value of sorted) {
    counts[Math.max(0, Math.min(counts.length - 1, Math.floor((value - low) / width)))]! += 1;
  }
  return counts;
}

function groupsOf(
  dated: readonly Dated[],
  baseline: readonly Dated[],
  isBefore: (score: Dated) => boolean,
  edges: Float64Array,
  { correction, alpha, distance: smallest }: DriftRequest,
): { readonly groups: DriftGroup[]; readonly others: number } {
  const values = (scores: readonly DatedScore[]) => Float64Array.from(scores, ({ value }) => value).sort();
  const all = values(baseline);
  const byGroup = [...Map.groupBy(dated, ({ grouping }) => grouping)].toSorted(([, a], [, b]) => b.length - a.length);
  const found = byGroup.slice(0, mostGroups).map(([group, scores]) => {
    const before = values(scores.filter(isBefore));
    const after = values(scores.filter((score) => !isBefore(score)));
    const against = before.length >= fewestImages ? ('own' as const) : ('all' as const);
    const reference = against === 'own' ? before : all;
    const tested = after.length >= fewestImages && reference.length >= fewestImages;
    const test = tested ? { against, ...kolmogorovSmirnov(reference, after) } : null;
    const histogram = { before: counted(reference, edges), after: counted(after, edges) };
    return { group, before: quantilesOf(before), after: quantilesOf(after), test, histogram };
  });
  const tests = found.flatMap(({ test }) => test ?? []);
  const adjust = correction === 'holm' ? holmAdjusted : falseDiscoveryAdjusted;
  const adjusted = new Map(adjust(tests.map(({ p }) => p)).map((p, index) => [tests[index]!, p]));
  const groups = found.map(({ test, ...group }): DriftGroup => {
    if (test === null) return { ...group, test };
    const p = adjusted.get(test)!;
    return { ...group, test: { ...test, adjusted: p, drifted: p < alpha && test.distance >= smallest } };
  });
  return { groups, others: byGroup.length - groups.length };
}

function quantilesOf(sorted: Float64Array): Quantiles | null {
  if (sorted.length === 0) return null;
  const at = (share: number) => sortedQuantile(sorted, share);
  return { images: sorted.length, p5: at(0.05), p25: at(0.25), median: at(0.5), p75: at(0.75), p95: at(0.95) };
}

// The state of a comparison: its threshold, and what the catalog says about the cohorts under it.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { methodQuery, useHost } from '../host/use-host.ts';
import { cohortColour, histogramChart, reviewChart, rocChart } from './charts.ts';

const bins = 60;
export const sliderSteps = 500;

/** Where the slider is, as a score. Exactly the limits at both ends, so that nothing is lost to rounding there. */
export const placeBetween = (low: number, high: number, step: number): number =>
  step >= sliderSteps ? high : low + ((high - low) * step) / sliderSteps;

/** The lowest threshold that calls no more than a twentieth of the normals anomalous. */
function usualThreshold(roc: Response<'statistics.roc'> | undefined): number | undefined {
  if (roc === undefined) return undefined;
  const found = roc.threshold[roc.falsePositiveRate.findLastIndex((rate) => rate <= 0.05)];
  return found === undefined || !Number.isFinite(found) ? undefined : found;
}

export interface Named {
  readonly id: number;
  readonly name: string;
}

/** `normal` against `anomalous` by one score. */
export interface Compared {
  readonly score: ScoreName;
  readonly normal: Named;
  readonly anomalous: readonly Named[];
}

export function useComparison({ score, normal, anomalous }: Compared) {
  const shown = [normal, ...anomalous];
  const cohorts = shown.map(({ id }) => id);
  const host = useHost();
  // The previous answer stays until the new one arrives, so that nothing flickers while cohorts are selected.
  const kept = { placeholderData: keepPreviousData } as const;
  const histogram = useQuery({ ...methodQuery(host, 'statistics.histogram', { score, cohorts, bins }), ...kept });
  const apart = { score, normal: normal.id, anomalous: anomalous.map(({ id }) => id) };
  const roc = useQuery({ ...methodQuery(host, 'statistics.roc', apart), ...kept });
  const review = useQuery({ ...methodQuery(host, 'statistics.review', apart), ...kept });
  const edges = histogram.data?.edges;
  const [low, high] = [edges?.[0] ?? 0, edges?.at(-1) ?? 1];
  const [set, setThreshold] = useState<number>();
  const threshold = set ?? usualThreshold(roc.data) ?? (low + high) / 2;
  const late = useDeferredValue(threshold);
  const above = useQuery({ ...methodQuery(host, 'statistics.above', { score, cohorts, threshold: late }), ...kept });
  const counts = shown.flatMap(({ id, name }, place) => {
    const counted = above.data?.counts.find(({ cohort }) => cohort === id);
    return counted === undefined ? [] : [{ ...counted, name, colour: cohortColour(place) }];
  });
  const order = cohorts.join();
  const charts = {
    histogram: useMemo(
      () => (histogram.data === undefined ? null : histogramChart(histogram.data, order.split(',').map(Number))),
      [histogram.data, order],
    ),
    roc: useMemo(() => (roc.data === undefined ? null : rocChart(roc.data)), [roc.data]),
    review: useMemo(() => (review.data === undefined ? null : reviewChart(review.data)), [review.data]),
  };
  const area = roc.data?.auroc;
  // ROC and review curve have a point for every score that occurs, in the same order.
  const point = roc.data === undefined ? -1 : roc.data.threshold.findLastIndex((value) => value >= late);
  const rates = { false: roc.data?.falsePositiveRate[point], true: roc.data?.truePositiveRate[point] };
  const looks = { looked: review.data?.looked[point], found: review.data?.found[point] };
  return {
    charts,
    histogram,
    roc,
    review,
    range: [low, high] as const,
    threshold,
    setThreshold,
    /** The threshold that counts and rates are about: a little late while it is dragged. */
    late,
    counts,
    area,
    rates,
    looks,
  };
}

// The three charts of the threshold view as data and options of uPlot.
import type uPlot from 'uplot';
import type { Response } from '../../src-preload/contract.ts';

export interface ChartData {
  readonly data: uPlot.AlignedData;
  readonly series: uPlot.Series[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Range of the horizontal axis, if it differs from that of the data. */
  readonly xRange?: readonly [number, number];
  /** What stands below the whole numbers of the horizontal axis, such as months; by default the numbers. */
  readonly xLabels?: readonly string[];
  /** The vertical axis shows the range of the values, without zero where that is far away. */
  readonly fitsY?: boolean;
  readonly bands?: uPlot.Band[];
  /** Draws steps (a histogram) instead of lines. */
  readonly steps: boolean;
  /** Names the lines below. */
  readonly legend?: boolean;
}

/** Distinguishable with any colour vision (after Okabe and Ito, light on dark); the first is for the normals. */
const palette = ['#5fb0ff', '#ff9f5a', '#7dfcb0', '#f4d35e', '#d79bff', '#ff8fa3', '#8ad5e6', '#c9c9c9'] as const;
/** Of no cohort. */
export const thresholdColour = '#ffffff';
export const cohortColour = (index: number): string => palette[index % palette.length]!;

/**
 * Shares of each cohort, so that cohorts of different size can be compared. Of the `shown` cohorts only those that were
 * counted are drawn: a histogram of an earlier selection stays until the next one arrives.
 */
export function histogramChart(
  { edges, counts, cohorts }: Response<'statistics.histogram'>,
  shown: readonly number[],
): ChartData {
  const drawn = shown.flatMap((cohort, place) => {
    const counted = counts[cohorts.indexOf(cohort)];
    return counted === undefined ? [] : [{ counted, colour: cohortColour(place) }];
  });
  const shares = drawn.map(({ counted: row }) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    // The last edge closes the last step.
    return [...Array.from(row, (count) => count / total), (row.at(-1) ?? 0) / total];
  });
  return {
    data: [Array.from(edges), ...shares],
    series: drawn.map(({ colour }) => ({ stroke: colour, fill: `${colour}33`, width: 1.5 })),
    xLabel: 'score',
    yLabel: 'fraction of the cohort',
    steps: true,
    legend: false,
  };
}

export function rocChart({ falsePositiveRate, truePositiveRate, ...band }: Response<'statistics.roc'>): ChartData {
  // Without an interval the band is the curve.
  const [lower, upper] = [band.lower, band.upper].map((bound) => (bound.length > 0 ? bound : truePositiveRate)) as [
    Float64Array,
    Float64Array,
  ];
  return {
    data: [Array.from(falsePositiveRate), Array.from(upper), Array.from(lower), Array.from(truePositiveRate)],
    series: [
      { label: 'upper', stroke: 'transparent' },
      { label: 'lower', stroke: 'transparent' },
      { label: 'true positive rate', stroke: '#e8eef4', width: 2 },
    ],
    bands: [{ series: [1, 2], fill: '#e8eef426' }],
    xLabel: 'false positive rate',
    yLabel: 'true positive rate',
    xRange: [0, 1],
    steps: false,
  };
}

export function reviewChart({ looked, found }: Response<'statistics.review'>): ChartData {
  const [all, last] = [looked.at(-1) ?? 0, found.at(-1) ?? 0];
  return {
    data: [Array.from(looked), Array.from(found), Array.from(looked, (count) => (all > 0 ? (count / all) * last : 0))],
    series: [
      { label: 'anomalies found', stroke: '#e8eef4', width: 2 },
      { label: 'in random order', stroke: '#8a97a5', dash: [4, 4] },
    ],
    xLabel: 'images reviewed',
    yLabel: 'anomalies found',
    steps: false,
  };
}

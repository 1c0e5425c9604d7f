// The charts of a score over time as data and options of uPlot, and what the control chart says in words.
import type { Request } from '../../src-preload/contract.ts';
import type { Drift, DriftGroup } from '../../src-preload/schemas/drift.ts';
import type { ChartData } from '../threshold/charts.ts';

type ControlChart = NonNullable<Drift['chart']>;
const [line, limit, centreLine, signalColour, before] = ['#5fb0ff', '#8a97a5', '#5d7183', '#ff7b72', '#c9c9c9'];
/** Signals that are named; more are counted. */
const mostNamed = 4;

/** `In control.`, or which periods are signals. */
export function signalsOf({ points }: ControlChart): string {
  const signals = points.filter(({ signal }) => signal !== null);
  if (signals.length === 0) return 'In control: no signal.';
  const named = signals
    .slice(-mostNamed)
    .map(({ from, signal }) => `${from} ${signal === 'beyond' ? 'beyond the limits' : 'eighth or later on one side'}`);
  const earlier = signals.length - named.length;
  return `${signals.length} ${signals.length === 1 ? 'signal' : 'signals'}: ${earlier > 0 ? `${earlier} earlier, ` : ''}${named.join(', ')}.`;
}

/** Points over the numbers of their periods; the first days stand below. */
export function controlChart({ chart }: Drift, { chart: kind, period, score }: Request<'drift.view'>): ChartData {
  const { points, centre } = chart!;
  const of = (value: (point: ControlChart['points'][number]) => number | null) => points.map(value);
  const dashed = { stroke: limit!, dash: [5, 4], width: 1 };
  return {
    data: [
      points.map((_, index) => index),
      of(({ upper }) => upper),
      of(({ lower }) => lower),
      of(() => centre),
      of(({ value }) => value),
      of(({ value, signal }) => (signal === null ? null : value)),
    ],
    series: [
      { label: 'upper limit', ...dashed },
      { label: 'lower limit', ...dashed },
      { label: 'centre', stroke: centreLine!, width: 1 },
      {
        label: kind === 'ewma' ? 'moving average' : 'mean',
        stroke: line!,
        width: 2,
        points: { show: true, size: 6, fill: line! },
      },
      { label: 'signal', stroke: signalColour!, width: 0, points: { show: true, size: 10, fill: signalColour! } },
    ],
    xLabel: `${period}, by its first day`,
    yLabel: score,
    xRange: [-0.5, points.length - 0.5],
    xLabels: points.map(({ from }) => (period === 'month' ? from.slice(0, 7) : from)),
    fitsY: true,
    steps: false,
    legend: true,
  };
}

/** Shares of the images per bin, before and after. */
export function shiftChart(histogram: DriftGroup['histogram'], edges: Float64Array, score: string): ChartData {
  const shares = [histogram.before, histogram.after].map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    // The last edge closes the last step.
    return [...Array.from(counts, (count) => count / total), (counts.at(-1) ?? 0) / total];
  });
  return {
    data: [Array.from(edges), ...(shares as [number[], number[]])],
    series: [
      { label: 'baseline', stroke: before!, fill: `${before}33`, width: 1.5 },
      { label: 'after', stroke: line!, fill: `${line}33`, width: 1.5 },
    ],
    xLabel: score,
    yLabel: 'fraction of the images',
    steps: true,
    legend: true,
  };
}

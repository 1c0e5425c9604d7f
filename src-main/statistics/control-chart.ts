// Control charts of one value per period: Shewhart's chart of individuals, and the exponentially weighted moving average.
import { Problem } from '../platform/errors.ts';

/** Periods in a row on one side of the centre that are a signal (Western Electric rule 4). */
const runLength = 8;
/** Weight of the newest value, and limits in standard deviations, of the moving average: NIST/SEMATECH, section 6.3.2.4. */
export const ewma = { weight: 0.2, limits: 3 } as const;
/** Expected range of two values of a normal distribution, in standard deviations. */
const d2 = 1.128;

export interface ChartPoint {
  /** What is drawn: the value itself, or the moving average. */
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** `beyond` the limits, or the last of at least eight in a `run` on one side of the centre; null: in control. */
  readonly signal: 'beyond' | 'run' | null;
}

export interface ControlChart {
  /** Mean of the baseline. */
  readonly centre: number;
  /** Standard deviation between periods: the mean moving range of the baseline, divided by 1.128. */
  readonly sigma: number;
  readonly points: readonly ChartPoint[];
}

/**
 * The chart of individuals: limits three standard deviations from the mean of the first `baseline` values, the standard deviation by their moving ranges
 * (NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, https://www.itl.nist.gov/div898/handbook/pmc/section3/pmc322.htm), and the
 * Western Electric rule of eight on one side. Throws `usage` for a baseline of fewer than two values.
 */
export function individualsChart(values: readonly number[], baseline: number): ControlChart {
  const { centre, sigma } = baselineOf(values, baseline);
  const [lower, upper] = [centre - 3 * sigma, centre + 3 * sigma];
  let side = 0;
  let length = 0;
  const points = values.map((value): ChartPoint => {
    const own = Math.sign(value - centre);
    length = own !== 0 && own === side ? length + 1 : Number(own !== 0);
    side = own;
    const signal = isBeyond(value, lower, upper) ? 'beyond' : length >= runLength ? 'run' : null;
    return { value, lower, upper, signal };
  });
  return { centre, sigma, points };
}

/**
 * The exponentially weighted moving average (Roberts 1959, Technometrics 1:239-250; NIST/SEMATECH 6.3.2.4), which finds small shifts that last.
 * It starts at the centre; its limits widen to their final width. Throws as `individualsChart`.
 */
export function ewmaChart(values: readonly number[], baseline: number): ControlChart {
  const { centre, sigma } = baselineOf(values, baseline);
  const { weight, limits } = ewma;
  let average = centre;
  const points = values.map((value, index): ChartPoint => {
    average = weight * value + (1 - weight) * average;
    const half = limits * sigma * Math.sqrt((weight / (2 - weight)) * (1 - (1 - weight) ** (2 * (index + 1))));
    const [lower, upper] = [centre - half, centre + half];
    return { value: average, lower, upper, signal: isBeyond(average, lower, upper) ? 'beyond' : null };
  });
  return { centre, sigma, points };
}

const isBeyond = (value: number, lower: number, upper: number): boolean => value < lower || value > upper;

function baselineOf(values: readonly number[], baseline: number): { readonly centre: number; readonly sigma: number } {
  const used = values.slice(0, baseline);
  if (used.length < 2)
    throw new Problem('usage', { message: 'a control chart needs a baseline of at least two periods' });
  const centre = used.reduce((sum, value) => sum + value, 0) / used.length;
  const ranges = used.slice(1).map((value, index) => Math.abs(value - used[index]!));
  return { centre, sigma: ranges.reduce((sum, range) => sum + range, 0) / ranges.length / d2 };
}

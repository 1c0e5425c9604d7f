// How long a reader takes for an image, from the times of their decisions.
import { quantile } from './quantile.ts';

/** A longer time between two decisions is a pause, not a look at an image. */
export const pauseSeconds = 300;
/** Two decisions within less are one act, or a table that was imported. */
const leastSeconds = 0.1;

/** A step of decisions of one reader. */
export interface TimedStep {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly images: number;
}

/**
 * Seconds between each decision about a single image and the decision before it, by the same reader, in the order of their times.
 * Left out: pauses of more than five minutes, times below a tenth of a second, and steps about several images, whose looks cannot be
 * told apart.
 */
export function secondsPerImage(steps: readonly TimedStep[]): readonly number[] {
  return steps.flatMap(({ at, images }, index) => {
    const before = steps[index - 1];
    if (before === undefined || images !== 1) return [];
    const seconds = (Date.parse(at) - Date.parse(before.at)) / 1000;
    return seconds >= leastSeconds && seconds <= pauseSeconds ? [seconds] : [];
  });
}

/** The median of `secondsPerImage`; null where there is none. */
export function medianSeconds(steps: readonly TimedStep[]): number | null {
  const seconds = secondsPerImage(steps);
  return seconds.length === 0 ? null : quantile(seconds, 0.5);
}

// An interval as text, and what stands in its place where there is none.

interface IntervalWords {
  readonly digits?: number;
  /** Without an interval; by default a dash. */
  readonly none?: string;
}

/** `0.52-0.97` with `to` between the bounds. */
export function intervalText(
  lower: number | null,
  upper: number | null,
  to: string,
  { digits = 2, none = '-' }: IntervalWords = {},
): string {
  return lower === null || upper === null ? none : `${lower.toFixed(digits)}${to}${upper.toFixed(digits)}`;
}

// An interval as text; a dash where there is none.

/** `0.52-0.97` with `to` between the bounds, or a dash. */
export function intervalText(lower: number | null, upper: number | null, to: string, digits = 2): string {
  return lower === null || upper === null ? '-' : `${lower.toFixed(digits)}${to}${upper.toFixed(digits)}`;
}

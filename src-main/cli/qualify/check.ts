// One thing that a qualification looked at: what was found, what is allowed, and whether that fits.

export interface Check {
  readonly name: string;
  readonly found: string;
  readonly limit: string;
  readonly passed: boolean;
}

/** A check of a number that must reach `minimum`. */
export function atLeast(name: string, value: number, minimum: number): Check {
  return { name, found: value.toFixed(2), limit: `at least ${minimum.toFixed(2)}`, passed: value >= minimum };
}

/** A check of a number that must not pass `maximum`. */
export function atMost(name: string, value: number, maximum: number, unit = ''): Check {
  const found = `${value.toPrecision(2)}${unit}`;
  return { name, found, limit: `at most ${maximum}${unit}`, passed: value <= maximum };
}

/** A check that nothing was found wrong. */
export function faultless(name: string, faults: readonly string[], found: string): Check {
  const [first, ...others] = faults;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return {
    name,
    found: first === undefined ? found : `${first}${more}`,
    limit: 'no fault',
    passed: first === undefined,
  };
}

// The standard normal distribution: tail and quantile.

/**
 * Chance that a standard normal exceeds z, to about 1e-12 relative: Marsaglia's series (2004) near the centre, the
 * continued fraction of Laplace in the tail.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z > 40) return 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let n = 3; term > (sum * Number.EPSILON) / 4; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let n = 120; n > 0; n--) fraction = z + n / fraction;
  return density / fraction;
}

/** z that a standard normal exceeds with `chance` (0 to 1, exclusive), by bisection of the tail. */
export function normalQuantile(chance: number): number {
  let low = -40;
  let high = 40;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

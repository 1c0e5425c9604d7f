// Mean and variance of a sample.

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Mean squared deviation from the mean, divided by count - `lost` degrees of freedom (1: unbiased, numpy's ddof). */
export function variance(values: ArrayLike<number>, lost: 0 | 1): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum / (values.length - lost);
}

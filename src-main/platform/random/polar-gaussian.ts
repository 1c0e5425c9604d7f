// The polar method for Gaussian numbers, as NumPy's RandomState does it.
import { correctLogarithm } from './correct-logarithm.ts';

/**
 * Two independent standard normal numbers from a source of uniform numbers in [0, 1), in the order in which NumPy's
 * legacy generator hands them out. Source: Marsaglia and Bray, "A convenient method for generating normal variables",
 * SIAM Review 6 (1964).
 */
export function polarGaussian(uniform: () => number): readonly [number, number] {
  for (;;) {
    const first = 2 * uniform() - 1;
    const second = 2 * uniform() - 1;
    const radius = first * first + second * second;
    if (radius < 1 && radius > 0) {
      const factor = Math.sqrt((-2 * correctLogarithm(radius)) / radius);
      return [factor * second, factor * first];
    }
  }
}

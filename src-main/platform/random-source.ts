// Where random numbers come from: the interface of every seeded generator.

/** A stream of random numbers. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in 0 .. n - 1. */
  integerBelow(n: number): number;
  /** Standard normal. */
  normal(): number;
}

/** `count` standard normals. */
export function normals(random: RandomSource, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

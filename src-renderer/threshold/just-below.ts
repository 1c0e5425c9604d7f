// The next smaller number: what a list of everything below a threshold ends with, since its bounds are included.

/** The greatest 64-bit number below a finite `value`. */
export function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = bits[0]! + (value > 0 ? -1n : 1n);
  return new Float64Array(bits.buffer)[0]!;
}

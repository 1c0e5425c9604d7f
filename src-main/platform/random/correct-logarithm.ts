// The natural logarithm rounded correctly, because the one of JavaScript engines is off by one unit in 3 % of polar Gaussians.

/** Fixed-point numbers with this many fraction bits, for the table below. */
const fractionBits = 160n;

/** ln(numerator / denominator) in fixed point: 2 artanh((n - d) / (n + d)) as its power series. */
function fixedLogarithm(numerator: bigint, denominator: bigint): bigint {
  let power = ((numerator - denominator) << fractionBits) / (numerator + denominator);
  const square = (power * power) >> fractionBits;
  let sum = 0n;
  for (let order = 1n; power !== 0n; order += 2n) {
    sum += power / order;
    power = (power * square) >> fractionBits;
  }
  return 2n * sum;
}

/** A fixed-point number as two doubles: 42 fraction bits, so that sums of multiples stay exact, and the rest. */
function split(value: bigint): readonly [number, number] {
  const dropped = fractionBits - 42n;
  const high = (value >> dropped) << dropped;
  const scale = 2 ** -Number(fractionBits);
  return [Number(high) * scale, Number(value - high) * scale];
}

/** ln(1 + j / 64) for j = 0 … 64, in two parts. */
const table = Array.from({ length: 65 }, (_, j) => split(fixedLogarithm(BigInt(64 + j), 64n)));
const [ln2High, ln2Low] = table[64]!;

const bits = new DataView(new ArrayBuffer(8));

/**
 * ln(x) for a normal, positive, finite double, rounded to the nearest double (error below 0.5001 units in the last
 * place). x = 2^k m with 1 <= m < 2, and c = 1 + j/64 nearest to m: ln x = k ln 2 + ln c + 2 artanh((m - c) / (m + c)),
 * with the leading terms in double-double arithmetic (Dekker, "A floating-point technique for extending the available
 * precision", Numerische Mathematik 18, 1971).
 */
export function correctLogarithm(x: number): number {
  bits.setFloat64(0, x);
  const top = bits.getUint32(0);
  const exponent = (top >>> 20) - 1023;
  bits.setUint32(0, (top & 0xfffff) | 0x3ff00000);
  const mantissa = bits.getFloat64(0);
  const j = Math.round((mantissa - 1) * 64);
  const center = 1 + j / 64;
  const [centerHigh, centerLow] = table[j]!;

  const numerator = mantissa - center;
  const denominator = mantissa + center;
  const denominatorRest = sumRest(mantissa, center, denominator);
  const ratio = numerator / denominator;
  const product = ratio * denominator;
  const productError = productRest(ratio, denominator, product);
  const ratioRest = (numerator - product - productError - ratio * denominatorRest) / denominator;

  const square = ratio * ratio;
  const series = 2 * ratio * square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square / 11))));
  const base = exponent * ln2High + centerHigh;
  const high = base + 2 * ratio;
  return high + (sumRest(base, 2 * ratio, high) + (exponent * ln2Low + centerLow + 2 * ratioRest + series));
}

/** What the rounded sum of a and b lost (Knuth's two-sum). */
function sumRest(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** What the rounded product of a and b lost (Dekker, with Veltkamp's splitting into 26 bits). */
function productRest(a: number, b: number, product: number): number {
  const aHigh = a * 134217729 - (a * 134217729 - a);
  const bHigh = b * 134217729 - (b * 134217729 - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

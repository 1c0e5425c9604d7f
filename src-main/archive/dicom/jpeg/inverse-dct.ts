// The 8x8 inverse DCT in integers, bit for bit as the reference JPEG decoder's accurate method.

/**
 * The factors of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11 multiplications", 1989)
 * with 13 bits behind the point.
 */
const FRACTION = 13;
const fixed = (factor: number) => Math.round(factor * 2 ** FRACTION);
const rotate6 = { sum: fixed(0.5411961), low: fixed(0.765366865), high: fixed(-1.847759065) };
const odd = {
  all: fixed(1.175875602),
  x7: fixed(0.298631336),
  x5: fixed(2.053119869),
  x3: fixed(3.072711026),
  x1: fixed(1.50132111),
  x71: fixed(-0.899976223),
  x53: fixed(-2.562915447),
  x73: fixed(-1.96157056),
  x51: fixed(-0.390180644),
};
/** Extra bits kept between the two passes; one only, so that 12-bit samples stay within 32 bits. */
const BETWEEN = 1;

/** One pass over the eight values at `at`, `at + step`, ...; results are divided by 2^shift and rounded half up. */
function pass(values: Float64Array, at: number, step: number, shift: number): void {
  const x = (index: number) => values[at + index * step]!;
  const [x0, x1, x2, x3, x4, x5, x6, x7] = [x(0), x(1), x(2), x(3), x(4), x(5), x(6), x(7)];
  const z26 = (x2 + x6) * rotate6.sum;
  const even2 = z26 + x6 * rotate6.high;
  const even3 = z26 + x2 * rotate6.low;
  const even0 = (x0 + x4) * 2 ** FRACTION;
  const even1 = (x0 - x4) * 2 ** FRACTION;
  const all = (x7 + x3 + x5 + x1) * odd.all;
  const z71 = (x7 + x1) * odd.x71;
  const z53 = (x5 + x3) * odd.x53;
  const z73 = (x7 + x3) * odd.x73 + all;
  const z51 = (x5 + x1) * odd.x51 + all;
  const odds = [x1 * odd.x1 + z71 + z51, x3 * odd.x3 + z53 + z73, x5 * odd.x5 + z53 + z51, x7 * odd.x7 + z71 + z73];
  const evens = [even0 + even3, even1 + even2, even1 - even2, even0 - even3];
  const scale = 2 ** shift;
  for (let index = 0; index < 4; index++) {
    values[at + index * step] = Math.floor((evens[index]! + odds[index]!) / scale + 0.5);
    values[at + (7 - index) * step] = Math.floor((evens[index]! - odds[index]!) / scale + 0.5);
  }
}

const work = new Float64Array(64);

/** Dequantized coefficients (row * 8 + column) -> samples of `precision` bits, clamped. */
export function inverseDct(coefficients: Int32Array, samples: Uint16Array, precision: number): void {
  work.set(coefficients);
  for (let column = 0; column < 8; column++) pass(work, column, 8, FRACTION - BETWEEN);
  for (let row = 0; row < 8; row++) pass(work, row * 8, 1, FRACTION + BETWEEN + 3);
  const center = 2 ** (precision - 1);
  const highest = 2 ** precision - 1;
  for (let index = 0; index < 64; index++) samples[index] = Math.max(0, Math.min(highest, work[index]! + center));
}

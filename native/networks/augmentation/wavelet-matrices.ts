// The linear steps of StyleGAN2-ADA's augmentation along one image axis as matrices: padding, resampling, band filters.

/** Daubechies wavelets of least asymmetry with two and six vanishing moments (Daubechies 1992, table 6.3), sum sqrt(2). */
const sym2 = [-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025];
const sym6 = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148,
];

/** A matrix, row-major; rows are outputs. */
export interface AxisMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** The low-pass filter, normalised to sum 1. */
const lowPass = sym6.map((tap) => tap / Math.SQRT2);
/** Pixels beyond each side of the image that the low-pass filter needs at its output. */
export const filterMargin = lowPass.length / 4;

/** Position `at` of a signal of `length` that is mirrored at the centres of its outermost samples, again and again. */
function mirror(at: number, length: number): number {
  const period = Math.max(1, 2 * (length - 1));
  const folded = ((at % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/**
 * Mirrors `margin` samples at each side, then doubles the sampling rate: [2 (length + 2 margin), length] (published
 * `pad(mode='reflect')` and `upsample2d`).
 */
export function raiseMatrix(length: number, margin: number): AxisMatrix {
  const padded = length + 2 * margin;
  const matrix = empty(2 * padded, length);
  // Convolution of the samples and the zeros between them, with six of the twelve taps before each output.
  const before = lowPass.length / 2;
  for (let row = 0; row < matrix.rows; row++) {
    for (const [k, tap] of lowPass.entries()) {
      const place = row - before + (lowPass.length - 1 - k);
      if (place < 0 || place >= matrix.rows || place % 2 !== 0) continue;
      matrix.data[row * length + mirror(place / 2 - margin, length)]! += 2 * tap;
    }
  }
  return matrix;
}

/** Halves the sampling rate and drops the filter's margin: [length, 2 (length + 2 filterMargin)] (`downsample2d`). */
export function lowerMatrix(length: number): AxisMatrix {
  const matrix = empty(length, 2 * (length + 2 * filterMargin));
  for (let row = 0; row < length; row++) {
    for (const [k, tap] of lowPass.entries()) matrix.data[row * matrix.columns + 2 * row + k + 1]! += tap;
  }
  return matrix;
}

/** How many frequency bands an image is split into. */
export const bandCount = 4;

/**
 * The band filters with mirrored borders, each [length, length]: an orthogonal filter bank, lowest band first. Their sum
 * is the identity.
 */
export function bandMatrices(length: number): readonly AxisMatrix[] {
  return filterBank().map((taps) => {
    const matrix = empty(length, length);
    const reach = (taps.length - 1) / 2;
    for (let row = 0; row < length; row++) {
      for (const [k, tap] of taps.entries()) matrix.data[row * length + mirror(row + k - reach, length)]! += tap;
    }
    return matrix;
  });
}

/** Taps of each band: every split halves the lowest band, its filters stretched by zeros between the taps. */
function filterBank(): readonly (readonly number[])[] {
  const high = sym2.map((tap, i) => (i % 2 === 0 ? tap : -tap));
  const power = (taps: readonly number[]) => convolve(taps, taps.toReversed()).map((tap) => tap / 2);
  const [lowPower, highPower] = [power(sym2), power(high)];
  let bands: number[][] = Array.from({ length: bandCount }, (_, band) => [band === 0 ? 1 : 0]);
  for (let split = 1; split < bandCount; split++) {
    bands = bands.map((taps) => {
      const stretched = taps.flatMap((tap, i) => (i === taps.length - 1 ? [tap] : [tap, 0]));
      return convolve(stretched, lowPower);
    });
    const band = bands[split]!;
    const start = (band.length - highPower.length) / 2;
    for (const [i, tap] of highPower.entries()) band[start + i]! += tap;
  }
  return bands;
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  const result = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) result[i + j]! += x * y;
  return result;
}

const empty = (rows: number, columns: number): AxisMatrix => ({
  rows,
  columns,
  data: new Float64Array(rows * columns),
});

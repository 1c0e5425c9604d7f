// What the acquisition of an image left in it, in four numbers: how sharp, how noisy, how much contrast, how bright.

/** Fewer normals do not tell what is usual. */
export const fewestNormals = 5;

/** Grey levels 0..255, [side, side], rows from the top. */
export interface GreySquare {
  readonly side: number;
  readonly levels: Float32Array;
}

export interface AcquisitionMeasures {
  /** Logarithm of the variance of the Laplacian over the variance of the levels: falls with blur, whatever the contrast. */
  readonly sharpness: number;
  /** Logarithm of the noise's standard deviation in levels (Immerkaer 1996), of those places where least else is going on. */
  readonly noise: number;
  /** Logarithm of the span between the 5th and the 95th percentile of the levels. */
  readonly contrast: number;
  /** Median of the levels. */
  readonly exposure: number;
}

/** Keeps logarithms of nothing finite: far below a level. */
const least = 1e-3;

/** To be raised when the same image gives other measures: those that are kept are then measured again. */
export const measuresVersion = 1;

/** Measures an image of at least 8 x 8. An image of one level has the least sharpness, noise and contrast that there are. */
export function measureAcquisition({ side, levels }: GreySquare): AcquisitionMeasures {
  const sorted = levels.toSorted();
  const percentile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const laplacian = convolved(levels, side, laplacianKernel);
  return {
    sharpness: Math.log((varianceOf(laplacian) + least) / (varianceOf(levels) + least)),
    noise: Math.log(noiseDeviation(levels, side) + least),
    contrast: Math.log(percentile(0.95) - percentile(0.05) + least),
    exposure: percentile(0.5),
  };
}

const laplacianKernel = [0, 1, 0, 1, -4, 1, 0, 1, 0] as const;
/** Difference of two Laplacians: blind to edges and slopes, so that noise is what is left (Immerkaer 1996). */
const noiseKernel = [1, -2, 1, -2, 4, -2, 1, -2, 1] as const;
/** Standard deviation of the answer of the noise kernel to noise of standard deviation 1. */
const noiseGain = 6;
/** Squares of so many pixels tell whether little else is going on. */
const blockSide = 8;

/** The lower quartile over blocks of the noise in them: a structure spoils some blocks, noise is in all. */
function noiseDeviation(levels: Float32Array, side: number): number {
  const answers = convolved(levels, side, noiseKernel);
  const inner = side - 2;
  const blocks: number[] = [];
  for (let top = 0; top + blockSide <= inner; top += blockSide) {
    for (let left = 0; left + blockSide <= inner; left += blockSide) {
      const square = blockOf(answers, inner, top, left);
      // Background that was set to one level has no noise to measure.
      if (square.some((value) => value !== 0)) blocks.push(meanMagnitude(square));
    }
  }
  if (blocks.length === 0) return 0;
  blocks.sort((a, b) => a - b);
  return (blocks[Math.floor(blocks.length / 4)]! * Math.sqrt(Math.PI / 2)) / noiseGain;
}

function blockOf(values: Float32Array, stride: number, top: number, left: number): readonly number[] {
  const square: number[] = [];
  for (let row = top; row < top + blockSide; row++)
    for (let column = left; column < left + blockSide; column++) square.push(values[row * stride + column]!);
  return square;
}

const meanMagnitude = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;

/** A 3 x 3 kernel at every place where it fits: [side - 2, side - 2]. */
function convolved(levels: Float32Array, side: number, kernel: readonly number[]): Float32Array {
  const inner = side - 2;
  const result = new Float32Array(inner * inner);
  for (let row = 0; row < inner; row++) {
    for (let column = 0; column < inner; column++) {
      let sum = 0;
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 3; x++) sum += kernel[y * 3 + x]! * levels[(row + y) * side + column + x]!;
      result[row * inner + column] = sum;
    }
  }
  return result;
}

function varianceOf(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value ** 2;
  }
  const mean = sum / values.length;
  return Math.max(0, squares / values.length - mean ** 2);
}

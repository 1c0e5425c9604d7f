// Resizes images with the arithmetic of Pillow (libImaging Resample.c), so that results equal the published tools'.

/** Filters by their names in Pillow. */
export type Filter = 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

interface Kernel {
  /** Half width at scale 1. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** Keys' cubic convolution with a = -0.5 (Catmull-Rom). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

const kernels: { readonly [F in Filter]: Kernel } = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** For every output position: the first input position and the weights (sum 1) of it and the ones after it. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

function tapsFor(from: number, to: number, filter: Filter): Taps {
  const { support: reach, weight } = kernels[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = reach * stretch;
  const first = new Int32Array(to);
  const weights = Array.from({ length: to }, (_, position) => {
    const center = (position + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(from, Math.trunc(center + support + 0.5));
    first[position] = low;
    const taps = new Float64Array(high - low);
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) {
      taps[tap] = weight((tap + low - center + 0.5) * (1 / stretch));
      sum += taps[tap]!;
    }
    if (sum !== 0) for (let tap = 0; tap < taps.length; tap++) taps[tap] = taps[tap]! / sum;
    return taps;
  });
  return { first, weights };
}

/** Bits behind the point in the 8-bit passes: 32 bits less 8 for the sample and 2 for the negative lobes. */
const FRACTION_BITS = 22;

function toFixedPoint(taps: Taps): Taps {
  const one = 2 ** FRACTION_BITS;
  return { ...taps, weights: taps.weights.map((row) => row.map((w) => Math.trunc(w * one + (w < 0 ? -0.5 : 0.5)))) };
}

interface Axis {
  /** Positions along the resampled axis, before and after. */
  readonly from: number;
  readonly to: number;
  /** Samples between two neighbours along it. */
  readonly stride: number;
  /** How many lines run along it: `outer` groups of `stride` neighbouring lines. */
  readonly outer: number;
}

/** One pass along one axis; `rounded` turns a weighted sum into a sample. */
function pass<A extends Uint8Array | Float32Array>(input: A, output: A, axis: Axis, taps: Taps, start: number): A {
  const { from, to, stride, outer } = axis;
  const fixed = output instanceof Uint8Array;
  for (let group = 0; group < outer; group++) {
    for (let position = 0; position < to; position++) {
      const weights = taps.weights[position]!;
      const source = (group * from + taps.first[position]!) * stride;
      const target = (group * to + position) * stride;
      for (let line = 0; line < stride; line++) {
        let sum = start;
        for (let tap = 0, at = source + line; tap < weights.length; tap++, at += stride)
          sum += input[at]! * weights[tap]!;
        output[target + line] = fixed ? clip8(sum) : sum;
      }
    }
  }
  return output;
}

function clip8(sum: number): number {
  const level = Math.floor(sum / 2 ** FRACTION_BITS);
  return Math.max(0, Math.min(255, level));
}

/**
 * Resizes [height, width, channels] samples to `newHeight` x `newWidth`: across first, then down, as Pillow does.
 * Uint8Array samples go through 22-bit fixed point with rounding after each pass (Pillow modes L and RGB),
 * Float32Array samples through double sums (mode F). An axis that keeps its length is left untouched.
 */
export function resample<A extends Uint8Array | Float32Array>(
  samples: A,
  width: number,
  height: number,
  channels: number,
  newWidth: number,
  newHeight: number,
  filter: Filter,
): A {
  const fixed = samples instanceof Uint8Array;
  const start = fixed ? 2 ** (FRACTION_BITS - 1) : 0;
  const prepare = (from: number, to: number) => {
    const taps = tapsFor(from, to, filter);
    return fixed ? toFixedPoint(taps) : taps;
  };
  const empty = (length: number) => (fixed ? new Uint8Array(length) : new Float32Array(length)) as A;
  let result = samples;
  if (newWidth !== width) {
    const axis = { from: width, to: newWidth, stride: channels, outer: height };
    result = pass(result, empty(height * newWidth * channels), axis, prepare(width, newWidth), start);
  }
  if (newHeight !== height) {
    const axis = { from: height, to: newHeight, stride: newWidth * channels, outer: 1 };
    result = pass(result, empty(newHeight * newWidth * channels), axis, prepare(height, newHeight), start);
  }
  return result;
}

// The Wasserstein distance of the grey values in every window of an image, by sliding histograms.
import type { GreyImage } from '../platform/grey-image.ts';
import type { WindowSums } from './sliding-window.ts';

/*
 * In a window of n pixels let h(t) be the number of original pixels of grey level t minus that of reconstruction
 * pixels, and D(t) = h(0) + … + h(t). The distance times n is the sum of |D(t)|, which is twice the sum of the positive
 * D(t) minus the sum of all D(t); the latter is just the sum of (reconstruction - original) over the window.
 *
 * Moving a window one to the right changes h by the column that enters minus the column that leaves. These steps are
 * kept for every position; a new row of pixels, and the one that leaves, change a few of their entries. What remains is to
 * add a step to h and sum up the positive D, for every position and level. To halve that work the grey range is folded: bin
 * b holds level b in the low half of a 32-bit integer and level b + bins in the high half, so that one addition serves both.
 */

/** How grey levels lie in the 32-bit bins: in two lanes of 16 bits, or in one when a window is too large for that. */
interface Lanes {
  readonly two: boolean;
  readonly bins: number;
  /** Bin of each grey value. */
  readonly bin: Int32Array;
  /** What one pixel of each grey value adds to its bin: 1 in its lane. */
  readonly unit: Int32Array;
  /** What one pixel of each grey value adds to D at the start of the high lane: 1 there for the values of the low lane. */
  readonly carry: Int32Array;
}

/** Changes from the window one to the left, for every position in a row; position 0 holds the window itself. */
interface Steps {
  /** Changes of h: `histogram[position * bins + bin]`. */
  readonly histogram: Int32Array;
  /** Changes of D at the start of the high lane. */
  readonly carry: Int32Array;
  /** Changes of the sum of (reconstruction - original). */
  readonly surplus: Int32Array;
}

/** Largest window whose D fits one of two lanes: 14 bits and a sign. */
const twoLanePixels = 0x3fff;

/** Sum over grey levels of |D| in every window of `patchSize` x `patchSize` pixels at stride 1: n times scipy's distance. */
export function wassersteinSums(original: GreyImage, reconstruction: GreyImage, patchSize: number): WindowSums {
  const width = original.width - patchSize + 1;
  const height = original.height - patchSize + 1;
  const pixels = patchSize * patchSize;
  const lanes = layOut(original, reconstruction, pixels);
  const steps: Steps = {
    histogram: new Int32Array(width * lanes.bins),
    carry: new Int32Array(width),
    surplus: new Int32Array(width),
  };
  const sums = new Float64Array(width * height);
  const addRow = (row: number, sign: number) => {
    const start = row * original.width;
    const end = start + original.width;
    changeSteps(steps, lanes, original.data.subarray(start, end), reconstruction.data.subarray(start, end), sign);
  };
  for (let row = 0; row < patchSize - 1; row++) addRow(row, 1);
  for (let row = 0; row < height; row++) {
    addRow(row + patchSize - 1, 1);
    if (row > 0) addRow(row - 1, -1);
    const rowSums = sums.subarray(row * width, (row + 1) * width);
    if (lanes.two) sumRowInTwoLanes(steps, lanes.bins, pixels, rowSums);
    else sumRowInOneLane(steps, lanes.bins, rowSums);
  }
  return { width, height, pixels, sums };
}

function layOut(original: GreyImage, reconstruction: GreyImage, pixels: number): Lanes {
  let lowest = 255;
  let highest = 0;
  for (let pixel = 0; pixel < original.data.length; pixel++) {
    const from = original.data[pixel]!;
    const to = reconstruction.data[pixel]!;
    lowest = Math.min(lowest, from, to);
    highest = Math.max(highest, from, to);
  }
  const levels = Math.max(highest - lowest + 1, 1);
  const two = pixels <= twoLanePixels;
  const bins = two ? 2 * Math.ceil(levels / 4) : levels;
  const bin = new Int32Array(256);
  const unit = new Int32Array(256);
  const carry = new Int32Array(256);
  for (let value = lowest; value <= highest; value++) {
    const high = value - lowest >= bins;
    bin[value] = value - lowest - (high ? bins : 0);
    unit[value] = high ? 0x10000 : 1;
    carry[value] = two && !high ? 0x10000 : 0;
  }
  return { two, bins, bin, unit, carry };
}

/** Lets a row of pixels enter (`sign` 1) or leave (-1) all windows of a row. */
function changeSteps(steps: Steps, lanes: Lanes, original: Uint8Array, reconstruction: Uint8Array, sign: number): void {
  const positions = steps.carry.length;
  const patchSize = original.length - positions + 1;
  for (let column = 0; column < original.length; column++) {
    const from = original[column]!;
    const to = reconstruction[column]!;
    if (from === to) continue;
    changeStep(steps, lanes, Math.max(column - patchSize + 1, 0), from, to, sign);
    if (column + 1 < positions) changeStep(steps, lanes, column + 1, from, to, -sign);
  }
}

function changeStep(steps: Steps, lanes: Lanes, position: number, from: number, to: number, sign: number): void {
  const start = position * lanes.bins;
  steps.histogram[start + lanes.bin[from]!]! += sign * lanes.unit[from]!;
  steps.histogram[start + lanes.bin[to]!]! -= sign * lanes.unit[to]!;
  steps.carry[position]! += sign * (lanes.carry[from]! - lanes.carry[to]!);
  steps.surplus[position]! += sign * (to - from);
}

/**
 * Slides along one row of positions, two lanes at once. D is kept with a bias of 2^14 in each lane, so that no lane borrows
 * from the other and bit 14 tells whether D is negative. Two bins are taken at a time: their sums do not wait for each other.
 */
function sumRowInTwoLanes(steps: Steps, bins: number, pixels: number, sums: Float64Array): void {
  const { histogram: changes } = steps;
  const histogram = new Int32Array(bins);
  /** So many bins, even and odd ones summed up apart, cannot overflow a lane of a sum. */
  const section = 2 * Math.floor(0xffff / pixels);
  let surplus = 0;
  let carry = 0;
  for (let position = 0; position < sums.length; position++) {
    surplus += steps.surplus[position]!;
    carry += steps.carry[position]!;
    const start = position * bins;
    let cumulative = (0x40004000 + carry) | 0;
    let positive = 0;
    for (let from = 0; from < bins; from += section) {
      const end = Math.min(from + section, bins);
      let evenSum = 0;
      let oddSum = 0;
      for (let bin = from; bin < end; bin += 2) {
        const even = (histogram[bin]! + changes[start + bin]!) | 0;
        histogram[bin] = even;
        cumulative = (cumulative + even) | 0;
        const evenSign = cumulative & 0x40004000;
        evenSum = (evenSum + (cumulative & (evenSign - (evenSign >>> 14)))) | 0;
        const odd = (histogram[bin + 1]! + changes[start + bin + 1]!) | 0;
        histogram[bin + 1] = odd;
        cumulative = (cumulative + odd) | 0;
        const oddSign = cumulative & 0x40004000;
        oddSum = (oddSum + (cumulative & (oddSign - (oddSign >>> 14)))) | 0;
      }
      positive += (evenSum & 0xffff) + (evenSum >>> 16) + (oddSum & 0xffff) + (oddSum >>> 16);
    }
    sums[position] = 2 * positive - surplus;
  }
}

/** The same for windows of any size, one grey level to a bin. */
function sumRowInOneLane(steps: Steps, bins: number, sums: Float64Array): void {
  const histogram = new Int32Array(bins);
  for (let position = 0; position < sums.length; position++) {
    const start = position * bins;
    let cumulative = 0;
    let area = 0;
    for (let bin = 0; bin < bins; bin++) {
      histogram[bin]! += steps.histogram[start + bin]!;
      cumulative += histogram[bin]!;
      area += Math.abs(cumulative);
    }
    sums[position] = area;
  }
}

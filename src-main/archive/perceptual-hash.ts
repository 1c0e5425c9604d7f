// A 64-bit fingerprint that small changes of an image (scaling, compression, brightness) leave nearly alone.
import type { DecodedImage } from './decoded-image.ts';

const side = 32;
const kept = 8;

/** Rows of the DCT-II of 32 samples for the 8 lowest frequencies, one after the other. */
const cosines = Float64Array.from({ length: kept * side }, (_, index) =>
  Math.cos((Math.PI * Math.floor(index / side) * (2 * (index % side) + 1)) / (2 * side)),
);

/**
 * 16 hexadecimal digits: for each of the 8x8 lowest frequencies (DCT of the image at 32x32) one bit, whether it lies
 * above their median (the method known as pHash, Zauner 2010). Images are near-duplicates when few bits differ.
 * Brightness and contrast change no bit, so stored values serve as they are, turned for MONOCHROME1.
 */
export function perceptualHash(image: DecodedImage): string {
  const frequencies = lowFrequencies(shrink(image));
  // The mean brightness says nothing about the picture.
  const sorted = frequencies.slice(1).sort();
  const median = sorted[sorted.length >> 1]!;
  let hash = '';
  for (let first = 0; first < frequencies.length; first += 4) {
    let digit = 0;
    for (let index = first; index < first + 4; index++) {
      digit = 2 * digit + (index > 0 && frequencies[index]! > median ? 1 : 0);
    }
    hash += digit.toString(16);
  }
  return hash;
}

/** The DCT-II of [32, 32] values at its 8x8 lowest frequencies: of every row first, then of what these give downwards. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(kept * side);
  for (let across = 0; across < kept; across++) {
    for (let row = 0; row < side; row++) rows[across * side + row] = product(grey, row, across);
  }
  const frequencies = new Float64Array(kept * kept);
  for (let down = 0; down < kept; down++) {
    for (let across = 0; across < kept; across++) frequencies[down * kept + across] = product(rows, across, down);
  }
  return frequencies;
}

/** The sum of line `line` of `values`, 32 of them, times cosines of a frequency. */
function product(values: Float64Array, line: number, frequency: number): number {
  let sum = 0;
  for (let at = 0; at < side; at++) sum += values[line * side + at]! * cosines[frequency * side + at]!;
  return sum;
}

/** Rows of one field that are looked at: more would not change its mean by a bit's worth. */
const rowsPerField = 4;

/**
 * Means of the samples in 32 x 32 fields, of evenly spread rows in large images; a field without a sample (of a smaller
 * image) and values that are not finite count as 0.
 */
function shrink({ samples, width, height, channels, photometric, rescale }: DecodedImage): Float64Array {
  const sums = new Float64Array(side * side);
  const counts = new Float64Array(side * side);
  const sign = (photometric === 'MONOCHROME1' ? -1 : 1) * (rescale.slope < 0 ? -1 : 1);
  const borders = Int32Array.from({ length: side + 1 }, (_, field) => Math.ceil((field * width) / side) * channels);
  const step = Math.max(1, Math.floor(height / (side * rowsPerField)));
  const rowLength = width * channels;
  // One kind of array for the sums below, whatever the samples are: that is most of their time.
  const values = new Float64Array(rowLength);
  for (let row = 0; row < height; row += step) {
    values.set(samples.subarray(row * rowLength, (row + 1) * rowLength));
    addFields(values, borders, sums, counts, Math.floor((row * side) / height) * side);
  }
  return sums.map((sum, field) => (counts[field] === 0 ? 0 : (sign * sum) / counts[field]!));
}

/** Adds what one row holds between the borders to the 32 fields that begin at `line`. */
function addFields(
  values: Float64Array,
  borders: Int32Array,
  sums: Float64Array,
  counts: Float64Array,
  line: number,
): void {
  for (let field = 0; field < side; field++) {
    const start = borders[field]!;
    const end = borders[field + 1]!;
    let sum = 0;
    for (let at = start; at < end; at++) sum += values[at]!;
    if (Number.isFinite(sum)) sums[line + field]! += sum;
    counts[line + field]! += end - start;
  }
}

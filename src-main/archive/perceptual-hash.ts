// A 64-bit fingerprint that small changes of an image (scaling, compression, brightness) leave nearly alone.
import type { DecodedImage } from './decoded-image.ts';

const side = 32;
const kept = 8;

/** Rows of the DCT-II of 32 samples for the 8 lowest frequencies. */
const cosines = Array.from({ length: kept }, (_, frequency) =>
  Float64Array.from({ length: side }, (_, at) => Math.cos((Math.PI * frequency * (2 * at + 1)) / (2 * side))),
);

/**
 * 16 hexadecimal digits: for each of the 8x8 lowest frequencies (DCT of the image at 32x32) one bit, whether it lies
 * above their median (the method known as pHash, Zauner 2010). Images are near-duplicates when few bits differ.
 * Brightness and contrast change no bit, so stored values serve as they are, turned for MONOCHROME1.
 */
export function perceptualHash(image: DecodedImage): string {
  const grey = shrink(image);
  const rows = cosines.map((cosine) => {
    const line = new Float64Array(side);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) line[column]! += cosine[row]! * grey[row * side + column]!;
    }
    return line;
  });
  const frequencies = rows.flatMap((line) => cosines.map((cosine) => dot(line, cosine)));
  // The mean brightness says nothing about the picture.
  const sorted = frequencies.slice(1).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1]!;
  const bits = frequencies.map((value, index) => (index > 0 && value > median ? 1 : 0));
  return Array.from({ length: 16 }, (_, digit) =>
    Number.parseInt(bits.slice(digit * 4, digit * 4 + 4).join(''), 2).toString(16),
  ).join('');
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
  const borders = Array.from({ length: side + 1 }, (_, field) => Math.ceil((field * width) / side) * channels);
  const step = Math.max(1, Math.floor(height / (side * rowsPerField)));
  for (let row = 0; row < height; row += step) {
    const start = row * width * channels;
    const line = Math.floor((row * side) / height) * side;
    for (let field = 0; field < side; field++) {
      let sum = 0;
      for (let at = borders[field]!; at < borders[field + 1]!; at++) sum += samples[start + at]!;
      if (Number.isFinite(sum)) sums[line + field]! += sum;
      counts[line + field]! += borders[field + 1]! - borders[field]!;
    }
  }
  return sums.map((sum, field) => (counts[field] === 0 ? 0 : (sign * sum) / counts[field]!));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

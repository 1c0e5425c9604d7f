// A 64-bit fingerprint that small changes of an image (scaling, compression, brightness) leave nearly alone.
import type { DecodedImage } from './decoded-image.ts';
import { toGrey8 } from './grey.ts';
import { resample } from './resample.ts';

const side = 32;
const kept = 8;

/** Rows of the DCT-II of 32 samples for the 8 lowest frequencies. */
const cosines = Array.from({ length: kept }, (_, frequency) =>
  Float64Array.from({ length: side }, (_, at) => Math.cos((Math.PI * frequency * (2 * at + 1)) / (2 * side))),
);

/**
 * 16 hexadecimal digits: for each of the 8x8 lowest frequencies (DCT of the image at 32x32) one bit, whether it lies
 * above their median (the method known as pHash, Zauner 2010). Images are near-duplicates when few bits differ.
 */
export function perceptualHash(image: DecodedImage): string {
  const grey = resample(toGrey8(image), image.width, image.height, 1, side, side, 'box');
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

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

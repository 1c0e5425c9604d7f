// The reasons why an image is anomalous, in words: few, so that a list can be filtered by them.
import type { Reason } from './family.ts';

export const wholeImage = 'unlike the normals as a whole';
export const onePlace = 'something';
export const notReconstructed = 'not reconstructed';
export const notUnusual = 'nothing unusual';

/** Measure of the acquisition -> what an image is that has less than usual of it, and one that has more. */
export const acquisitionReasons = {
  sharpness: ['blurred', 'sharpened'],
  noise: ['smoothed', 'noisy'],
  contrast: ['flat', 'of too much contrast'],
  exposure: ['too dark', 'too bright'],
} as const;

const vertical = ['upper', 'middle', 'lower'] as const;
const horizontal = ['left', 'middle', 'right'] as const;
/** More of the image than this is no place. */
const mostOfPlace = 0.3;

/**
 * What a map [side, side] of how surely each pixel is anomalous (0..1) says: something at the ninth of the image where the most
 * of it lies, or, where it marks a third of the image, the image as a whole. Left and right are those of the picture.
 */
export function reasonOfMap(map: Float32Array): Reason {
  const side = Math.sqrt(map.length);
  const ninths = new Float64Array(9);
  let marked = 0;
  for (const [at, value] of map.entries()) {
    const row = Math.floor((Math.floor(at / side) * 3) / side);
    const column = Math.floor(((at % side) * 3) / side);
    ninths[row * 3 + column]! += value;
    if (value > 0.5) marked++;
  }
  if (marked > mostOfPlace * map.length) return { reason: wholeImage, place: null };
  return { reason: onePlace, place: placeWords(ninths.indexOf(Math.max(...ninths))) };
}

/** A place that is so much farther from the normals than the usual place of the image stands out. */
const standsOut = 1.3;

/** What distances from the normals at each place of a grid [side, side] say: one place that stands out, or the image as a whole. */
export function reasonOfDistances(distances: Float32Array): Reason {
  const side = Math.sqrt(distances.length);
  const median = distances.toSorted()[distances.length >> 1]!;
  const farthest = distances.indexOf(Math.max(...distances));
  if (!(distances[farthest]! > standsOut * median)) return { reason: wholeImage, place: null };
  const row = Math.floor((Math.floor(farthest / side) * 3) / side);
  const column = Math.floor(((farthest % side) * 3) / side);
  return { reason: onePlace, place: placeWords(row * 3 + column) };
}

/** Something at a point of the image; x and y are shares of its width and height. */
export function somethingAt(x: number, y: number): Reason {
  const [row, column] = [y, x].map((share) => Math.min(2, Math.floor(3 * share))) as [number, number];
  return { reason: onePlace, place: placeWords(row * 3 + column) };
}

function placeWords(ninth: number): string {
  const [row, column] = [vertical[Math.floor(ninth / 3)]!, horizontal[ninth % 3]!];
  if (row === 'middle') return column === 'middle' ? 'in the middle' : `at the ${column}`;
  return column === 'middle' ? `at the ${row === 'upper' ? 'top' : 'bottom'}` : `at the ${row} ${column}`;
}

// Varies how an image was acquired (exposure, contrast curve, sharpness, noise), so that a localiser learns to look past it.
import type { Random } from '../../platform/random/random.ts';

/** How often an image is made softer, or sharper, or noisier. */
const share = 0.3;

/**
 * Another gain, offset and contrast curve for each image [C, side, side] in -1..1, and for some another sharpness or noise. A
 * localiser that sees only one hospital's acquisition takes every other hospital's for an anomaly (domain randomisation, Tobin
 * et al. 2017); what is wrong with an acquisition is told by the family `acquisition`.
 */
export function acquiredAnew(image: Float32Array, side: number, random: Random): Float32Array {
  const gain = 1 + 0.08 * random.gaussian();
  const offset = gain - 1 + 0.08 * random.gaussian();
  const gamma = Math.exp(0.15 * random.gaussian());
  const curve = curveOf(gamma);
  const result = image.map((value) => {
    const level = Math.min(1, Math.max(0, (value * gain + offset + 1) / 2));
    return curve[Math.round(level * (curve.length - 1))]!;
  });
  // Softer: towards the binomial mean of the neighbours; sharper: away from it.
  if (random.uniform() < share) mixWithNeighbours(result, side, random.uniform());
  if (random.uniform() < share) mixWithNeighbours(result, side, -0.7 * random.uniform());
  if (random.uniform() < share) {
    const deviation = 0.04 * random.uniform();
    const noise = random.gaussians(result.length);
    for (let at = 0; at < result.length; at++) result[at]! += deviation * noise[at]!;
  }
  for (let at = 0; at < result.length; at++) result[at] = Math.min(1, Math.max(-1, result[at]!));
  return result;
}

/** level -> 2 level^gamma - 1 at 1,025 levels from 0 to 1: finer than 8-bit images need. */
function curveOf(gamma: number): Float32Array {
  return Float32Array.from({ length: 1025 }, (_, index) => 2 * (index / 1024) ** gamma - 1);
}

/** x + amount (mean of the 3 x 3 neighbours with weights 1 2 1 - x), in place; the border repeats its last pixel. */
function mixWithNeighbours(image: Float32Array, side: number, amount: number): void {
  const rows = new Float32Array(image.length);
  for (let at = 0; at < image.length; at++) {
    const x = at % side;
    const left = x === 0 ? image[at]! : image[at - 1]!;
    const right = x === side - 1 ? image[at]! : image[at + 1]!;
    rows[at] = (left + 2 * image[at]! + right) / 4;
  }
  for (let at = 0; at < image.length; at++) {
    const y = Math.floor(at / side) % side;
    const above = y === 0 ? rows[at]! : rows[at - side]!;
    const below = y === side - 1 ? rows[at]! : rows[at + side]!;
    image[at]! += amount * ((above + 2 * rows[at]! + below) / 4 - image[at]!);
  }
}

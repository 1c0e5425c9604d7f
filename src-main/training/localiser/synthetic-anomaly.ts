// Makes an anomaly in a normal image: patches of another normal that are blended in, and soft blobs; with the mask to learn.
import type { Random } from '../../platform/random/random.ts';
import { type Plane, poissonBlend } from './poisson-blend.ts';

/** An image [C, side, side] in -1..1 with an anomaly, and how anomalous each pixel is [side, side] in 0..1. */
export interface SyntheticAnomaly {
  readonly image: Float32Array;
  readonly mask: Float32Array;
}

/** Share of the anomalies that are blobs; the others are patches. */
const blobShare = 0.25;
/** Share of the patches that come from the mirrored image: organs on the wrong side. */
const flippedShare = 0.2;
/** Differences of the levels 0..1: the mask is a logistic of them, centred here, and 0 below the least one. */
const label = { centre: 0.06, steepness: 60, least: 0.01 } as const;

/**
 * One to three anomalies in `image`. A patch of `other`, near its place of origin seven times of ten, is resized and set in by
 * Poisson editing, half of the time with mixed gradients: natural synthetic anomalies (Schlueter et al. 2022, NSA; Tan et al.
 * 2021, PII); a fifth of the patches are taken from the mirrored image. A blob lightens or darkens a soft-edged ellipse, from hair-thin to a third of the image. The mask says how
 * visible the change is at each pixel: what did not change is normal.
 */
export function syntheticAnomaly(
  image: Float32Array,
  other: Float32Array,
  { channels, side }: { readonly channels: number; readonly side: number },
  random: Random,
): SyntheticAnomaly {
  const changed = image.slice();
  const count = 1 + random.below(3);
  for (let index = 0; index < count; index++) {
    if (random.uniform() < blobShare) addBlob(changed, channels, side, random);
    else blendPatch(changed, other, channels, side, random);
  }
  for (let at = 0; at < changed.length; at++) changed[at] = Math.min(1, Math.max(-1, changed[at]!));
  return { image: changed, mask: visibleChange(image, changed, side) };
}

function blendPatch(image: Float32Array, other: Float32Array, channels: number, side: number, random: Random): void {
  const least = Math.min(6, side);
  const length = () => Math.max(least, Math.floor(within(0.06 + gamma2(random, 0.09), 0.06, 0.6) * side));
  const [height, width] = [length(), length()];
  const y = random.below(side - height + 1);
  const x = random.below(side - width + 1);
  const scale = within(1 + 0.25 * random.gaussian(), 0.6, 1.6);
  const origin = (size: number) => Math.min(Math.max(least, Math.floor(size / scale)), side);
  const [fromHeight, fromWidth] = [origin(height), origin(width)];
  const anywhere = random.uniform() < 0.3;
  const from = (place: number, size: number, fromSize: number) => {
    const near = place + (size - fromSize) / 2 + 0.08 * side * random.gaussian();
    return anywhere ? random.below(side - fromSize + 1) : Math.floor(within(near, 0, side - fromSize));
  };
  const [fromY, fromX] = [from(y, height, fromHeight), from(x, width, fromWidth)];
  const mixed = random.uniform() < 0.5;
  const flipped = random.uniform() < flippedShare;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * side * side;
    const target = cut(image, plane, side, { x, y, width, height }, width, height);
    const place = { x: flipped ? side - fromX - fromWidth : fromX, y: fromY, width: fromWidth, height: fromHeight };
    const source = cut(other, plane, side, place, width, height);
    if (flipped)
      for (let row = 0; row < height; row++) source.values.subarray(row * width, (row + 1) * width).reverse();
    const { values } = poissonBlend(target, source, mixed);
    for (let row = 0; row < height; row++) {
      image.set(values.subarray(row * width, (row + 1) * width), plane + (y + row) * side + x);
    }
  }
}

/** A rectangle of a plane, resized to `width` x `height` (bilinear, pixel centres). */
function cut(
  values: Float32Array,
  plane: number,
  side: number,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  width: number,
  height: number,
): Plane {
  const result = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const y = within(((row + 0.5) * place.height) / height - 0.5, 0, place.height - 1);
    const above = Math.floor(y);
    const down = y - above;
    const upper = plane + (place.y + above) * side + place.x;
    const lower = plane + (place.y + Math.min(above + 1, place.height - 1)) * side + place.x;
    for (let column = 0; column < width; column++) {
      const x = within(((column + 0.5) * place.width) / width - 0.5, 0, place.width - 1);
      const left = Math.floor(x);
      const right = Math.min(left + 1, place.width - 1);
      const across = x - left;
      const top = values[upper + left]! * (1 - across) + values[upper + right]! * across;
      const bottom = values[lower + left]! * (1 - across) + values[lower + right]! * across;
      result[row * width + column] = top * (1 - down) + bottom * down;
    }
  }
  return { width, height, values: result };
}

function addBlob(image: Float32Array, channels: number, side: number, random: Random): void {
  const half = () => side * 0.01 * 35 ** random.uniform();
  const [a, b] = [half(), half()];
  const angle = Math.PI * random.uniform();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [centreX, centreY] = [side * random.uniform(), side * random.uniform()];
  const amplitude = (random.uniform() < 0.5 ? -1 : 1) * (0.12 + 0.68 * random.uniform() ** 2);
  const softness = 0.15 + 0.85 * random.uniform();
  const reach = Math.ceil(Math.max(a, b) * (1 + softness)) + 1;
  const first = (centre: number) => Math.max(0, Math.floor(centre - reach));
  const last = (centre: number) => Math.min(side - 1, Math.ceil(centre + reach));
  for (let y = first(centreY); y <= last(centreY); y++) {
    for (let x = first(centreX); x <= last(centreX); x++) {
      const [dx, dy] = [x - centreX, y - centreY];
      // At least a pixel wide, so that a hair is not lost between pixels.
      const u = (dx * cos + dy * sin) / Math.max(a, 0.7);
      const v = (dy * cos - dx * sin) / Math.max(b, 0.7);
      const inside = within((1 + softness - Math.hypot(u, v)) / (2 * softness), 0, 1);
      if (inside === 0) continue;
      const change = amplitude * inside * inside * (3 - 2 * inside);
      for (let channel = 0; channel < channels; channel++) image[(channel * side + y) * side + x]! += change;
    }
  }
}

/**
 * How visible a change is at each pixel, [side, side] in 0..1: the largest difference over the channels, median-filtered
 * (5 x 5; 3 x 3 up to 64 pixels), through the logistic.
 */
export function visibleChange(before: Float32Array, after: Float32Array, side: number): Float32Array {
  const plane = side * side;
  const difference = new Float32Array(plane);
  for (let at = 0; at < before.length; at++) {
    const here = Math.abs(after[at]! - before[at]!) / 2;
    if (here > difference[at % plane]!) difference[at % plane] = here;
  }
  const mask = new Float32Array(plane);
  const reach = side > 64 ? 2 : 1;
  const window = new Float32Array((2 * reach + 1) ** 2);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const median = medianAround(difference, side, x, y, reach, window);
      if (median < label.least) continue;
      mask[y * side + x] = 1 / (1 + Math.exp(-label.steepness * (median - label.centre)));
    }
  }
  return mask;
}

/** Median of the square around a pixel, the border mirrored as SciPy does (`reflect`); 0 as soon as most of it is 0. */
function medianAround(
  values: Float32Array,
  side: number,
  x: number,
  y: number,
  reach: number,
  window: Float32Array,
): number {
  let count = 0;
  let zeros = 0;
  const enough = (window.length + 1) / 2;
  for (let dy = -reach; dy <= reach; dy++) {
    const row = mirrored(y + dy, side) * side;
    for (let dx = -reach; dx <= reach; dx++) {
      const value = values[row + mirrored(x + dx, side)]!;
      if (value === 0 && ++zeros >= enough) return 0;
      window[count++] = value;
    }
  }
  return window.sort()[(window.length - 1) / 2]!;
}

function mirrored(at: number, side: number): number {
  if (at < 0) return -at - 1;
  return at >= side ? 2 * side - at - 1 : at;
}

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Gamma distribution of shape 2. */
const gamma2 = (random: Random, scale: number): number =>
  -scale * (Math.log(1 - random.uniform()) + Math.log(1 - random.uniform()));

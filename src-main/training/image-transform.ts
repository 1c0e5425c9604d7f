// One random augmentation of one image: what is drawn, and the matrices that it comes to (StyleGAN2-ADA's AugmentPipe).
import type { Random } from '../platform/random/random.ts';
import type { AugmentationTransforms } from './augmentation-pipelines.ts';

/** Everything that happens to one image. Lengths are shares of the image's side, angles radians. */
export interface ImageTransform {
  readonly flipped: boolean;
  readonly quarterTurns: number;
  /** Shift across and down, rounded to whole pixels. */
  readonly wholeShift: readonly [number, number];
  readonly scale: number;
  /** Rotations before and after the anisotropic scaling. */
  readonly rotationBefore: number;
  readonly rotationAfter: number;
  /** Width is multiplied and height divided by this. */
  readonly anisotropy: number;
  readonly shift: readonly [number, number];
  readonly brightness: number;
  readonly contrast: number;
  /** Dark becomes light, colours stay. */
  readonly lumaFlipped: boolean;
  readonly hue: number;
  readonly saturation: number;
  /** Amplification of each frequency band before all are normalised, lowest first. */
  readonly bands: readonly [number, number, number, number];
  /** Standard deviation of added noise; the image is in -1..1. */
  readonly noise: number;
  /** Centre across and down of a square of `cutoutSize`. */
  readonly cutout: readonly [number, number];
  readonly cutoutSize: number;
}

/** What leaves an image as it is. */
export const identity: ImageTransform = {
  flipped: false,
  quarterTurns: 0,
  wholeShift: [0, 0],
  scale: 1,
  rotationBefore: 0,
  rotationAfter: 0,
  anisotropy: 1,
  shift: [0, 0],
  brightness: 0,
  contrast: 1,
  lumaFlipped: false,
  hue: 0,
  saturation: 1,
  bands: [1, 1, 1, 1],
  noise: 0,
  cutout: [0.5, 0.5],
  cutoutSize: 0,
};

/** Spread of each random quantity: the published defaults. */
export const spreads = {
  wholeShift: 0.125,
  scale: 0.2,
  rotation: Math.PI,
  anisotropy: 0.2,
  shift: 0.125,
  brightness: 0.2,
  contrast: 0.5,
  hue: Math.PI,
  saturation: 1,
  bands: 1,
  noise: 0.1,
  cutoutSize: 0.5,
} as const;

/** Draws what happens to one image when each transform has `probability` (times its multiplier in `transforms`). */
export function drawTransform(transforms: AugmentationTransforms, probability: number, random: Random): ImageTransform {
  const { uniform, gaussian } = random;
  const signed = () => uniform() * 2 - 1;
  const power = (spread: number) => 2 ** (gaussian() * spread);
  // Every number is drawn whether it is used or not: the stream does not depend on the probability.
  const sometimes = <T>(multiplier: number, value: T, otherwise: T): T =>
    uniform() < multiplier * probability ? value : otherwise;
  // Either rotation happens with such a probability that at least one does with the probability asked for.
  const rotating = 1 - Math.sqrt(Math.min(1, Math.max(0, 1 - transforms.rotate * probability)));
  const rotation = () => {
    const angle = signed() * spreads.rotation;
    return uniform() < rotating ? angle : 0;
  };
  const drawn: { readonly [T in keyof AugmentationTransforms]: () => Partial<ImageTransform> } = {
    xflip: () => ({ flipped: sometimes(transforms.xflip, uniform() >= 0.5, false) }),
    rotate90: () => ({ quarterTurns: sometimes(transforms.rotate90, Math.floor(uniform() * 4), 0) }),
    xint: () => ({
      wholeShift: sometimes(transforms.xint, [signed() * spreads.wholeShift, signed() * spreads.wholeShift], [0, 0]),
    }),
    scale: () => ({ scale: sometimes(transforms.scale, power(spreads.scale), 1) }),
    rotate: () => ({ rotationBefore: rotation(), rotationAfter: rotation() }),
    aniso: () => ({ anisotropy: sometimes(transforms.aniso, power(spreads.anisotropy), 1) }),
    xfrac: () => ({
      shift: sometimes(transforms.xfrac, [gaussian() * spreads.shift, gaussian() * spreads.shift], [0, 0]),
    }),
    brightness: () => ({ brightness: sometimes(transforms.brightness, gaussian() * spreads.brightness, 0) }),
    contrast: () => ({ contrast: sometimes(transforms.contrast, power(spreads.contrast), 1) }),
    lumaflip: () => ({ lumaFlipped: sometimes(transforms.lumaflip, uniform() >= 0.5, false) }),
    hue: () => ({ hue: sometimes(transforms.hue, signed() * spreads.hue, 0) }),
    saturation: () => ({ saturation: sometimes(transforms.saturation, power(spreads.saturation), 1) }),
    imgfilter: () => {
      const band = () => sometimes(transforms.imgfilter, power(spreads.bands), 1);
      return { bands: [band(), band(), band(), band()] };
    },
    noise: () => ({ noise: sometimes(transforms.noise, Math.abs(gaussian()) * spreads.noise, 0) }),
    cutout: () => ({
      cutout: [uniform(), uniform()],
      cutoutSize: sometimes(transforms.cutout, spreads.cutoutSize, 0),
    }),
  };
  const names = Object.keys(drawn) as (keyof AugmentationTransforms)[];
  const parts = names.filter((name) => transforms[name] > 0).map((name) => drawn[name]());
  return Object.assign({ ...identity }, ...parts) as ImageTransform;
}

/** A square matrix, row-major. */
export type Matrix = readonly number[];

function product(a: Matrix, b: Matrix): Matrix {
  const size = Math.sqrt(a.length);
  return a.map((_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[row * size + k]! * b[k * size + column]!;
    return sum;
  });
}

const scaling = (x: number, y: number): Matrix => [x, 0, 0, 0, y, 0, 0, 0, 1];
const translation = (x: number, y: number): Matrix => [1, 0, x, 0, 1, y, 0, 0, 1];
function rotation(angle: number): Matrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

/** From places of the result to places of the image, in pixels from the centre of an image of `side` pixels: [3, 3]. */
export function inverseMotion(transform: ImageTransform, side: number): Matrix {
  const { flipped, quarterTurns, wholeShift, scale, rotationBefore, anisotropy, rotationAfter, shift } = transform;
  return [
    scaling(flipped ? -1 : 1, 1),
    rotation((Math.PI / 2) * quarterTurns),
    translation(-roundHalfToEven(wholeShift[0] * side), -roundHalfToEven(wholeShift[1] * side)),
    scaling(1 / scale, 1 / scale),
    rotation(rotationBefore),
    scaling(1 / anisotropy, anisotropy),
    rotation(rotationAfter),
    translation(-shift[0] * side, -shift[1] * side),
  ].reduce(product);
}

/** As `torch.round`. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Share of every colour in the luma axis. */
const third = 1 / 3;
/** The projection onto the luma axis, homogeneous. */
const luma: Matrix = [third, third, third, 0, third, third, third, 0, third, third, third, 0, 0, 0, 0, 0];
const unit: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const combined = (a: Matrix, x: number, b: Matrix, y: number): Matrix => a.map((value, i) => value * x + b[i]! * y);

/**
 * What happens to colours (-1..1): a matrix [C, C] and an offset [C]. Of one channel, grey as all three colours of which
 * the mean is taken; hue and saturation leave it alone.
 */
export function colourChange(
  { brightness, contrast, lumaFlipped, hue, saturation }: ImageTransform,
  channels: 1 | 3,
): { readonly matrix: readonly number[]; readonly offset: readonly number[] } {
  const [b, c] = [brightness, contrast];
  const steps: Matrix[] = [
    [1, 0, 0, b, 0, 1, 0, b, 0, 0, 1, b, 0, 0, 0, 1],
    [c, 0, 0, 0, 0, c, 0, 0, 0, 0, c, 0, 0, 0, 0, 1],
    lumaFlipped ? combined(unit, 1, luma, -2) : unit,
    ...(channels === 3 ? [hueRotation(hue), combined(unit, saturation, luma, 1 - saturation)] : []),
  ];
  const matrix = steps.reduce((before, step) => product(step, before));
  const rows = [0, 1, 2].map((row) => matrix.slice(row * 4, row * 4 + 4));
  if (channels === 3) {
    return { matrix: rows.flatMap((row) => row.slice(0, 3)), offset: rows.map((row) => row[3]!) };
  }
  const mean = [0, 1, 2, 3].map((column) => rows.reduce((sum, row) => sum + row[column]! / 3, 0));
  return { matrix: [mean[0]! + mean[1]! + mean[2]!], offset: [mean[3]!] };
}

/** Rotation of colours around the luma axis (Rodrigues). */
function hueRotation(angle: number): Matrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)];
  const across: Matrix = [0, -s, s, 0, s, 0, -s, 0, -s, s, 0, 0, 0, 0, 0, 0];
  const turned = combined(combined(unit, c, luma, 1 - c), 1, across, 1);
  return [...turned.slice(0, 15), 1];
}

/** Expected share of an image's power in each band: it falls with frequency (1/f). */
const expectedPower = [10 / 13, 1 / 13, 1 / 13, 1 / 13] as const;

/** Gains of the four bands: one after the other is amplified, and the expected power brought back each time. */
export function bandGains({ bands }: ImageTransform): readonly number[] {
  const gains = [1, 1, 1, 1];
  for (const [band, amplification] of bands.entries()) {
    const own = gains.map((_, i) => (i === band ? amplification : 1));
    const power = own.reduce((sum, gain, i) => sum + expectedPower[i]! * gain * gain, 0);
    for (const [i, gain] of own.entries()) gains[i]! *= gain / Math.sqrt(power);
  }
  return gains;
}

/** 1 where the image is kept, 0 in the square that is cut out: [side, side]. */
export function cutoutMask({ cutout, cutoutSize }: ImageTransform, side: number): Float32Array {
  const kept = (at: number, centre: number) => Math.abs((at + 0.5) / side - centre) >= cutoutSize / 2;
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return kept(x, cutout[0]) || kept(y, cutout[1]) ? 1 : 0;
  });
}

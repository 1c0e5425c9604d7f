// add-noise: Gaussian noise or Gaussian blur of known strength, to see how a distance between image sets reacts.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Random } from '../../platform/random/random.ts';
import type { DecodedImage } from '../decoded-image.ts';
import { encodePng } from '../raster/encode-png.ts';
import { OutputNames } from './output-names.ts';
import { emptyReport, forEach, type ImageReader, listEntries, type PreparationReport } from './preparation.ts';

export type Disturbance =
  /** Added on a scale of 0..1, then clipped. Published: mean 0, variance 0.01. */
  | { readonly type: 'noise'; readonly mean: number; readonly variance: number }
  /** Odd kernel sizes across and down; sigma 0 takes the kernel that OpenCV has for its size. Published: 5, 5, 0. */
  | { readonly type: 'blur'; readonly kernel: readonly [number, number]; readonly sigma: number };

export interface AddNoiseOptions {
  readonly inDir: string;
  readonly outDir: string;
  readonly disturbance: Disturbance;
}

/** Writes `NAME.png` with the disturbance for every 8- or 16-bit image below `inDir`; same seed, same files. */
export async function addNoise(
  { inDir, outDir, disturbance }: AddNoiseOptions,
  reader: ImageReader,
  random: Random,
  control: JobControl,
): Promise<PreparationReport> {
  if (disturbance.type === 'blur' && disturbance.kernel.some((size) => !(size >= 1 && size % 2 === 1))) {
    throw new Problem('usage', { message: 'the kernel sizes of the blur must be odd' });
  }
  const report = emptyReport();
  const entries = await listEntries(inDir, report, control, reader);
  const names = new OutputNames();
  await forEach(
    entries,
    ({ path }) => path,
    report,
    'adding noise',
    control,
    async (entry) => {
      const name = names.of(entry, '.png');
      const { image } = await reader.frame(entry, 0);
      const { samples, width, height, channels } = image;
      if (!(samples instanceof Uint8Array || samples instanceof Uint16Array)) {
        const found = `${image.bitsStored}-bit ${image.format}`;
        throw new Problem('mismatch', { what: 'image to disturb', expected: '8 or 16 bits', found });
      }
      const highest = 2 ** image.bitsStored - 1;
      const disturbed =
        disturbance.type === 'noise' ? noisy(image, disturbance, highest, random) : blurred(image, disturbance);
      const rounded = samples.map((_, at) => Math.max(0, Math.min(highest, Math.floor(disturbed[at]! + 0.5))));
      await writeFileAtomic(join(outDir, name), await encodePng(width, height, channels, rounded));
      report.written.push(name);
    },
  );
  return report;
}

type Of<T extends Disturbance['type']> = Extract<Disturbance, { type: T }>;

function noisy(
  { samples }: DecodedImage,
  { mean, variance }: Of<'noise'>,
  highest: number,
  random: Random,
): Float64Array {
  const deviation = Math.sqrt(variance);
  return Float64Array.from(samples, (sample) => sample + (mean + random.gaussian() * deviation) * highest);
}

/** Separable convolution; beyond the edge the image is mirrored without repeating the edge (OpenCV's default). */
export function blurred(
  { samples, width, height, channels }: Pick<DecodedImage, 'samples' | 'width' | 'height' | 'channels'>,
  { kernel, sigma }: Of<'blur'>,
): Float64Array {
  const across = convolve(
    Float64Array.from(samples),
    gaussian(kernel[0], sigma),
    width,
    channels,
    height,
    width * channels,
  );
  return convolve(across, gaussian(kernel[1], sigma), height, width * channels, 1, 0);
}

/** The kernels that OpenCV takes for these sizes when sigma is 0 (small_gaussian_tab); not those of its formula. */
const fixedKernels: Readonly<Record<number, readonly number[]>> = {
  1: [1],
  3: [0.25, 0.5, 0.25],
  5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
  7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
  9: [4, 13, 30, 51, 60, 51, 30, 13, 4].map((weight) => weight / 256),
};

function gaussian(size: number, sigma: number): Float64Array {
  const fixed = sigma > 0 ? undefined : fixedKernels[size];
  if (fixed !== undefined) return Float64Array.from(fixed);
  const width = sigma > 0 ? sigma : 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
  const weights = Float64Array.from({ length: size }, (_, at) =>
    Math.exp(-((at - (size - 1) / 2) ** 2) / (2 * width * width)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Along an axis of `length` positions `stride` apart, for each of `stride` neighbours in `groups` groups. */
function convolve(
  values: Float64Array,
  weights: Float64Array,
  length: number,
  stride: number,
  groups: number,
  groupStride: number,
): Float64Array {
  const reach = (weights.length - 1) / 2;
  const period = Math.max(1, 2 * (length - 1));
  const mirrored = (at: number) => {
    const folded = ((at % period) + period) % period;
    return Math.min(folded, period - folded) % length;
  };
  return values.map((_, index) => {
    const group = groups === 1 ? 0 : Math.floor(index / groupStride);
    const within = index - group * groupStride;
    const position = Math.floor(within / stride);
    const start = group * groupStride + (within % stride);
    let sum = 0;
    for (let tap = -reach; tap <= reach; tap++)
      sum += weights[tap + reach]! * values[start + mirrored(position + tap) * stride]!;
    return sum;
  });
}

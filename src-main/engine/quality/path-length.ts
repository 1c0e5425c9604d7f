// Perceptual path length: how far an image moves in VGG16's eyes when its code moves a little (Karras et al., 2019).
import {
  add,
  concat,
  expand,
  input,
  multiply,
  narrow,
  padImage,
  reshape,
  square,
  subtract,
  sum,
  sumBlocks,
} from '../../../native/graph/build.ts';
import { sizeOf, type Tensor } from '../../../native/graph/operations.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { vgg16Lpips } from '../../../native/networks/perceptual/vgg16-lpips.ts';
import { broadcastLatent, generatorMapping } from '../../../native/networks/stylegan2/mapping.ts';
import { fedNoise, latentCount, synthesis } from '../../../native/networks/stylegan2/synthesis.ts';
import { compile } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { FloatTensor } from '../../../native/weights/tensor.ts';
import type { GeneratorNetwork } from '../../networks/load-network.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import type { Random } from '../../platform/random/random.ts';
import type { PathMetric } from '../../training/training-metrics.ts';
import type { DrawLabels } from './generated-images.ts';

/** How far apart two codes are. */
const epsilon = 1e-4;
/** Images are made smaller until they have about this side. */
const largest = 256;

/**
 * The mean over pairs of images of the squared LPIPS distance divided by epsilon squared, without the lowest and highest
 * hundredth. Both images of a pair have the same noise. Progress counts pairs.
 */
export async function pathLength(
  device: Device,
  { arguments_, tensors }: GeneratorNetwork,
  vgg16: ReadonlyMap<string, FloatTensor>,
  { space, sampling, crop, samples }: PathMetric,
  drawLabels: DrawLabels,
  random: Random,
  control: JobControl,
): Promise<number> {
  const { z_dim, c_dim } = arguments_;
  const source = constantParameters(tensors);
  const label = c_dim > 0 ? input('c', [1, c_dim]) : undefined;
  const labels = label && concat([label, label], 0);
  const w = generatorMapping(source, arguments_, input('z', [2, z_dim]), labels);
  const moved = space === 'w' ? between(w, input('t', [2, 1])) : w;
  const ws = broadcastLatent(moved, latentCount(arguments_));
  const images = shownToVgg(synthesis(source, arguments_, ws, fedNoise(1)), crop);
  const distances = vgg16Lpips(constantParameters(vgg16), images).map((features) =>
    reshape(sum(square(subtract(narrow(features, 0, 0, 1), narrow(features, 0, 1, 1)))), [1]),
  );
  const program = await compile(device, { outputs: { distance: distances.reduce((a, b) => add(a, b)) } });
  const noise = program.inputs.filter(({ name }) => name.startsWith('noise.'));
  const found = new Float64Array(samples);
  try {
    for (let sample = 0; sample < samples; sample++) {
      checkpoint(control, 'perceptual path length');
      const t = sampling === 'full' ? random.uniform() : 0;
      const codes = random.gaussians(2 * z_dim);
      const place: Record<string, Float32Array> =
        space === 'w' ? { z: codes, t: Float32Array.of(t, t + epsilon) } : { z: pairOnSphere(codes, z_dim, t) };
      if (c_dim > 0) place.c = drawLabels(1, random);
      const drawn = noise.map(({ name, shape }) => [name, random.gaussians(sizeOf(shape))] as const);
      const { distance } = await program.run({ ...place, ...Object.fromEntries(drawn) });
      found[sample] = distance![0]! / epsilon ** 2;
      control.report({ stage: 'perceptual path length', done: sample + 1, total: samples });
    }
  } finally {
    await program.release();
  }
  return trimmedMean(found);
}

/** w [2, W] -> [2, W]: the first moved towards the second by each of t [2, 1]. */
function between(w: Tensor, t: Tensor): Tensor {
  const both = (row: number) => expand(narrow(w, 0, row, 1), w.shape);
  return add(both(0), multiply(subtract(both(1), both(0)), t));
}

/** -1..1 -> 0..255, the middle of the image where `crop` asks for it, at most about 256 pixels wide. */
export function shownToVgg(images: Tensor, crop: boolean): Tensor {
  const side = images.shape[2]!;
  const eighth = Math.floor(side / 8);
  const kept = crop ? padImage(images, [-3 * eighth, 7 * eighth - side, -2 * eighth, 6 * eighth - side]) : images;
  const factor = Math.floor(side / largest);
  const small = factor > 1 ? multiply(sumBlocks(kept, factor), 1 / factor ** 2) : kept;
  return multiply(add(small, 1), 127.5);
}

/** Two codes [2, n] on the great circle from the first to the second: at t and at t + epsilon of the way. */
export function pairOnSphere(codes: Float32Array, n: number, t: number): Float32Array {
  const unit = (values: Float64Array): Float64Array => {
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  };
  const [a, b] = [0, 1].map((row) => unit(Float64Array.from(codes.subarray(row * n, (row + 1) * n)))) as [
    Float64Array,
    Float64Array,
  ];
  const cosine = a.reduce((total, value, i) => total + value * b[i]!, 0);
  const aside = unit(b.map((value, i) => value - cosine * a[i]!));
  const at = (share: number) => {
    const angle = share * Math.acos(cosine);
    return unit(a.map((value, i) => value * Math.cos(angle) + aside[i]! * Math.sin(angle)));
  };
  return Float32Array.from([...at(t), ...at(t + epsilon)]);
}

/** Mean of the values between the 1st percentile (the lower neighbour) and the 99th (the higher one). */
export function trimmedMean(values: Float64Array): number {
  const sorted = values.toSorted();
  const [low, high] = [sorted[Math.floor(0.01 * (sorted.length - 1))]!, sorted[Math.ceil(0.99 * (sorted.length - 1))]!];
  const kept = sorted.filter((value) => value >= low && value <= high);
  return kept.reduce((a, b) => a + b, 0) / kept.length;
}

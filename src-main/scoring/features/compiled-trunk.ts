// A trunk made of a graph: images of model space as the network takes them, its features pooled to a grid, in full batches.
import {
  clamp,
  concat,
  constant,
  input,
  matmul,
  multiply,
  reshape,
  sumBlocks,
  transpose,
} from '../../../native/graph/build.ts';
import { sizeOf, type Tensor } from '../../../native/graph/operations.ts';
import { compile, identityOf } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import { resample } from '../../archive/resample.ts';
import { grid, type Trunk } from './trunk.ts';

/** Images of one run of the program: more are no quicker on the processor. */
const batch = 8;

/** Model space of a trunk's images. */
export interface TrunkImages {
  readonly device: Device;
  readonly channels: 1 | 3;
  readonly side: number;
}

/** Compiles a trunk. `stages` makes features [N, C, H, W] of several sizes from images [N, channels, side, side] in -1..1. */
export async function compileTrunk(
  name: Trunk['name'],
  { device, channels, side }: TrunkImages,
  stages: (images: Tensor) => readonly Tensor[],
): Promise<Trunk> {
  const size = channels * side * side;
  const pooled = stages(input('images', [batch, channels, side, side])).map(pooledToGrid);
  const features = concat(pooled, 1);
  const program = await compile(device, { outputs: { features } });
  const [, width] = features.shape as [number, number];
  const length = width * grid * grid;
  return {
    name,
    identity: identityOf({ features }),
    channels: width,
    look: async (images) => {
      const seen: Float32Array[] = [];
      for (let start = 0; start < images.length; start += batch) {
        const together = images.slice(start, start + batch);
        // Always a full batch: an image's arithmetic is the same whoever its neighbours are.
        const values = new Float32Array(batch * size);
        for (const [index, image] of together.entries()) values.set(image, index * size);
        const { features } = await program.run({ images: values });
        for (const index of together.keys()) seen.push(features!.slice(index * length, (index + 1) * length));
      }
      return seen;
    },
    release: () => program.release(),
  };
}

/** Square images [N, C, side, side] resized to `target` by Pillow's bicubic filter, within -1..1 as they were. */
export function resized(images: Tensor, target: number): Tensor {
  const [n, channels, side] = images.shape as [number, number, number];
  if (side === target) return images;
  const unit = new Float32Array(side * side);
  for (let at = 0; at < side; at++) unit[at * side + at] = 1;
  // The filter, as what it makes of a single bright pixel: a row for each place of the source.
  const weights = constant(resample(unit, side, side, 1, target, side, 'bicubic'), [side, target]);
  const alongRows = (x: Tensor): Tensor => {
    const [height, width] = x.shape.slice(2) as [number, number];
    return reshape(matmul(reshape(x, [n * channels * height, width]), weights), [n, channels, height, target]);
  };
  const turned = transpose(alongRows(images), [0, 1, 3, 2]);
  return clamp(transpose(alongRows(turned), [0, 1, 3, 2]), -1, 1);
}

/** Means over the windows of PyTorch's adaptive average pooling: [N, C, H, W] -> [N, C, grid²]. */
export function pooledToGrid(x: Tensor): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const places = grid * grid;
  if (height === width && height % grid === 0) {
    const factor = height / grid;
    const means = factor === 1 ? x : multiply(sumBlocks(x, factor), 1 / factor ** 2);
    return reshape(means, [n, channels, places]);
  }
  const shares = new Float32Array(height * width * places);
  for (let place = 0; place < places; place++) {
    const [top, bottom] = window(Math.floor(place / grid), height);
    const [left, right] = window(place % grid, width);
    const share = 1 / ((bottom - top) * (right - left));
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) shares[(row * width + column) * places + place] = share;
  }
  const rows = reshape(x, [n * channels, sizeOf([height, width])]);
  return reshape(matmul(rows, constant(shares, [height * width, places])), [n, channels, places]);
}

/** First index of a window, and the one after its last; windows of neighbours may overlap. */
const window = (index: number, length: number): readonly [number, number] => [
  Math.floor((index * length) / grid),
  Math.ceil(((index + 1) * length) / grid),
];

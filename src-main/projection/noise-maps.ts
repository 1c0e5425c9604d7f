// The noise maps of a projection: regularised against spatial structure, renormalised after every step (StyleGAN2 paper, appendix D).
import {
  add,
  concat,
  divide,
  mean,
  multiply,
  narrow,
  sqrt,
  square,
  subtract,
  sum,
  sumBlocks,
} from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';

/** Below this size the pyramid of the regulariser ends. */
const coarsest = 8;

/**
 * Squared autocorrelation of a noise map [N, 1, R, R] with its neighbours, on all scales down to 8x8, one value per
 * image: [N, 1, 1, 1].
 */
export function noiseRegulariser(noise: Tensor): Tensor {
  const here = add(square(meanProduct(noise, 3)), square(meanProduct(noise, 2)));
  if (noise.shape[2]! <= coarsest) return here;
  return add(here, noiseRegulariser(multiply(sumBlocks(noise, 2), 0.25)));
}

/** A noise map [N, 1, R, R] with mean 0 and mean square 1 for each image. */
export function renormalise(noise: Tensor): Tensor {
  const centred = subtract(noise, mean(noise, [1, 2, 3]));
  return divide(centred, sqrt(mean(square(centred), [1, 2, 3])));
}

function meanProduct(noise: Tensor, axis: number): Tensor {
  return mean(multiply(noise, rolledByOne(noise, axis)), [1, 2, 3]);
}

function rolledByOne(x: Tensor, axis: number): Tensor {
  const length = x.shape[axis]!;
  return concat([narrow(x, axis, length - 1, 1), narrow(x, axis, 0, length - 1)], axis);
}

/** Sum over noise maps of their regularisers, per image: [N, 1, 1, 1]. */
export function totalRegulariser(maps: readonly Tensor[]): Tensor {
  return maps.map((noise) => noiseRegulariser(noise)).reduce((a, b) => add(a, b));
}

/** Sum of squares per image of a difference: [N, ...] -> [N]. */
export function squaredDistance(a: Tensor, b: Tensor): Tensor {
  const difference = subtract(a, b);
  return sum(square(difference), difference.shape.map((_, axis) => axis).slice(1));
}

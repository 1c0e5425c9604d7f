// Losses of StyleGAN2 training: non-saturating logistic loss, R1 penalty, path length regularisation.
import {
  add,
  mean,
  multiply,
  negate,
  reshape,
  softplus,
  sqrt,
  square,
  stopGradient,
  subtract,
  sum,
} from '../../graph/build.ts';
import { gradients } from '../../graph/gradients.ts';
import type { Tensor } from '../../graph/operations.ts';

/** Mean over a batch as a scalar of shape []. */
export const batchMean = (values: Tensor): Tensor => reshape(mean(values), []);

/** -log sigmoid(logits of generated images), [N, 1] (Goodfellow et al., 2014): the generator minimises its mean. */
export const generatorLoss = (generated: Tensor): Tensor => softplus(negate(generated));

/** -log(1 - sigmoid(generated)) - log sigmoid(real), [N, 1]: the discriminator minimises its mean. */
export const discriminatorLoss = (generated: Tensor, real: Tensor): Tensor =>
  add(softplus(generated), softplus(negate(real)));

/** Squared gradient of the logits with respect to their real images, [N] (Mescheder et al., 2018). */
export function r1Penalty(logits: Tensor, images: Tensor): Tensor {
  const [gradient] = gradients(logits, [images]);
  return reshape(sum(square(gradient!), [1, 2, 3]), [images.shape[0]!]);
}

/** Path length regularisation: the values of one batch. */
export interface PathLength {
  /** [N] */
  readonly lengths: Tensor;
  /** Moving mean of the lengths after this batch, []; no gradient flows out of it. */
  readonly mean: Tensor;
  /** Squared distances of the lengths from the moving mean, [N]: the generator minimises their weighted mean. */
  readonly penalty: Tensor;
}

/**
 * How far an image moves along a random direction when its latents move (Karras et al., 2020, equation 4).
 * `images` [N, C, R, R] depend on `ws` [N, L, w_dim]; `direction` is normal noise divided by R, of the images' shape;
 * `average` [] is the moving mean so far. As published, the penalty's gradient also flows through the new mean.
 */
export function pathLength(images: Tensor, ws: Tensor, direction: Tensor, average: Tensor, decay = 0.01): PathLength {
  const [gradient] = gradients(images, [ws], direction);
  const [n, layers] = ws.shape as [number, number, number];
  const perLayer = reshape(sum(square(gradient!), [2]), [n, layers]);
  const lengths = reshape(sqrt(mean(perLayer, [1])), [n]);
  const moved = add(average, multiply(subtract(batchMean(lengths), average), decay));
  return { lengths, mean: stopGradient(moved), penalty: square(subtract(lengths, moved)) };
}

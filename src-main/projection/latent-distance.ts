// How far latents lie from the mean of W: those of a reconstruction that failed as a whole lie far out.

/**
 * Root mean square over the layers of the distance of latents [L, w_dim] to the mean of W [w_dim], in units of `deviation`, the
 * root mean square distance of random latents: about 1 for an image that the network draws itself.
 */
export function latentDistance(
  latents: Float32Array,
  { mean, deviation }: { readonly mean: Float32Array; readonly deviation: number },
): number {
  let squares = 0;
  for (const [i, value] of latents.entries()) squares += (value - mean[i % mean.length]!) ** 2;
  return Math.sqrt(squares / (latents.length / mean.length)) / deviation;
}

// The latents of a projection in the layout of the published projector's files.

/**
 * The array `w` of an .npz as the published generate.py takes it, [1, layers, w]. `latents` is [layers, w] of W+, or [1, w] of
 * W, where all layers have the same: it is repeated, as the published projector does.
 */
export function publishedLatents(
  latents: Float32Array,
  latentWidth: number,
  resolution: number,
): { readonly shape: readonly [number, number, number]; readonly data: Float32Array } {
  // Two layers for each resolution from 4 on, the last of them for colours and the first with one alone.
  const layers = 2 * Math.log2(resolution) - 2;
  const data = Float32Array.from({ length: layers * latentWidth }, (_, at) => latents[at % latents.length]!);
  return { shape: [1, layers, latentWidth], data };
}

// Which way a projection reconstructs by: an encoder's pass, or optimisation.

export type Inverse = 'encoder' | 'optimise';

/** The inverse to use: the one chosen, otherwise the encoder if the network has one. Of `both` the first. */
export function inverseOf(
  { inverse, start }: { readonly inverse: Inverse | 'both' | null; readonly start: 'mean' | 'encoder' },
  hasEncoder: boolean,
): Inverse {
  if (inverse !== null) return inverse === 'optimise' ? 'optimise' : 'encoder';
  return hasEncoder && start === 'mean' ? 'encoder' : 'optimise';
}

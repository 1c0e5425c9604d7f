// Vision transformer (Dosovitskiy et al., 2021) as DINO publishes it (Caron et al., 2021).
import { add, concat, convolution, expand, narrow, reshape, transpose } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import { attention, layerNorm, perceptron } from './transformer.ts';

export interface VisionTransformerSizes {
  /** Side of a patch in pixels. */
  readonly patch: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

/** DINO's `vit_small` with patches of 8 pixels. */
export const dinoSmall8: VisionTransformerSizes = { patch: 8, width: 384, depth: 12, heads: 6 };

/** Of the last blocks, as DINO's linear evaluation takes them. */
const lastBlocks = 4;
const epsilon = 1e-6;

/**
 * The class tokens after each of the last four blocks, normalised and joined, of square images [N, 3, R, R], normalised by
 * ImageNet's mean and deviation: [N, 4 width], 1,536 for `dinoSmall8`. R is the side that the position embedding was
 * trained for, 224. Parameters: `cls_token`, `pos_embed`, `patch_embed.proj.weight`, `blocks.0.attn.qkv.weight`, ...
 */
export function visionTransformer(source: ParameterSource, images: Tensor, sizes: VisionTransformerSizes): Tensor {
  const { width } = sizes;
  const n = images.shape[0]!;
  const classTokens = lastTokens(source, images, sizes).map((x) =>
    reshape(layerNorm(layerOf(source, 'norm'), narrow(x, 1, 0, 1), epsilon), [n, width]),
  );
  return concat(classTokens, 1);
}

/** The patches' own tokens after each of the last four blocks, normalised, as images [N, width, R / patch, R / patch]. */
export function visionTransformerStages(
  source: ParameterSource,
  images: Tensor,
  sizes: VisionTransformerSizes,
): readonly Tensor[] {
  const { patch, width } = sizes;
  const [n, , height] = images.shape as [number, number, number];
  const side = height / patch;
  return lastTokens(source, images, sizes).map((x) => {
    const patches = layerNorm(layerOf(source, 'norm'), narrow(x, 1, 1, side ** 2), epsilon);
    return reshape(transpose(patches, [0, 2, 1]), [n, width, side, side]);
  });
}

/** Class token and patches after each of the last four blocks: [N, 1 + patches, width]. */
function lastTokens(source: ParameterSource, images: Tensor, sizes: VisionTransformerSizes): readonly Tensor[] {
  const { patch, width, depth, heads } = sizes;
  const n = images.shape[0]!;
  const patches = (images.shape[2]! / patch) ** 2;
  const weight = source('patch_embed.proj.weight', [width, 3, patch, patch]);
  const embedded = convolution(images, weight, { stride: patch }, source('patch_embed.proj.bias', [width]));
  const tokens = transpose(reshape(embedded, [n, width, patches]), [0, 2, 1]);
  const first = expand(source('cls_token', [1, 1, width]), [n, 1, width]);
  let x = add(concat([first, tokens], 1), source('pos_embed', [1, patches + 1, width]));
  const seen: Tensor[] = [];
  for (let block = 0; block < depth; block++) {
    const own = layerOf(source, `blocks.${block}`);
    x = add(x, attention(layerOf(own, 'attn'), layerNorm(layerOf(own, 'norm1'), x, epsilon), heads));
    x = add(x, perceptron(layerOf(own, 'mlp'), layerNorm(layerOf(own, 'norm2'), x, epsilon)));
    if (block >= depth - lastBlocks) seen.push(x);
  }
  return seen;
}

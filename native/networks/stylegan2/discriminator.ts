// StyleGAN2's discriminator: images to logits, with the features after every block.

import { Problem } from '../../../src-main/platform/errors.ts';
import { add, cast, concat, expand, mean, multiply, reshape, sqrt, square, subtract, sum } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import { blockResolutions, blockType, channelsAt, type DiscriminatorArguments, type Precision } from './arguments.ts';
import { convolutionLayer, fullyConnected } from './layers.ts';
import { mapping } from './mapping.ts';
import { downsample2d, setupFilter } from './resample.ts';

export interface Discrimination {
  /** [N, 1]; positive means real. */
  readonly logits: Tensor;
  /** Activations after every block, highest resolution first: [N, C, R/2, R/2], ..., [N, C, 4, 4]. */
  readonly features: readonly Tensor[];
}

/** What the blocks make of images, before the logits. */
export interface Trunk {
  /** [N, C, 4, 4], float32. */
  readonly x: Tensor;
  /** The images at 4x4, which architecture `skip` looks at once more. */
  readonly image: Tensor;
  /** As in `Discrimination`. */
  readonly features: readonly Tensor[];
}

/** Dimensions of a mapped label; 0 without labels. */
export function mappedLabelSize(arguments_: DiscriminatorArguments): number {
  return arguments_.c_dim === 0 ? 0 : (arguments_.cmap_dim ?? channelsAt(4, arguments_));
}

/**
 * Judges images [N, img_channels, R, R], with labels c [N, c_dim] for a conditional network. The batch is a multiple
 * of the minibatch group, or smaller than it; else Problem `mismatch`. Images and logits are float32 at either precision.
 */
export function discriminator(
  source: ParameterSource,
  arguments_: DiscriminatorArguments,
  images: Tensor,
  c?: Tensor,
  precision: Precision = 'single',
): Discrimination {
  const trunk = discriminatorTrunk(source, arguments_, images, precision);
  return { logits: epilogue(source, arguments_, trunk, c), features: trunk.features };
}

/** The blocks alone. An image's features do not depend on the others of its batch. */
export function discriminatorTrunk(
  source: ParameterSource,
  arguments_: DiscriminatorArguments,
  images: Tensor,
  precision: Precision = 'single',
): Trunk {
  const { architecture, conv_clamp: limit, block_kwargs, img_resolution } = arguments_;
  const filter = setupFilter(block_kwargs.resample_filter);
  const { activation } = block_kwargs;
  const features: Tensor[] = [];
  let x: Tensor | undefined;
  let image = images;
  for (const resolution of blockResolutions(arguments_).slice(1).toReversed()) {
    const block = layerOf(source, `b${resolution}`);
    const type = blockType(resolution, img_resolution, arguments_, precision);
    x = x && cast(x, type);
    const inner = { channels: channelsAt(resolution, arguments_), activation, filter, limit };
    const outer = { ...inner, channels: channelsAt(resolution / 2, arguments_), down: 2 };
    if (x === undefined || architecture === 'skip') {
      image = cast(image, type);
      const colours = convolutionLayer(layerOf(block, 'fromrgb'), image, { ...inner, kernel: 1 });
      x = x === undefined ? colours : add(x, colours);
      if (architecture === 'skip') image = downsample2d(image, filter);
    }
    const main = convolutionLayer(layerOf(block, 'conv0'), x, { ...inner, kernel: 3 });
    if (architecture === 'resnet') {
      const gain = Math.SQRT1_2;
      const skip = { channels: outer.channels, filter, gain, kernel: 1, bias: false, down: 2 } as const;
      const shortcut = convolutionLayer(layerOf(block, 'skip'), x, skip);
      x = add(shortcut, convolutionLayer(layerOf(block, 'conv1'), main, { ...outer, kernel: 3, gain }));
    } else {
      x = convolutionLayer(layerOf(block, 'conv1'), main, { ...outer, kernel: 3 });
    }
    features.push(x);
  }
  return { x: cast(x!, 'float32'), image: cast(image, 'float32'), features };
}

/** The hidden layer behind the trunk, [N, C]: what the discriminator's logit, or an encoder's latents, are read from. */
export function hiddenLayer(source: ParameterSource, arguments_: DiscriminatorArguments, { x, image }: Trunk): Tensor {
  const { architecture, conv_clamp: limit, block_kwargs, epilogue_kwargs } = arguments_;
  const block = layerOf(source, 'b4');
  const { activation, mbstd_group_size: group, mbstd_num_channels: statistics } = epilogue_kwargs;
  const channels = channelsAt(4, arguments_);
  const layer = { channels, activation, filter: setupFilter(block_kwargs.resample_filter) };
  const merged =
    architecture === 'skip' ? add(x, convolutionLayer(layerOf(block, 'fromrgb'), image, { ...layer, kernel: 1 })) : x;
  const extended = statistics === 0 ? merged : withMinibatchDeviation(merged, group, statistics);
  const convolved = convolutionLayer(layerOf(block, 'conv'), extended, { ...layer, kernel: 3, limit });
  const flat = reshape(convolved, [convolved.shape[0]!, channels * 16]);
  return fullyConnected(layerOf(block, 'fc'), flat, channels, { activation });
}

function epilogue(
  source: ParameterSource,
  arguments_: DiscriminatorArguments,
  trunk: Trunk,
  c: Tensor | undefined,
): Tensor {
  const { mapping_kwargs } = arguments_;
  const hidden = hiddenLayer(source, arguments_, trunk);
  const width = mappedLabelSize(arguments_);
  const out = fullyConnected(layerOf(source, 'b4.out'), hidden, width === 0 ? 1 : width);
  if (width === 0) return out;
  if (c === undefined) throw new Error('a conditional discriminator needs labels');
  const label = mapping(layerOf(source, 'mapping'), mapping_kwargs, width, { c });
  return multiply(sum(multiply(out, label), [1]), 1 / Math.sqrt(width));
}

/**
 * Appends `count` channels that hold the standard deviation over groups of samples, averaged over pixels and a share
 * of the channels (Karras et al., 2018). Sample i belongs to group i mod (N / size), as published.
 */
function withMinibatchDeviation(x: Tensor, groupSize: number | null, count: number): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const size = Math.min(groupSize ?? n, n);
  if (n % size !== 0)
    throw new Problem('mismatch', { what: 'batch size', expected: `a multiple of ${size}`, found: String(n) });
  const groups = n / size;
  const grouped = reshape(x, [size, groups, count, (channels / count) * height * width]);
  const variance = mean(square(subtract(grouped, mean(grouped, [0]))), [0]);
  const deviation = mean(sqrt(add(variance, 1e-8)), [3]);
  const everywhere = expand(reshape(deviation, [1, groups, count, 1]), [size, groups, count, height * width]);
  return concat([x, reshape(everywhere, [n, count, height, width])], 1);
}

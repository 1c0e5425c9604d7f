// Constructor arguments of StyleGAN2-ADA networks, as published network pickles store them: checked, defaults filled in.
import { z } from 'zod';
import { Problem } from '../../../src-main/platform/errors.ts';
import type { ElementType } from '../../graph/operations.ts';

/** Activations of the published layers by their published names. */
const activation = z.enum(['linear', 'relu', 'lrelu', 'tanh', 'sigmoid', 'elu', 'selu', 'softplus', 'swish']);
const architecture = z.enum(['orig', 'skip', 'resnet']);
const count = z
  .int()
  .min(1)
  .max(2 ** 20);
const optionalCount = count.nullable().default(null);
const labels = z
  .int()
  .min(0)
  .max(2 ** 20)
  .default(0);
const clampLimit = z.number().positive().nullable().default(null);
/** Filter taps: one number, a separable row, a whole kernel, or nothing. */
const taps = z.array(z.number()).min(1).max(64);
const resampleFilter = z.union([z.number(), taps, z.array(taps).min(1).max(64), z.null()]).default([1, 3, 3, 1]);
const resolutions = [8, 16, 32, 64, 128, 256, 512, 1024] as const;
const imageChannels = z.literal([1, 3]);

const channels = {
  /** Channels at resolution r: min(channel_base / r, channel_max). */
  channel_base: count.default(32768),
  channel_max: count.default(512),
  /** Blocks of the N highest resolutions compute in float16 where the device gains from it (`blockType`). */
  num_fp16_res: z.int().min(0).default(0),
  conv_clamp: clampLimit,
};

const mapping = {
  num_layers: z.int().min(1).max(64).default(8),
  embed_features: optionalCount,
  layer_features: optionalCount,
  activation: activation.default('lrelu'),
  lr_multiplier: z.number().positive().default(0.01),
};

const block = {
  activation: activation.default('lrelu'),
  resample_filter: resampleFilter,
  /** Memory layout of float16 blocks: understood, not used. */
  fp16_channels_last: z.boolean().default(false),
};

const generator = z.strictObject({
  z_dim: count,
  c_dim: labels,
  w_dim: count,
  img_resolution: z.literal([4, ...resolutions]),
  img_channels: imageChannels,
  mapping_kwargs: z
    .strictObject({ ...mapping, w_avg_beta: z.number().min(0).max(1).nullable().default(0.995) })
    .prefault({}),
  synthesis_kwargs: z
    .strictObject({
      ...channels,
      ...block,
      architecture: architecture.default('skip'),
      use_noise: z.boolean().default(true),
    })
    .prefault({}),
});

const discriminator = z.strictObject({
  c_dim: labels,
  /** The published discriminator has no block, and so no input, at 4x4. */
  img_resolution: z.literal(resolutions),
  img_channels: imageChannels,
  architecture: architecture.default('resnet'),
  ...channels,
  cmap_dim: optionalCount,
  block_kwargs: z.strictObject({ ...block, freeze_layers: z.int().min(0).default(0) }).prefault({}),
  mapping_kwargs: z.strictObject(mapping).prefault({}),
  epilogue_kwargs: z
    .strictObject({
      mbstd_group_size: count.nullable().default(4),
      mbstd_num_channels: z.int().min(0).default(1),
      activation: activation.default('lrelu'),
    })
    .prefault({}),
});

const encoder = z.strictObject({
  /** Latents of an image: one for each layer of the generator. */
  num_ws: z.int().min(1).max(64),
  w_dim: count,
  /** The discriminator whose trunk it has. */
  discriminator_kwargs: discriminator,
});

/** Keyword arguments of `Generator`. */
export type GeneratorArguments = z.infer<typeof generator>;
/** Keyword arguments of `Discriminator`. */
export type DiscriminatorArguments = z.infer<typeof discriminator>;
/** Arguments of our `Encoder`. */
export type EncoderArguments = z.infer<typeof encoder>;
/** Keyword arguments of `MappingNetwork`, as far as the networks share them. */
export type MappingArguments = DiscriminatorArguments['mapping_kwargs'];
export type Activation = z.infer<typeof activation>;
export type ResampleFilter = z.infer<typeof resampleFilter>;

/**
 * Checks a generator's keyword arguments, as found in a network pickle or a checkpoint, and fills in the published
 * defaults. `file` names their origin. Throws Problem `content` for an argument that is unknown, missing or out of range.
 */
export function parseGeneratorArguments(kwargs: unknown, file: string): GeneratorArguments {
  const parsed = parse(generator, kwargs, file);
  return demandChannels(parsed, parsed.synthesis_kwargs.channel_base, file);
}

/** The same for a discriminator. */
export function parseDiscriminatorArguments(kwargs: unknown, file: string): DiscriminatorArguments {
  const parsed = parse(discriminator, kwargs, file);
  return demandChannels(parsed, parsed.channel_base, file);
}

/** The same for an encoder of ours. */
export function parseEncoderArguments(kwargs: unknown, file: string): EncoderArguments {
  const parsed = parse(encoder, kwargs, file);
  demandChannels(parsed.discriminator_kwargs, parsed.discriminator_kwargs.channel_base, file);
  return parsed;
}

/** Channels of the activations at a resolution (4, 8, 16, ...). */
export function channelsAt(
  at: number,
  { channel_base, channel_max }: { readonly channel_base: number; readonly channel_max: number },
): number {
  return Math.min(Math.floor(channel_base / at), channel_max);
}

/** How a network computes: in float32 alone, or in float16 in the blocks that its `num_fp16_res` names. */
export type Precision = 'single' | 'half';

/** Type of what the block at a resolution computes with; never float16 at 4x4 (published `use_fp16`). */
export function blockType(
  at: number,
  resolution: number,
  { num_fp16_res }: { readonly num_fp16_res: number },
  precision: Precision,
): ElementType {
  const lowest = Math.max((2 * resolution) / 2 ** num_fp16_res, 8);
  return precision === 'half' && at >= lowest ? 'float16' : 'float32';
}

/** Resolutions of the blocks, 4 first. */
export function blockResolutions({ img_resolution }: { readonly img_resolution: number }): readonly number[] {
  return Array.from({ length: Math.log2(img_resolution) - 1 }, (_, i) => 4 * 2 ** i);
}

function parse<T>(schema: z.ZodType<T>, kwargs: unknown, file: string): T {
  const result = schema.safeParse(kwargs);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = issue!.path.join('.');
  throw new Problem('content', { file, reason: `network argument ${name === '' ? '' : `${name}: `}${issue!.message}` });
}

function demandChannels<T extends { readonly img_resolution: number }>(parsed: T, base: number, file: string): T {
  if (base >= parsed.img_resolution) return parsed;
  const reason = `network argument channel_base ${base} leaves no channel at resolution ${parsed.img_resolution}`;
  throw new Problem('content', { file, reason });
}

// StyleGAN2's synthesis network: latents of every layer to an image, with noise as given tensors.
import {
  abs,
  add,
  cast,
  clamp,
  concat,
  divide,
  fill,
  input,
  matmul,
  max,
  multiply,
  narrow,
  reciprocal,
  reshape,
  sqrt,
  square,
  stopGradient,
} from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import { squaredTaps } from '../constant-folding.ts';
import { layerOf, type ParameterSource } from '../parameter-source.ts';
import { blockResolutions, blockType, channelsAt, type GeneratorArguments, type Precision } from './arguments.ts';
import { activations, convolutionLayer, fullyConnected, perChannel } from './layers.ts';
import { conv2dResample, setupFilter, upsample2d } from './resample.ts';

/**
 * Noise of a layer by its name (`b8.conv0`) and resolution R: [1, 1, R, R] for the whole batch or [N, 1, R, R];
 * undefined for none.
 */
export type NoiseSource = (layer: string, resolution: number) => Tensor | undefined;

/** A layer that takes noise, by its name (`b8.conv0`). */
export interface NoiseLayer {
  readonly name: string;
  readonly resolution: number;
}

/** The layers that take noise, in the order of the network. */
export function noiseLayers(arguments_: GeneratorArguments): readonly NoiseLayer[] {
  return blockResolutions(arguments_).flatMap((resolution) =>
    (resolution === 4 ? ['conv1'] : ['conv0', 'conv1']).map((layer) => ({
      name: `b${resolution}.${layer}`,
      resolution,
    })),
  );
}

/** Number of latents that the synthesis network takes: one per convolution and one for the last image. */
export const latentCount = (arguments_: GeneratorArguments): number => noiseLayers(arguments_).length + 1;

/** No noise (published noise mode `none`). */
export const noNoise: NoiseSource = () => undefined;

/** The noise stored with the network (published noise mode `const`). */
export function storedNoise(source: ParameterSource): NoiseSource {
  return (layer, resolution) => {
    const noise = source(`synthesis.${layer}.noise_const`, [resolution, resolution]);
    return reshape(noise, [1, 1, resolution, resolution]);
  };
}

/** Noise fed in every run as input `noise.b8.conv0`, ... [batch, 1, R, R] (published noise mode `random`). */
export function fedNoise(batch: number): NoiseSource {
  return (layer, resolution) => input(`noise.${layer}`, [batch, 1, resolution, resolution]);
}

/**
 * Activations as values [N, C, H, W] and a scale [N, C] that is still to be multiplied in: the next layer takes it into
 * its style, which saves a pass over the image.
 */
interface Activations {
  readonly values: Tensor;
  readonly scale?: Tensor;
}

/**
 * The image [N, img_channels, R, R] (nominally -1..1) of latents ws [N, L, w_dim], L = `latentCount`.
 * Architectures orig, skip and resnet (Karras et al., 2020, figure 7). Latents, noise and image are float32 at either
 * precision.
 */
export function synthesis(
  source: ParameterSource,
  arguments_: GeneratorArguments,
  ws: Tensor,
  noise: NoiseSource,
  precision: Precision = 'single',
): Tensor {
  const { img_resolution, img_channels, synthesis_kwargs: kwargs } = arguments_;
  const filter = setupFilter(kwargs.resample_filter);
  let x: Activations | undefined;
  let image: Tensor | undefined;
  let layer = 0;
  const latent = (index: number) => reshape(narrow(ws, 1, index, 1), [ws.shape[0]!, ws.shape[2]!]);
  for (const resolution of blockResolutions(arguments_)) {
    const block = layerOf(source, `synthesis.b${resolution}`);
    const channels = channelsAt(resolution, kwargs);
    const type = blockType(resolution, img_resolution, kwargs, precision);
    if (x !== undefined && x.values.type !== type) x = { values: cast(materialise(x), type) };
    const convolve = (name: string, from: Activations, up: number, gain = 1): Activations =>
      synthesisLayer(layerOf(block, name), from, latent(layer++), {
        channels,
        up,
        gain,
        noise: kwargs.use_noise ? noise(`b${resolution}.${name}`, resolution) : undefined,
        kwargs,
      });
    if (x === undefined) {
      const start = source(`synthesis.b${resolution}.const`, [channels, resolution, resolution]);
      x = convolve('conv1', { values: reshape(start, [1, ...start.shape]) }, 1);
    } else if (kwargs.architecture === 'resnet') {
      const from = materialise(x);
      const skip = { channels, kernel: 1, up: 2, bias: false, gain: Math.SQRT1_2, filter } as const;
      const shortcut = convolutionLayer(layerOf(block, 'skip'), from, skip);
      const main = convolve('conv1', convolve('conv0', { values: from }, 2), 1, Math.SQRT1_2);
      x = { values: add(shortcut, materialise(main)) };
    } else {
      x = convolve('conv1', convolve('conv0', x, 2), 1);
    }
    if (image !== undefined) image = upsample2d(image, filter);
    if (resolution === img_resolution || kwargs.architecture === 'skip') {
      const colours = toImage(layerOf(block, 'torgb'), x, latent(layer), img_channels, kwargs.conv_clamp);
      image = image === undefined ? colours : add(image, colours);
    }
  }
  return image!;
}

interface SynthesisLayer {
  readonly channels: number;
  readonly up: number;
  readonly gain: number;
  readonly noise: Tensor | undefined;
  readonly kwargs: GeneratorArguments['synthesis_kwargs'];
}

/**
 * Modulated convolution, noise, bias, activation. The style scales the input instead of the weights; demodulation
 * divides by the norm of the modulated weights, which a homogeneous activation lets wait in the result's scale:
 * f(y / norm + b) = f(y + b norm) / norm.
 */
function synthesisLayer(source: ParameterSource, x: Activations, w: Tensor, layer: SynthesisLayer): Activations {
  if (x.values.type === 'float16') return { values: halfPrecisionLayer(source, materialise(x), w, layer) };
  const { channels, up, noise, kwargs } = layer;
  const inputs = x.values.shape[1]!;
  const styles = fullyConnected(layerOf(source, 'affine'), w, inputs);
  const weight = source('weight', [channels, inputs, 3, 3]);
  const norm = sqrt(add(matmul(square(styles), squaredTaps(weight)), 1e-8));
  const modulated = multiply(x.values, perChannel(x.scale === undefined ? styles : multiply(styles, x.scale)));
  const raw = conv2dResample(modulated, weight, setupFilter(kwargs.resample_filter), { up });
  const bias = source('bias', [channels]);
  const strength = noise === undefined ? undefined : source('noise_strength', []);
  const shifted = add(raw, offset(norm, bias, noise, strength, raw));
  const { gain, homogeneous, apply } = activations[kwargs.activation];
  const outer = gain * layer.gain;
  const active = homogeneous
    ? { values: apply(shifted), scale: divide(outer, norm) }
    : { values: multiply(apply(divide(shifted, perChannel(norm))), outer) };
  if (kwargs.conv_clamp === null) return active;
  const limit = kwargs.conv_clamp * layer.gain;
  return { values: clamp(materialise(active), -limit, limit) };
}

/**
 * The same on float16 values, in the published order: styles and each output's weights are divided by their largest number
 * first, which demodulation takes out again, so that no sum overflows; values are demodulated before anything is added.
 */
function halfPrecisionLayer(source: ParameterSource, x: Tensor, w: Tensor, layer: SynthesisLayer): Tensor {
  const { channels, up, noise, kwargs } = layer;
  const half = (value: Tensor) => cast(value, 'float16');
  const inputs = x.shape[1]!;
  const styles = byLargest(fullyConnected(layerOf(source, 'affine'), w, inputs), [1]);
  const taps = byLargest(source('weight', [channels, inputs, 3, 3]), [1, 2, 3]);
  const weight = multiply(taps, 1 / Math.sqrt(inputs * 9));
  const demodulation = reciprocal(sqrt(add(matmul(square(styles), squaredTaps(weight)), 1e-8)));
  const modulated = multiply(x, perChannel(half(styles)));
  const raw = conv2dResample(modulated, half(weight), setupFilter(kwargs.resample_filter), { up });
  const demodulated = multiply(raw, perChannel(half(demodulation)));
  const noisy =
    noise === undefined ? demodulated : add(demodulated, half(multiply(noise, source('noise_strength', []))));
  const { gain, apply } = activations[kwargs.activation];
  const active = multiply(apply(add(noisy, perChannel(half(source('bias', [channels]))))), gain * layer.gain);
  if (kwargs.conv_clamp === null) return active;
  const limit = kwargs.conv_clamp * layer.gain;
  return clamp(active, -limit, limit);
}

/** x divided by its largest absolute value over axes. Where demodulation follows, that number has no gradient. */
function byLargest(x: Tensor, axes: readonly number[]): Tensor {
  return divide(x, stopGradient(max(abs(x), axes)));
}

/** (noise * strength + bias) * norm for every sample, channel and pixel, as one product of narrow matrices. */
function offset(
  norm: Tensor,
  bias: Tensor,
  noise: Tensor | undefined,
  strength: Tensor | undefined,
  like: Tensor,
): Tensor {
  const biases = multiply(norm, bias);
  if (noise === undefined || strength === undefined) return perChannel(biases);
  const [samples, channels, height, width] = like.shape as [number, number, number, number];
  const fields = noise.shape[0]!;
  const rows = [fields, 1, height * width];
  const coefficients = [multiply(norm, strength), biases].map((x) => reshape(x, [samples, channels, 1]));
  const perField = reshape(concat(coefficients, 2), [fields, (samples * channels) / fields, 2]);
  const maps = concat([reshape(noise, rows), fill(rows, 1)], 1);
  return reshape(matmul(perField, maps), like.shape);
}

/** Values with their scale multiplied in. */
function materialise({ values, scale }: Activations): Tensor {
  return scale === undefined ? values : multiply(values, perChannel(scale));
}

/** Modulated 1x1 convolution without demodulation, as a matrix product per sample (published `ToRGBLayer`); float32. */
function toImage(
  source: ParameterSource,
  { values, scale }: Activations,
  w: Tensor,
  colours: number,
  limit: number | null,
): Tensor {
  const [n, inputs, height, width] = values.shape as [number, number, number, number];
  const styles = multiply(fullyConnected(layerOf(source, 'affine'), w, inputs), 1 / Math.sqrt(inputs));
  const scales = reshape(scale === undefined ? styles : multiply(styles, scale), [n, 1, inputs]);
  const { type } = values;
  const weight = multiply(reshape(source('weight', [colours, inputs, 1, 1]), [1, colours, inputs]), scales);
  const product = matmul(cast(weight, type), reshape(values, [n, inputs, height * width]));
  const biases = perChannel(cast(source('bias', [colours]), type));
  const image = add(reshape(product, [n, colours, height, width]), biases);
  return cast(limit === null ? image : clamp(image, -limit, limit), 'float32');
}

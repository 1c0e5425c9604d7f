// The programs of an encoder's training: one step with its optimizer and moving average, and the reconstruction of images.
import { adamStep } from '../../../native/graph/adam.ts';
import {
  add,
  clamp,
  concat,
  finite,
  input,
  mean,
  multiply,
  reshape,
  square,
  stopGradient,
  subtract,
  sum,
  variable,
} from '../../../native/graph/build.ts';
import { gradients } from '../../../native/graph/gradients.ts';
import type { Tensor } from '../../../native/graph/operations.ts';
import { pack, unpack } from '../../../native/graph/packing.ts';
import { constantParameters, type ParameterSource } from '../../../native/networks/parameter-source.ts';
import type { GeneratorArguments } from '../../../native/networks/stylegan2/arguments.ts';
import { encoder } from '../../../native/networks/stylegan2/encoder.ts';
import { broadcastLatent, generatorMapping } from '../../../native/networks/stylegan2/mapping.ts';
import { latentCount, storedNoise, synthesis } from '../../../native/networks/stylegan2/synthesis.ts';
import type { ProgramDefinition } from '../../../native/runtime/program.ts';
import type { HostTensor } from '../../../native/runtime/variables.ts';
import { networkVariables, type TrainedNetwork } from '../networks.ts';
import type { EncoderConfiguration } from './configuration.ts';

/** The moving average of the encoder's parameters. */
export const averageName = 'E ema';
/** Gradients beyond this are cut. */
const largestGradient = 1e5;

/** Mean [w_dim] of W and the root of the mean squared distance to it. */
export interface LatentMoments {
  readonly mean: Float32Array;
  readonly deviation: number;
}

export interface EncoderGraph {
  readonly configuration: EncoderConfiguration;
  readonly network: TrainedNetwork;
  /** The generator, which is not trained: its parameters are compiled in, once for all that a program draws. */
  readonly generator: {
    readonly arguments_: GeneratorArguments;
    readonly tensors: ReadonlyMap<string, HostTensor>;
  };
  readonly latents: LatentMoments;
  /** Features [N, ...] of images [N, C, R, R] whose summed squared differences are the distance of two images. */
  readonly features: (images: Tensor) => readonly Tensor[];
}

/**
 * One step. Feeds: `real` [R, C, S, S], codes `z` [K, z_dim] and one-hot `c` [K, c_dim] of the generated images, `beta` of the
 * moving average, and those of Adam. Outputs, of the real images first: `reconstruction` losses [R + K] and squared latent
 * offsets [R + K], in units of W's variance: from the known latents of a generated image, from the mean for a real one.
 */
export function stepProgram(graph: EncoderGraph): ProgramDefinition {
  const { configuration, network, generator, latents } = graph;
  const { batch, generated, dataset, latentWeight, optimizer } = configuration;
  const { arguments_ } = generator;
  const { channels, resolution: side } = dataset;
  const source = constantParameters(generator.tensors);
  const layers = latentCount(arguments_);
  const real = input('real', [batch - generated, channels, side, side]);
  const parts = { images: [real], known: [expandedMean(latents, batch - generated, layers)] };
  if (generated > 0) {
    const label = arguments_.c_dim > 0 ? input('c', [generated, arguments_.c_dim]) : undefined;
    const w = generatorMapping(source, arguments_, input('z', [generated, arguments_.z_dim]), label);
    const known = broadcastLatent(w, layers);
    // What a network draws may lie beyond what an image can have.
    parts.images.push(stopGradient(clamp(synthesis(source, arguments_, known, storedNoise(source)), -1, 1)));
    parts.known.push(stopGradient(known));
  }
  const images = concat(parts.images, 0);
  const { ws, reconstructed } = reconstruct(graph, source, network.source, images);
  const reconstruction = distances(graph, images, reconstructed);
  const variance = latents.deviation ** 2 / arguments_.w_dim;
  const offsets = multiply(mean(square(subtract(ws, concat(parts.known, 0))), [1, 2]), 1 / variance);
  const offset = reshape(offsets, [batch]);
  const loss = mean(add(reconstruction, multiply(offset, latentWeight)));
  const names = networkVariables('E');
  const vector = (name: string) => variable(name, [network.layout.size]);
  const each = gradients(reshape(loss, []), [...network.parameters.values()]);
  const gradient = pack(new Map([...network.parameters.keys()].map((name, i) => [name, each[i]])), network.layout);
  const state = { parameters: vector(names.parameters), first: vector(names.first), second: vector(names.second) };
  const next = adamStep(state, finite(gradient, largestGradient), optimizer);
  const average = add(next.parameters, multiply(subtract(vector(averageName), next.parameters), input('beta', [])));
  return {
    outputs: { reconstruction, offset },
    updates: new Map([
      [names.parameters, next.parameters],
      [names.first, next.first],
      [names.second, next.second],
      [averageName, average],
    ]),
  };
}

/**
 * What the moving average makes of `images` [batch, C, S, S]: latents `ws` [batch, L, w_dim], `reconstructed` images, their
 * `losses` and plain mean squared differences `pixels` [batch].
 */
export function reconstructProgram(graph: EncoderGraph): ProgramDefinition {
  const { configuration, network, generator } = graph;
  const { channels, resolution: side } = configuration.dataset;
  const averages = unpack(variable(averageName, [network.layout.size]), network.layout);
  const average: ParameterSource = (name, shape) => averages.get(name) ?? network.source(name, shape);
  const images = input('images', [configuration.batch, channels, side, side]);
  const { ws, reconstructed } = reconstruct(graph, constantParameters(generator.tensors), average, images);
  const pixels = reshape(mean(square(subtract(images, reconstructed)), [1, 2, 3]), [configuration.batch]);
  return { outputs: { ws, reconstructed, losses: distances(graph, images, reconstructed), pixels } };
}

function reconstruct(
  { configuration, generator: { arguments_ } }: EncoderGraph,
  generator: ParameterSource,
  parameters: ParameterSource,
  images: Tensor,
): { readonly ws: Tensor; readonly reconstructed: Tensor } {
  const ws = encoder(parameters, configuration.encoder, images);
  return { ws, reconstructed: synthesis(generator, arguments_, ws, storedNoise(generator)) };
}

/** The reconstruction loss of each image, [N]. */
function distances({ features }: EncoderGraph, images: Tensor, reconstructed: Tensor): Tensor {
  const n = images.shape[0]!;
  const targets = features(images);
  return features(reconstructed)
    .map((feature, i) => {
      const squares = square(subtract(feature, stopGradient(targets[i]!)));
      return reshape(sum(squares, squares.shape.map((_, axis) => axis).slice(1)), [n]);
    })
    .reduce((a, b) => add(a, b));
}

function expandedMean({ mean: centre }: LatentMoments, count: number, layers: number): Tensor {
  const data = Float32Array.from({ length: count * layers * centre.length }, (_, i) => centre[i % centre.length]!);
  return constantParameters(new Map([['mean', { data, shape: [count, layers, centre.length] }]]))('mean', [
    count,
    layers,
    centre.length,
  ]);
}

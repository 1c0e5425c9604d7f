// The programs of StyleGAN2 training: one per phase that adds to a gradient, one per optimizer, one for the average.
import { type AdamOptions, adamStep } from '../../native/graph/adam.ts';
import { add, clamp, concat, finite, input, multiply, narrow, subtract, variable } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { pack, unpack } from '../../native/graph/packing.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import type {
  DiscriminatorArguments,
  GeneratorArguments,
  Precision,
} from '../../native/networks/stylegan2/arguments.ts';
import { discriminator } from '../../native/networks/stylegan2/discriminator.ts';
import {
  batchMean,
  discriminatorLoss,
  generatorLoss,
  pathLength,
  r1Penalty,
} from '../../native/networks/stylegan2/losses.ts';
import {
  broadcastLatent,
  generatorMapping,
  mixStyles,
  updatedAverage,
} from '../../native/networks/stylegan2/mapping.ts';
import { fedNoise, latentCount, storedNoise, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import type { ProgramDefinition } from '../../native/runtime/program.ts';
import type { AugmentedImages } from './augmentation-inputs.ts';
import { networkVariables, sharedVariables, type TrainedNetwork } from './networks.ts';

/** Everything the phases are built from. N is the number of images in one device run. */
export interface TrainingGraph {
  readonly generator: { readonly network: TrainedNetwork; readonly arguments_: GeneratorArguments };
  readonly discriminator: { readonly network: TrainedNetwork; readonly arguments_: DiscriminatorArguments };
  readonly microBatch: number;
  readonly r1Gamma: number;
  readonly pathLengthWeight: number;
  readonly pathLengthDecay: number;
  readonly pathLengthBatch: number;
  /** How often a regulariser runs: its loss is multiplied by the interval (lazy regularisation). */
  readonly generatorInterval: number;
  readonly discriminatorInterval: number;
  /** Float16 in the blocks that the networks' arguments name, where the device gains from it. */
  readonly precision: Precision;
  /** What both real and generated images pass before the discriminator sees them. */
  readonly augment: (images: Tensor, which: AugmentedImages) => Tensor;
}

/** Gradients beyond this are cut, as the published trainer cuts infinities. */
const largestGradient = 1e5;

/** Feed that tells whether a phase adds to the gradient (1) or starts it anew (0). */
export const keepGradient = 'keep gradient';

/** G: non-saturating loss. Feeds: see `generate`. Outputs: logits of the generated images, and the loss of each, [N, 1]. */
export function generatorPhase(graph: TrainingGraph): ProgramDefinition {
  const { images, latentMean } = generate(graph, graph.microBatch);
  const generated = judge(graph, graph.augment(images, 'generated'), graph.microBatch);
  const losses = generatorLoss(generated);
  const loss = batchMean(losses);
  return {
    outputs: { generated, losses },
    updates: new Map([...accumulate(graph.generator.network, loss), [sharedVariables.latentMean, latentMean]]),
  };
}

/**
 * G: path length regularisation on a smaller batch. Feeds: see `generate`, and `direction` [n, C, R, R] normals. Output:
 * penalties [n].
 */
export function pathLengthPhase(graph: TrainingGraph): ProgramDefinition {
  const n = graph.pathLengthBatch;
  const { images, ws, latentMean } = generate(graph, n);
  const { img_resolution: size } = graph.generator.arguments_;
  const direction = multiply(input('direction', images.shape), 1 / size);
  const mean = variable(sharedVariables.pathLengthMean, []);
  const result = pathLength(images, ws, direction, mean, graph.pathLengthDecay);
  const loss = multiply(batchMean(result.penalty), graph.pathLengthWeight);
  return {
    outputs: { penalties: result.penalty },
    updates: new Map([
      ...accumulate(graph.generator.network, multiply(loss, graph.generatorInterval)),
      [sharedVariables.latentMean, latentMean],
      [sharedVariables.pathLengthMean, result.mean],
    ]),
  };
}

/**
 * D: logistic loss of generated and real images. Feeds: see `generate`; `real` [N, C, R, R] in -1..1, and `real c` when
 * the network is conditional. Outputs: logits of generated and real images, and the loss of each pair, [N, 1].
 */
export function discriminatorPhase(graph: TrainingGraph): ProgramDefinition {
  const n = graph.microBatch;
  const { images, latentMean } = generate(graph, n);
  const generated = judge(graph, graph.augment(images, 'generated'), n);
  const real = judge(graph, graph.augment(realImages(graph), 'real'), n, 'real c');
  const losses = discriminatorLoss(generated, real);
  const loss = batchMean(losses);
  return {
    outputs: { losses, generated, real },
    updates: new Map([...accumulate(graph.discriminator.network, loss), [sharedVariables.latentMean, latentMean]]),
  };
}

/**
 * D: R1 penalty, with respect to the real images before augmentation, as published. Feeds: `real`, `real c`. Outputs: logits
 * of the real images [N, 1], penalties [N].
 */
export function r1Phase(graph: TrainingGraph): ProgramDefinition {
  const real = realImages(graph);
  const logits = judge(graph, graph.augment(real, 'real'), graph.microBatch, 'real c');
  const penalties = r1Penalty(logits, real);
  const loss = multiply(batchMean(penalties), graph.r1Gamma / 2);
  return {
    outputs: { penalties, real: logits },
    updates: accumulate(graph.discriminator.network, multiply(loss, graph.discriminatorInterval)),
  };
}

/** One Adam step of a network from its accumulated gradient, always in float32. Feeds: `adamFeeds`. */
export function optimizerStep(
  { name, layout }: TrainedNetwork,
  options: AdamOptions,
  precision: Precision,
): ProgramDefinition {
  const names = networkVariables(name);
  const vector = (which: string) => variable(which, [layout.size]);
  const sums = vector(names.gradient);
  // Float16 may overflow to what is no number, which the published trainer takes for 0.
  const gradient =
    precision === 'half' ? finite(sums, largestGradient) : clamp(sums, -largestGradient, largestGradient);
  const state = { parameters: vector(names.parameters), first: vector(names.first), second: vector(names.second) };
  const next = adamStep(state, gradient, options);
  return {
    outputs: {},
    updates: new Map([
      [names.parameters, next.parameters],
      [names.first, next.first],
      [names.second, next.second],
    ]),
  };
}

/** The moving average of the generator: average = parameters + beta (average - parameters). Feed: `beta`. */
export function averageStep({ name, layout }: TrainedNetwork): ProgramDefinition {
  const parameters = variable(networkVariables(name).parameters, [layout.size]);
  const average = variable(sharedVariables.average, [layout.size]);
  const next = add(parameters, multiply(subtract(average, parameters), input('beta', [])));
  return { outputs: {}, updates: new Map([[sharedVariables.average, next]]) };
}

/** Images of the moving average for codes `z` and labels `c`, with the stored noise; float32 on every device. */
export function samples({ generator: { network, arguments_ }, microBatch: n }: TrainingGraph): ProgramDefinition {
  const average = unpack(variable(sharedVariables.average, [network.layout.size]), network.layout);
  const source: ParameterSource = (name, shape) => average.get(name) ?? network.source(name, shape);
  const label = arguments_.c_dim > 0 ? input('c', [n, arguments_.c_dim]) : undefined;
  const w = generatorMapping(source, arguments_, input('z', [n, arguments_.z_dim]), label);
  const ws = broadcastLatent(w, latentCount(arguments_));
  return { outputs: { images: synthesis(source, arguments_, ws, storedNoise(source)) } };
}

/**
 * Images of n fed codes: `z` and `mixing z` [n, z_dim], labels `c` for a conditional network, `second` [L] (1 where a
 * layer takes the mixing code), and noise of every layer.
 */
function generate(
  { generator: { network, arguments_ }, precision }: TrainingGraph,
  n: number,
): { readonly images: Tensor; readonly ws: Tensor; readonly latentMean: Tensor } {
  const layers = latentCount(arguments_);
  const label = arguments_.c_dim > 0 ? input('c', [n, arguments_.c_dim]) : undefined;
  const codes = ['z', 'mixing z'].map((name) => input(name, [n, arguments_.z_dim]));
  // Both sets of codes in one batch: the weights are large, the batch is small.
  const both = generatorMapping(network.source, arguments_, concat(codes, 0), label && concat([label, label], 0));
  const [w, mixing] = [narrow(both, 0, 0, n), narrow(both, 0, n, n)];
  const ws = mixStyles(broadcastLatent(w, layers), broadcastLatent(mixing, layers), input('second', [layers]));
  const before = variable(sharedVariables.latentMean, [arguments_.w_dim]);
  const latentMean = updatedAverage(before, w, arguments_.mapping_kwargs.w_avg_beta ?? 1);
  return { images: synthesis(network.source, arguments_, ws, fedNoise(n), precision), ws, latentMean };
}

function realImages({ generator: { arguments_ }, microBatch }: TrainingGraph): Tensor {
  const { img_channels: channels, img_resolution: size } = arguments_;
  return input('real', [microBatch, channels, size, size]);
}

/** Logits of images; a conditional network judges them under the labels that are fed as `labels`. */
function judge(
  { discriminator: { network, arguments_ }, precision }: TrainingGraph,
  images: Tensor,
  n: number,
  labels: 'c' | 'real c' = 'c',
): Tensor {
  const label = arguments_.c_dim > 0 ? input(labels, [n, arguments_.c_dim]) : undefined;
  return discriminator(network.source, arguments_, images, label, precision).logits;
}

/** The network's gradient vector with that of `loss` added. */
function accumulate(network: TrainedNetwork, loss: Tensor): Map<string, Tensor> {
  const { gradient } = networkVariables(network.name);
  const names = [...network.parameters.keys()];
  const parts = gradients(loss, [...network.parameters.values()]);
  const vector = pack(new Map(names.map((name, i) => [name, parts[i]])), network.layout);
  const before = multiply(variable(gradient, [network.layout.size]), input(keepGradient, []));
  return new Map([[gradient, add(before, vector)]]);
}

// A configuration as graph: its two networks, the programs it runs, and the variables these begin with.
import type { AdamOptions } from '../../native/graph/adam.ts';
import type { Precision } from '../../native/networks/stylegan2/arguments.ts';
import type { ProgramDefinition } from '../../native/runtime/program.ts';
import type { WorkingMemory } from '../../native/runtime/session.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { augmented } from './augmentation-inputs.ts';
import { lazyAdam, type TrainingConfiguration } from './configuration.ts';
import { initialVariables, networkVariables, sharedVariables, trainedNetwork } from './networks.ts';
import {
  averageStep,
  discriminatorPhase,
  generatorPhase,
  optimizerStep,
  pathLengthPhase,
  r1Phase,
  samples,
  type TrainingGraph,
} from './programs.ts';
import { discriminatorOf, generatorOf, type NetworkValues, networkParameters } from './starting-networks.ts';

/** What the phases of a training are built from; `networks` gives the values of what is not trained. */
export function trainingGraph(
  configuration: TrainingConfiguration,
  networks: NetworkValues,
  precision: Precision,
): TrainingGraph {
  const { microBatch, pathLengthBatchShrink } = configuration;
  const parameters = networkParameters(configuration);
  const transforms = configuration.augmentation?.transforms;
  return {
    generator: { network: trainedNetwork('G', parameters.G, networks.G), arguments_: generatorOf(configuration) },
    discriminator: {
      network: trainedNetwork('D', parameters.D, networks.D),
      arguments_: discriminatorOf(configuration),
    },
    microBatch,
    precision,
    r1Gamma: configuration.r1Gamma,
    pathLengthWeight: configuration.pathLengthWeight,
    pathLengthDecay: configuration.pathLengthDecay,
    pathLengthBatch: Math.max(1, Math.floor(microBatch / pathLengthBatchShrink)),
    generatorInterval: configuration.generatorRegularisationInterval,
    discriminatorInterval: configuration.discriminatorRegularisationInterval,
    augment: (images, which) => (transforms === undefined ? images : augmented(transforms, images, which)),
  };
}

/** The programs of a training by name; a regulariser without weight has none. */
export function trainingPrograms(
  configuration: TrainingConfiguration,
  graph: TrainingGraph,
): Readonly<Record<string, ProgramDefinition>> {
  return {
    generator: generatorPhase(graph),
    ...(configuration.pathLengthWeight > 0 ? { pathLength: pathLengthPhase(graph) } : {}),
    discriminator: discriminatorPhase(graph),
    ...(configuration.r1Gamma > 0 ? { r1: r1Phase(graph) } : {}),
    'G step': optimizerStep(graph.generator.network, optimizerOptions(configuration, 'G'), graph.precision),
    'D step': optimizerStep(graph.discriminator.network, optimizerOptions(configuration, 'D'), graph.precision),
    average: averageStep(graph.generator.network),
    samples: samples(graph),
  };
}

/**
 * Whether a program keeps its working memory between runs. Those return it that most iterations do without: images of the
 * moving average, and the regularisers where images are so large that a program takes gigabytes.
 */
export function workingMemory(program: string, { dataset }: TrainingConfiguration): WorkingMemory {
  const large = dataset.resolution >= 128;
  const rare = program === 'samples' || (large && (program === 'r1' || program === 'pathLength'));
  return rare ? 'returned' : 'kept';
}

/** Adam of a network, shortened for the regulariser that shares it. */
export function optimizerOptions(configuration: TrainingConfiguration, name: 'G' | 'D'): AdamOptions {
  return name === 'G'
    ? lazyAdam(configuration.generatorOptimizer, configuration.generatorRegularisationInterval)
    : lazyAdam(configuration.discriminatorOptimizer, configuration.discriminatorRegularisationInterval);
}

/** The variables of a training that begins with given networks. */
export function startVariables(graph: TrainingGraph, networks: NetworkValues): Map<string, HostTensor> {
  const { network, arguments_ } = graph.generator;
  const average = initialVariables(network, networks.G_ema).get(networkVariables('G').parameters)!;
  const latentMean = networks.G_ema.get('mapping.w_avg');
  return new Map([
    ...initialVariables(network, networks.G),
    ...initialVariables(graph.discriminator.network, networks.D),
    [sharedVariables.average, average],
    [sharedVariables.latentMean, latentMean ?? { data: new Float32Array(arguments_.w_dim), shape: [arguments_.w_dim] }],
    [sharedVariables.pathLengthMean, { data: new Float32Array(1), shape: [] }],
  ]);
}

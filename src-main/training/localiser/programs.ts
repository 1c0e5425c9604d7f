// The programs of a localiser's training: one step of the optimizer, and what the averaged network says of images.
import { type AdamOptions, adamStep } from '../../../native/graph/adam.ts';
import { add, input, mean, multiply, sigmoid, softplus, subtract, variable } from '../../../native/graph/build.ts';
import { gradients } from '../../../native/graph/gradients.ts';
import type { Tensor } from '../../../native/graph/operations.ts';
import { type Layout, layoutOf, pack, packValues, unpack } from '../../../native/graph/packing.ts';
import { type LocaliserArguments, localiserParameters } from '../../../native/networks/localiser/arguments.ts';
import { localiser } from '../../../native/networks/localiser/localiser.ts';
import type { ProgramDefinition } from '../../../native/runtime/program.ts';
import type { HostTensor } from '../../../native/runtime/variables.ts';
import type { Random } from '../../platform/random/random.ts';

/** Names of the variables, each a vector of all parameters: as trained, Adam's moments, the moving average. */
export const localiserVariables = {
  parameters: 'localiser',
  first: 'localiser first',
  second: 'localiser second',
  average: 'localiser average',
} as const;

export const adamOptions: Omit<AdamOptions, 'learningRate'> = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };

export const parameterLayout = (arguments_: LocaliserArguments): Layout => layoutOf(localiserParameters(arguments_));

/**
 * One step. Feeds: `images` [N, C, R, R], `masks` [N, 1, R, R], those of Adam, and `beta`, how much of the average is kept.
 * Output: `loss`, the mean binary cross-entropy.
 */
export function trainingStep(arguments_: LocaliserArguments, batch: number): ProgramDefinition {
  const layout = parameterLayout(arguments_);
  const state = vectors(layout);
  const tensors = unpack(state.parameters, layout);
  const loss = crossEntropy(logitsOf(tensors, arguments_, batch), input('masks', maskShape(arguments_, batch)));
  const parts = gradients(loss, [...tensors.values()]);
  const gradient = pack(new Map([...tensors.keys()].map((name, index) => [name, parts[index]])), layout);
  const next = adamStep(state, gradient, { ...adamOptions, learningRate: 0 });
  const average = add(next.parameters, multiply(subtract(state.average, next.parameters), input('beta', [])));
  return {
    outputs: { loss },
    updates: new Map([
      [localiserVariables.parameters, next.parameters],
      [localiserVariables.first, next.first],
      [localiserVariables.second, next.second],
      [localiserVariables.average, average],
    ]),
  };
}

/** What the averaged network says: `maps` [N, 1, R, R] in 0..1, and the `loss` against `masks`. */
export function validation(arguments_: LocaliserArguments, batch: number): ProgramDefinition {
  const layout = parameterLayout(arguments_);
  const tensors = unpack(vectors(layout).average, layout);
  const logits = logitsOf(tensors, arguments_, batch);
  const loss = crossEntropy(logits, input('masks', maskShape(arguments_, batch)));
  return { outputs: { maps: sigmoid(logits), loss } };
}

/** The values that a training begins with: weights are normal, the last layer says "normal" of everything. */
export function startValues(arguments_: LocaliserArguments, random: Random): Map<string, HostTensor> {
  const layout = parameterLayout(arguments_);
  const values = packValues((name) => {
    const length = layout.entries.get(name)!.shape.reduce((product, size) => product * size, 1);
    if (name.endsWith('.gain')) return new Float32Array(length).fill(1);
    if (name === 'out.bias') return new Float32Array(length).fill(rareAnomaly);
    return name.endsWith('.weight') && name !== 'out.weight'
      ? random.fork(name).gaussians(length)
      : new Float32Array(length);
  }, layout);
  const vector = (data: Float32Array): HostTensor => ({ data, shape: [layout.size] });
  return new Map([
    [localiserVariables.parameters, vector(values)],
    [localiserVariables.first, vector(new Float32Array(layout.size))],
    [localiserVariables.second, vector(new Float32Array(layout.size))],
    [localiserVariables.average, vector(values.slice())],
  ]);
}

/** Logit of the share of pixels that belong to an anomaly, about a twentieth. */
const rareAnomaly = -3;

function vectors({ size }: Layout): Record<keyof typeof localiserVariables, Tensor> {
  const vector = (name: string) => variable(name, [size]);
  const { parameters, first, second, average } = localiserVariables;
  return { parameters: vector(parameters), first: vector(first), second: vector(second), average: vector(average) };
}

const maskShape = ({ resolution }: LocaliserArguments, batch: number) => [batch, 1, resolution, resolution];

function logitsOf(tensors: ReadonlyMap<string, Tensor>, arguments_: LocaliserArguments, batch: number): Tensor {
  const { channels, resolution } = arguments_;
  const images = input('images', [batch, channels, resolution, resolution]);
  return localiser((name) => tensors.get(name)!, arguments_, images).logits;
}

const crossEntropy = (logits: Tensor, masks: Tensor): Tensor =>
  mean(subtract(softplus(logits), multiply(logits, masks)));

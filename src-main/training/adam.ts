// Adam (Kingma and Ba 2015) on one packed parameter vector, as graph, with the lazy-regularisation correction.
import { add, clamp, divide, input, multiply, sqrt, square, subtract, variable } from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';

/** Hyper-parameters, named as in PyTorch. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Names of the variables of one optimizer that works on the parameter vector `name`. */
export const adamVariables = (name: string) =>
  ({
    parameters: name,
    gradient: `${name} gradient`,
    first: `${name} first moment`,
    second: `${name} second moment`,
  }) as const;

/** Gradients are clamped to this, as the published trainer does, so that one infinity does not end a training. */
const largestGradient = 1e5;

/**
 * The update of a parameter vector [size] from its accumulated gradient: new values of the variables by name.
 * Feeds: `step size` = learningRate / (1 - beta1^t), `second correction` = 1 / sqrt(1 - beta2^t), see `adamFeeds`.
 */
export function adamUpdates(name: string, size: number, options: AdamOptions): ReadonlyMap<string, Tensor> {
  const names = adamVariables(name);
  const vector = (variableName: string) => variable(variableName, [size]);
  const gradient = clamp(vector(names.gradient), -largestGradient, largestGradient);
  const { beta1, beta2, epsilon } = options;
  const first = add(multiply(vector(names.first), beta1), multiply(gradient, 1 - beta1));
  const second = add(multiply(vector(names.second), beta2), multiply(square(gradient), 1 - beta2));
  const scale = add(multiply(sqrt(second), input('second correction', [])), epsilon);
  const change = divide(multiply(first, input('step size', [])), scale);
  return new Map([
    [names.parameters, subtract(vector(names.parameters), change)],
    [names.first, first],
    [names.second, second],
  ]);
}

/** The feeds of step number `step` (from 1). */
export function adamFeeds(step: number, { learningRate, beta1, beta2 }: AdamOptions): Record<string, Float32Array> {
  return {
    'step size': Float32Array.of(learningRate / (1 - beta1 ** step)),
    'second correction': Float32Array.of(1 / Math.sqrt(1 - beta2 ** step)),
  };
}

/**
 * Options for a network whose regulariser runs every `interval` iterations: one Adam serves both phases, so rate and
 * memory are shortened by interval / (interval + 1) (StyleGAN2 paper, appendix B). No interval: unchanged.
 */
export function lazyAdam(options: AdamOptions, interval: number | null): AdamOptions {
  if (interval === null) return options;
  const ratio = interval / (interval + 1);
  return {
    ...options,
    learningRate: options.learningRate * ratio,
    beta1: options.beta1 ** ratio,
    beta2: options.beta2 ** ratio,
  };
}

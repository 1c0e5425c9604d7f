// Adam (Kingma and Ba, 2015) as graph: one step for a tensor of parameters of any shape.
import { add, divide, input, multiply, sqrt, square, subtract } from './build.ts';
import type { Tensor } from './operations.ts';

/** Hyper-parameters, named as in PyTorch. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Parameters with their two moments, all of one shape. */
export interface AdamState {
  readonly parameters: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}

/**
 * The state after one step along `gradient`. The program that holds it takes the feeds of `adamFeeds`, so that the
 * learning rate may change from step to step.
 */
export function adamStep(state: AdamState, gradient: Tensor, { beta1, beta2, epsilon }: AdamOptions): AdamState {
  // Without momentum, as StyleGAN2 trains, the first moment is the gradient.
  const first = beta1 === 0 ? gradient : add(multiply(state.first, beta1), multiply(gradient, 1 - beta1));
  const second = add(multiply(state.second, beta2), multiply(square(gradient), 1 - beta2));
  const scale = add(multiply(sqrt(second), input('second correction', [])), epsilon);
  const change = divide(multiply(first, input('step size', [])), scale);
  return { parameters: subtract(state.parameters, change), first, second };
}

/** Feeds of step number `step` (from 1): the bias corrections of both moments. */
export function adamFeeds(step: number, { learningRate, beta1, beta2 }: AdamOptions): Record<string, Float32Array> {
  return {
    'step size': Float32Array.of(learningRate / (1 - beta1 ** step)),
    'second correction': Float32Array.of(1 / Math.sqrt(1 - beta2 ** step)),
  };
}

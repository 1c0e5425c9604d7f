// ADA's controller: as much augmentation as keeps the discriminator from knowing its training images by heart.
import type { AugmentationConfiguration } from './configuration.ts';

/** Where the controller is. JSON. */
export interface AugmentationState {
  /** Of each transform; may pass 1, which is no more than always. */
  readonly probability: number;
  /** Signs of the discriminator's answers to real images since the last step: their sum and number. */
  readonly signs: number;
  readonly answers: number;
}

export const firstAugmentation = ({ probability }: AugmentationConfiguration): AugmentationState => ({
  probability,
  signs: 0,
  answers: 0,
});

/**
 * The state after an iteration in which the discriminator gave `answers` to real images. Every `interval` iterations the
 * probability grows while the mean sign is above the target, and else shrinks (Karras et al., "Training Generative
 * Adversarial Networks with Limited Data", 2020, section 3.1). `iterations` counts this one.
 */
export function adapted(
  before: AugmentationState,
  { adaptive }: AugmentationConfiguration,
  { iterations, batch }: { readonly iterations: number; readonly batch: number },
  answers: Float32Array,
): AugmentationState {
  if (adaptive === null) return before;
  const signs = before.signs + answers.reduce((sum, answer) => sum + Math.sign(answer), 0);
  const count = before.answers + answers.length;
  if (iterations % adaptive.interval !== 0) return { ...before, signs, answers: count };
  const step = (batch * adaptive.interval) / (adaptive.kimg * 1000);
  const probability = Math.max(0, before.probability + Math.sign(signs / count - adaptive.target) * step);
  return { probability, signs: 0, answers: 0 };
}

// The schedules of StyleGAN2's projector: learning rate and latent noise as functions of the step.

/** Settings of a projection, with the published projector's values as defaults. */
export interface ProjectionSchedule {
  readonly steps: number;
  readonly initialLearningRate: number;
  /** Latent noise at the first step, in standard deviations of w. */
  readonly initialNoiseFactor: number;
  /** Shares of the steps: the rate falls over the last, rises over the first; the noise ends after the third. */
  readonly rampDown: number;
  readonly rampUp: number;
  readonly noiseRamp: number;
  /** Weight of the noise maps' regulariser. */
  readonly noiseRegularisation: number;
}

/** The published values for a number of steps. */
export const publishedSchedule = (steps: number): ProjectionSchedule => ({
  steps,
  initialLearningRate: 0.1,
  initialNoiseFactor: 0.05,
  rampDown: 0.25,
  rampUp: 0.05,
  noiseRamp: 0.75,
  noiseRegularisation: 1e5,
});

/** Learning rate of step `step` (from 0): up linearly, then down along a cosine. */
export function learningRate(step: number, schedule: ProjectionSchedule): number {
  const t = step / schedule.steps;
  const down = 0.5 - 0.5 * Math.cos(Math.min(1, (1 - t) / schedule.rampDown) * Math.PI);
  return schedule.initialLearningRate * down * Math.min(1, t / schedule.rampUp);
}

/** Scale of the latent noise of step `step` (from 0), in units of the standard deviation of w. */
export function latentNoiseScale(step: number, schedule: ProjectionSchedule): number {
  const t = step / schedule.steps;
  return schedule.initialNoiseFactor * Math.max(0, 1 - t / schedule.noiseRamp) ** 2;
}

// Options that several commands share word for word, and what they mean in the contract.
import { z } from 'zod';
import type { Request } from '../../src-preload/contract.ts';
import { distance, region } from '../../src-preload/schemas/image.ts';
import { device } from '../../src-preload/schemas/run.ts';
import { type CommandOption, count, flag, option, text, whole } from './command.ts';

type ProjectRun = Extract<Request<'runs.queue'>, { kind: 'project' }>['parameters'];
type Chosen<O extends Readonly<Record<string, CommandOption>>> = { readonly [N in keyof O]: z.output<O[N]['schema']> };

export const deviceOption = option(
  '--device <name>',
  'where to compute; residua devices tells which work here',
  device.default('cpu'),
);

export const weightsOption = option(
  '--weights <folder>',
  'where published weights are looked for (default: $RESIDUA_WEIGHTS, or a folder of this user)',
  text.optional(),
);

/** Options of the published projector, and ours, for one reconstruction. */
export const projectionSettings = {
  numSteps: option('--num-steps <number>', 'optimization steps', count.default(1000)),
  seed: option('--seed <number>', 'random seed', whole.default(303)),
  loss: option(
    '--loss <name>',
    'what makes images alike (without it: lpips if its weights are there, else discriminator, else pixel)',
    z.enum(['lpips', 'discriminator', 'pixel']).optional(),
  ),
  space: option('--space <name>', 'one latent for all layers, or one for each', z.enum(['w', 'w+']).default('w')),
  batch: option('--batch <number>', 'images at once', count.default(1)),
  renderNoise: option(
    '--render-noise <name>',
    'draw the result with the noise of the network or with the optimised one',
    z.enum(['stored', 'optimised']).default('stored'),
  ),
  saveVideo: option('--save-video [flag]', 'save an MP4 film of the optimization of each image', flag),
  device: deviceOption,
};

/** The same in a catalog, where normals are a cohort. */
export const projectionOptions = {
  ...projectionSettings,
  normals: option(
    '--normals <cohort>',
    'a cohort, folder or zip of normal images: typicality is measured against it, --loss discriminator balanced on it',
    text.optional(),
  ),
};

export function projectingOf(
  values: Chosen<typeof projectionOptions>,
  model: number,
  normals: number | null,
): ProjectRun['projecting'] {
  return { model, normals, ...projectorSettings(values) };
}

/** What the options of a projection say, in the names of the projector. */
export function projectorSettings(values: Chosen<typeof projectionSettings>) {
  return {
    loss: values.loss ?? null,
    space: values.space,
    steps: values.numSteps,
    seed: values.seed,
    batch: values.batch,
    renderNoise: values.renderNoise,
    video: values.saveVideo,
    device: values.device,
  };
}

const list = <S extends z.ZodType<string, string>>(member: S) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(member));

/** What is scored of each reconstruction. */
export const scoringOptions = {
  distances: option('--distances <list>', 'MSE, WD or both', list(distance).default(['MSE', 'WD'])),
  regions: option('--regions <list>', 'of full, body, patch, mask', list(region).default(['full', 'body', 'patch'])),
  patchSize: option('--patch-size <pixels>', 'side of a square patch', count.default(32)),
  patches: option('--patches <number>', 'how many highest-scoring patches to keep', count.default(5)),
  keepMaps: option(
    '--keep-maps [flag]',
    'keep the score of every patch position (else it is computed anew)',
    flag.default(true),
  ),
  compat: option('--compat <name>', 'score as the published scripts do', z.enum(['published']).optional()),
};

export function scoringOf(values: Chosen<typeof scoringOptions>): ProjectRun['scoring'] {
  return {
    distances: values.distances,
    regions: values.regions,
    patchSize: values.patchSize,
    patchCount: values.patches,
    keepMaps: values.keepMaps,
    published: values.compat === 'published',
  };
}

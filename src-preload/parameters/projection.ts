// Parameters of a projection: those of the published projector.py, with its defaults, and ours.
import { z } from 'zod';
import { deviceParameter } from './device.ts';
import { parameter } from './parameter.ts';
import { unknownRescale } from './units.ts';

export const projection = {
  loss: parameter({
    schema: z.enum(['lpips', 'discriminator', 'pixel']).nullable().default(null),
    option: '--loss <name>',
    label: 'Reconstruction loss',
    help: 'reconstruction loss (without it: lpips if its weights are there, else discriminator, else pixel)',
    choices: { null: 'automatic', lpips: 'lpips (needs its weights)' },
    effect: 'result',
    folded: true,
  }),
  steps: parameter({
    schema: z.int().min(1).max(100_000).default(1000),
    option: '--num-steps <number>',
    label: 'Steps per image',
    help: 'optimization steps',
    effect: 'result',
  }),
  space: parameter({
    schema: z.enum(['w', 'w+']).default('w'),
    option: '--space <name>',
    label: 'Latent space',
    help: 'one latent for all layers (w), or one for each (w+)',
    choices: { w: 'W, as published', 'w+': 'W+, one latent per layer' },
    effect: 'result',
    folded: true,
  }),
  learningRate: parameter({
    schema: z.number().positive().max(10).default(0.1),
    option: '--learning-rate <number>',
    label: 'Learning rate',
    help: 'highest learning rate of the optimization, as published 0.1',
    effect: 'result',
    folded: true,
  }),
  seed: parameter({
    schema: z.int().min(0).max(0xffffffff).default(303),
    option: '--seed <number>',
    label: 'Random seed',
    help: 'random seed',
    effect: 'result',
    folded: true,
  }),
  renderNoise: parameter({
    schema: z.enum(['stored', 'optimised']).default('stored'),
    option: '--render-noise <name>',
    label: 'Render with',
    help: "render with the network's stored noise or with the optimised noise",
    choices: { stored: "the network's stored noise", optimised: 'the optimised noise' },
    effect: 'result',
    folded: true,
  }),
  video: parameter({
    schema: z.boolean().default(false),
    option: '--save-video [flag]',
    label: 'Save a video of each projection',
    help: 'save an MP4 video of the optimization of each image',
    effect: 'result',
    folded: true,
  }),
  batch: parameter({
    schema: z.int().min(1).max(256).default(1),
    option: '--batch <number>',
    label: 'Batch size',
    help: 'images per batch',
    effect: 'speed',
    folded: true,
  }),
  unknownRescale,
  device: deviceParameter,
} as const;

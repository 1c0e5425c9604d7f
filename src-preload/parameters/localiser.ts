// Parameters of a localiser's training.
import { z } from 'zod';
import { parameter } from './parameter.ts';
import { training } from './training.ts';

export const localiserTraining = {
  kiloImages: parameter({
    schema: z.number().positive().max(100_000).default(100),
    option: '--kimg <number>',
    label: 'Training length (thousand images)',
    help: 'how long to train, in thousands of images, each with another synthetic anomaly; good maps take about 60',
    effect: 'result',
  }),
  batch: parameter({
    schema: z.int().min(1).max(1024).default(16),
    option: '--batch <number>',
    label: 'Batch size',
    help: 'images per step',
    effect: 'result',
    folded: true,
  }),
  width: parameter({
    schema: z.int().min(1).max(256).default(16),
    option: '--width <channels>',
    label: 'Width of the network',
    help: 'channels at full resolution; multiples of 16 are fastest on a processor',
    effect: 'result',
    folded: true,
  }),
  learningRate: parameter({
    schema: z.number().positive().max(1).default(0.001),
    option: '--learning-rate <number>',
    label: 'Learning rate',
    help: 'highest learning rate; it falls to 0 along a cosine',
    effect: 'result',
    folded: true,
  }),
  seed: parameter({
    schema: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(0),
    option: '--seed <number>',
    label: 'Random seed',
    help: 'random seed',
    effect: 'result',
    folded: true,
  }),
  ...training,
} as const;

// Parameters of an encoder's training.
import { z } from 'zod';
import { deviceParameter } from './device.ts';
import { parameter } from './parameter.ts';
import { unknownRescale } from './units.ts';

export const encoderTraining = {
  kiloImages: parameter({
    schema: z.number().positive().max(100_000).default(25),
    option: '--kimg <number>',
    label: 'Training length (thousand images)',
    help: 'how long to train at most, in thousands of images, half of them generated; it ends earlier when held-out normals are not reconstructed better any more',
    effect: 'result',
  }),
  batch: parameter({
    schema: z.int().min(2).max(1024).nullable().default(null),
    option: '--batch <number>',
    label: 'Batch size',
    help: 'images per step (without it: by the resolution, at most 16)',
    choices: { null: 'by the resolution' },
    effect: 'result',
    folded: true,
  }),
  mirror: parameter({
    schema: z.boolean().default(false),
    option: '--mirror [flag]',
    label: 'Also show each image mirrored (not where left and right differ)',
    help: 'also train on mirrored images',
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
  unknownRescale,
  device: deviceParameter,
} as const;

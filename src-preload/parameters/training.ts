// Parameters of a training beyond the published options: how images of any size become the network's input.
import { z } from 'zod';
import { deviceParameter } from './device.ts';
import { parameter } from './parameter.ts';
import { unknownRescale } from './units.ts';

export const training = {
  resolution: parameter({
    schema: z.int().min(8).max(1024).nullable().default(null),
    option: '--resolution <pixels>',
    label: 'Resolution',
    help: 'resize every image to a square of this side (without it: the images must be squares of one size)',
    unit: 'pixels',
    choices: { null: 'as the images are' },
    effect: 'result',
  }),
  fit: parameter({
    schema: z.enum(['squash', 'pad', 'crop']).default('crop'),
    option: '--fit <name>',
    label: 'Make squares by',
    help: 'how --resolution makes squares of rectangles',
    effect: 'result',
    folded: true,
  }),
  filter: parameter({
    schema: z.enum(['box', 'bilinear', 'hamming', 'bicubic', 'lanczos']).default('lanczos'),
    option: '--filter <name>',
    label: 'Resampling filter',
    help: 'how --resolution interpolates pixels',
    effect: 'result',
    folded: true,
  }),
  unknownRescale,
  device: deviceParameter,
} as const;

// Parameters of typicality: how the discriminator's features of an image are compared with those of the normals.
import { z } from 'zod';
import { deviceParameter } from './device.ts';
import { keepFeatures } from './kept-features.ts';
import { parameter } from './parameter.ts';

/** As the family `typicality` takes them. */
export const typicalityOptions = {
  components: parameter({
    schema: z.int().min(1).max(1000).default(64),
    option: '--components <number>',
    label: 'Principal components',
    help: 'principal components of the normals that count as normal variation',
    effect: 'result',
    folded: true,
  }),
  neighbours: parameter({
    schema: z.int().min(1).max(100).default(5),
    option: '--neighbours <number>',
    label: 'Nearest normals',
    help: 'nearest normals whose distance is averaged',
    effect: 'result',
    folded: true,
  }),
} as const;

/** As a run of typicality alone takes them. */
export const typicality = { ...typicalityOptions, keepFeatures, device: deviceParameter } as const;

// Parameters of scoring reconstructions: those of the published eval_recon.py, with its defaults, and ours.
import { z } from 'zod';
import { parameter } from './parameter.ts';

/** Names of scores are made of both, as in `WD patch`. */
export const distance = z.enum(['MSE', 'WD']);
export const region = z.enum(['full', 'body', 'patch', 'mask']);

export const scoring = {
  distances: parameter({
    schema: z.array(distance).min(1).default(['MSE', 'WD']),
    option: '--distances <list>',
    label: 'Distances',
    help: 'mean squared error, Wasserstein distance or both',
    effect: 'result',
  }),
  regions: parameter({
    schema: z.array(region).min(1).default(['full', 'body', 'patch']),
    option: '--regions <list>',
    label: 'Regions',
    help: 'the parts of an image that are scored',
    effect: 'result',
  }),
  patchSize: parameter({
    schema: z.int().min(1).max(1024).default(32),
    option: '--patch-size <pixels>',
    label: 'Patch size',
    help: 'side of a square patch',
    unit: 'pixels',
    effect: 'result',
    folded: true,
  }),
  patchCount: parameter({
    schema: z.int().min(1).max(64).default(5),
    option: '--patches <number>',
    label: 'Patches kept',
    help: 'how many of the highest-scoring patches to keep, none overlapping another',
    effect: 'result',
    folded: true,
  }),
  keepMaps: parameter({
    schema: z.boolean().default(true),
    option: '--keep-maps [flag]',
    label: 'Keep score maps',
    help: 'keep the score of every patch position (4 bytes per pixel, distance and image); otherwise computed when shown',
    effect: 'result',
    folded: true,
  }),
  published: parameter({
    schema: z.boolean().default(false),
    option: '--compat <name>',
    word: 'published',
    label: 'As published, errors included',
    help: 'score exactly as the published scripts do',
    effect: 'result',
    folded: true,
  }),
} as const;

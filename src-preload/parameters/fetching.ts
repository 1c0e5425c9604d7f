// How quickly images are fetched from a PACS; none of it changes what is fetched.
import { z } from 'zod';
import { parameter } from './parameter.ts';

export const fetching = {
  rate: parameter({
    schema: z.number().min(0.1).max(100_000).nullable().default(null),
    option: '--rate <number>',
    label: 'Highest rate',
    help: 'fetch at most so many instances a second (without it: as fast as the PACS answers)',
    choices: { null: 'no limit' },
    unit: 'instances/s',
    effect: 'speed',
    folded: true,
  }),
  bandwidth: parameter({
    schema: z.number().min(0.01).max(100_000).nullable().default(null),
    option: '--bandwidth <number>',
    label: 'Highest rate',
    help: 'fetch at most so many megabytes a second',
    choices: { null: 'no limit' },
    unit: 'MB/s',
    effect: 'speed',
    folded: true,
  }),
  parallel: parameter({
    schema: z.int().min(1).max(16).default(4),
    option: '--parallel <number>',
    label: 'Parallel requests',
    help: 'requests or associations at once',
    effect: 'speed',
    folded: true,
  }),
  timeout: parameter({
    schema: z.int().min(1).max(3600).default(60),
    option: '--timeout <seconds>',
    label: 'Timeout',
    help: 'give up when the PACS says nothing for so long, or less than 1 kB a second',
    unit: 's',
    effect: 'speed',
    folded: true,
  }),
} as const;

// What is done with images whose values are in no known unit.
import { z } from 'zod';
import { parameter } from './parameter.ts';

export const unknownRescale = parameter({
  schema: z.enum(['refuse', 'as-stored']).default('refuse'),
  option: '--unknown-rescale <name>',
  label: 'Images of unknown unit',
  help: 'what to do with images without a readable rescale where a window in units is used: refuse them, or use the stored values',
  choices: { refuse: 'refuse', 'as-stored': 'take values as stored' },
  effect: 'result',
  folded: true,
});

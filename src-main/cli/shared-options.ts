// Options that several commands share word for word.
import { z } from 'zod';
import { option } from './command.ts';

export const deviceOption = option(
  '--device <name>',
  'where to compute; residua devices tells which work here',
  z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']).default('cpu'),
);

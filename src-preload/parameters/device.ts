// Where a job computes.
import { z } from 'zod';
import { parameter } from './parameter.ts';

export const deviceName = z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'tfjs']);
/** `auto`: the fastest that works. */
export const device = z.enum([...deviceName.options, 'auto']);

export const deviceParameter = parameter({
  schema: device.default('cpu'),
  option: '--device <name>',
  label: 'Device',
  help: 'where to compute; residua devices lists what works here',
  effect: 'speed',
});

// Options that several commands share word for word.
import { deviceParameter } from '../../src-preload/parameters/device.ts';
import { option, text } from './command.ts';
import { optionOf } from './parameter-options.ts';

export const deviceOption = optionOf(deviceParameter);

export const weightsOption = option(
  '--weights <folder>',
  'where published weights are looked for (default: $RESIDUA_WEIGHTS, or a folder of this user)',
  text.optional(),
);

// Options that several commands share word for word.
import { deviceParameter } from '../../src-preload/parameters/device.ts';
import { Problem } from '../platform/errors.ts';
import { number, option, text } from './command.ts';
import { optionOf } from './parameter-options.ts';

export const deviceOption = optionOf(deviceParameter);

export const weightsOption = option(
  '--weights <folder>',
  'where published weights are looked for (default: $RESIDUA_WEIGHTS, or a folder of this user)',
  text.optional(),
);

/** A window of modality units. */
export const windowOptions = {
  windowLevel: option('--window-level <value>', 'centre of the window, as Hounsfield units', number.optional()),
  windowWidth: option('--window-width <value>', 'width of the window', number.positive().optional()),
} as const;

/** The window of both options, null without them. Throws `usage` for one of them alone. */
export function windowOf(
  center: number | undefined,
  width: number | undefined,
): { center: number; width: number } | null {
  if (center === undefined && width === undefined) return null;
  if (center === undefined || width === undefined) {
    throw new Problem('usage', { message: '--window-level and --window-width belong together' });
  }
  return { center, width };
}

// Asks one engine process per device whether it works: a driver that ends its process ends nothing else.
import { device as deviceSchema } from '../../src-preload/schemas/run.ts';
import type { DeviceDescription } from '../engine/protocol.ts';
import { isProblem } from '../platform/errors.ts';
import type { Launcher } from '../platform/process.ts';
import { inWords } from '../platform/words.ts';
import { withEngine } from './engine.ts';

/** Every device that Residua knows, usable or with the reason why not; takes a second or two. */
export function listDevices(launch: Launcher): Promise<readonly DeviceDescription[]> {
  return Promise.all(
    deviceSchema.options.map(async (device): Promise<DeviceDescription> => {
      try {
        return await withEngine(launch, {}, (engine) => engine.call('device.describe', device));
      } catch (error) {
        if (!isProblem(error, 'process')) throw error;
        return { device, usable: false, reason: inWords(error) };
      }
    }),
  );
}

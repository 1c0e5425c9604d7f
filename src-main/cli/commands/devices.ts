// residua devices: which devices can compute here, and why the others cannot.
import { nodeLauncher, withEngine } from '../../workbench/engine.ts';
import { defineCommand } from '../command.ts';
import { textTable } from '../text-table.ts';

export const devices = defineCommand({
  options: {},
  async run(_, context) {
    const found = await withEngine(nodeLauncher, {}, (engine) => engine.call('devices.list', null));
    const rows = found.map(({ device, usable, name, milliseconds, reason }) => [
      device,
      usable ? `${Math.round(milliseconds!)} ms` : 'no',
      usable ? name : `${reason}`.split('\n')[0]!.slice(0, 120),
    ]);
    context.print(textTable(['device', 'usable', 'what it is, or why not'], rows));
  },
});

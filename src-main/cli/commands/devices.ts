// residua devices: which devices can compute here, and why the others cannot.
import { listDevices } from '../../workbench/devices.ts';
import { nodeLauncher } from '../../workbench/engine.ts';
import { defineCommand } from '../command.ts';
import { textTable } from '../text-table.ts';

export const devices = defineCommand({
  options: {},
  async run(_, context) {
    const found = await listDevices(nodeLauncher);
    const rows = found.map(({ device, usable, reason }) => [device, usable ? 'yes' : 'no', reason ?? '']);
    context.print(textTable(['device', 'usable', 'reason'], rows));
  },
});

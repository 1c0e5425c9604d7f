// residua devices: which devices can compute here, which trainings gain from 16 bits on them, and why the others cannot.
import { nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { defineCommand } from '../command.ts';
import { cellText, textTable } from '../text-table.ts';

export const devices = defineCommand({
  options: {},
  async run(_, context) {
    const found = await withEngine(nodeLauncher, {}, (engine) => engine.call('devices.list', null));
    const rows = found.map(({ device, usable, name, milliseconds, half, reason }) => [
      device,
      usable ? `${Math.round(milliseconds!)} ms` : 'no',
      half === null ? '' : half.used ? `${Math.round(half.milliseconds!)} ms` : 'no',
      usable ? name : cellText(`${reason}`, 120),
    ]);
    context.print(textTable(['device', 'usable', '16-bit', 'what it is, or why not'], rows));
    for (const { device, half } of found) {
      if (half !== null && !half.used)
        context.print(`${device}, 32 bits in trainings: ${cellText(`${half.reason}`, 160)}`);
    }
  },
});

// The program that tries one device for its parent: a driver that ends the process ends only this one.
import { parentPort } from '../../src-main/platform/process.ts';
import { openChannel } from '../../src-main/platform/process-channel.ts';
import type { ProbeMethods } from './devices.ts';
import { probe } from './probe.ts';
import { probeHalf } from './probe-half.ts';

const channel = openChannel<ProbeMethods, Record<never, never>>(parentPort(), 'parent', {
  probe: async ({ device }) => ({ milliseconds: await probe(device) }),
  probeHalf: ({ device, single }) => probeHalf(device, single),
});
channel.ended.then(() => process.exit(0));

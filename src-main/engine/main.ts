// The engine process: runs one heavy job for the process that started it; the only one that loads ONNX Runtime.
import { parentPort } from '../platform/process.ts';
import { type Channel, openChannel } from '../platform/process-channel.ts';
import { describeDevice } from './devices.ts';
import { projectJob } from './project-job.ts';
import type { EngineMethods, SupplierMethods } from './protocol.ts';

const channel: Channel<SupplierMethods, Record<never, never>, Record<never, never>> = openChannel<
  EngineMethods,
  SupplierMethods
>(parentPort(), 'workbench', {
  'device.describe': describeDevice,
  project: async (parameters, control) => {
    const supplier = {
      start: (start) => channel.call('project.start', start),
      normals: () => channel.call('project.normals', null),
      next: (count) => channel.call('project.next', { count }),
      store: (results) => channel.call('project.store', results),
    } satisfies Parameters<typeof projectJob>[1];
    await projectJob(parameters, supplier, control);
    return null;
  },
});

await channel.ended;
process.exit(0);

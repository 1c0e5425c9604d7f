// Decides about images one by one through a workbench process, as the window does, and says of each answer that it came.
// node decide.ts CATALOG: goes on with the first image that has no verdict.

import { nodeLauncher } from '../../src-main/engine/start-engine.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';

await using workbench = startWorkbench(nodeLauncher, { resume: false });
await workbench.call('catalog.open', { folder: process.argv[2]! });
const order = { by: 'imported', descending: false } as const;
const { ids } = await workbench.call('images.ids', { filter: { verdicts: ['none'] }, order });
for (const id of ids) {
  const decision = id % 2 === 0 ? 'keep' : 'reject';
  await workbench.call('verdicts.set', {
    images: { ids: Uint32Array.of(id) },
    decision,
    reason: null,
    reviewer: 'test',
  });
  process.stdout.write(`decided ${id}\n`);
}

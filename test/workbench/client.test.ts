// The workbench as a process: checked answers, a death that is survived, two processes on one catalog.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Launcher, launchNode } from '../../src-main/platform/process.ts';
import type { Port } from '../../src-main/platform/process-channel.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';

const reviewer = 'A. Reader';

describe('the workbench process', { timeout: 300_000 }, () => {
  it('is started again with its catalog when it dies, and says so', async () => {
    await using folder = await temporaryFolder();
    const ports: Port[] = [];
    const launch: Launcher = (program) => {
      const port = launchNode(program);
      ports.push(port);
      return port;
    };
    await using workbench = startWorkbench(launch, { resume: false });
    await workbench.call('catalog.create', { folder: join(folder.path, 'catalog'), name: 'kept' });
    const died = new Promise((resolve) => workbench.onDeath(resolve));
    const waiting = workbench.call('devices.list', {});
    ports[0]!.close();
    await expect(waiting).rejects.toMatchObject({
      kind: 'process',
      values: { process: 'workbench', reason: 'killed by SIGKILL' },
    });
    expect(await workbench.call('catalog.info', {})).toMatchObject({ name: 'kept', images: 0 });
    expect(await died).toBe('killed by SIGKILL');
    expect(ports.length).toBe(2);
  });

  it('may be one of two on a catalog: each sees what the other decided', async () => {
    await using folder = await temporaryFolder();
    const catalog = join(folder.path, 'catalog');
    for (let i = 0; i < 4; i++) await writeGrey(join(folder.path, 'archive', `${i}.png`), 8, 8, (x) => x * i);
    await using first = startWorkbench(launchNode, { resume: false });
    await using second = startWorkbench(launchNode, { resume: true });
    await first.call('catalog.create', { folder: catalog, name: 'shared' });
    const imported = new Promise<void>((resolve) => {
      first.on('run.changed', ({ state }) => {
        if (state === 'done') resolve();
      });
    });
    await first.call('runs.queue', { kind: 'import', parameters: { sources: [join(folder.path, 'archive')] } });
    await imported;
    await second.call('catalog.open', { folder: catalog });
    const { ids } = await second.call('images.ids', { filter: {}, order: { by: 'name', descending: false } });
    expect(ids.length).toBe(4);
    const decide = (workbench: typeof first, id: number, decision: 'keep' | 'reject') =>
      workbench.call('verdicts.set', { images: { ids: Uint32Array.of(id) }, decision, reason: null, reviewer });
    await Promise.all(
      [...ids].map((id, i) => decide(i % 2 === 0 ? first : second, id, i % 2 === 0 ? 'keep' : 'reject')),
    );
    const count = async (verdict: 'keep' | 'reject') =>
      (await first.call('images.count', { filter: { verdicts: [verdict] } })).images;
    expect([await count('keep'), await count('reject')]).toEqual([2, 2]);
  });
});

// The queue of runs with programs that do what real ones do at their worst: lanes, failures, a full disk, unknown kinds.
import { afterEach, describe, expect, it } from 'vitest';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { createRun, getRun } from '../../src-main/catalog/tables/runs.ts';
import { readRunLog } from '../../src-main/jobs/run-log.ts';
import type { RunProgram } from '../../src-main/jobs/run-program.ts';
import { type RunEntries, RunQueue } from '../../src-main/jobs/run-queue.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { temporaryFolder } from '../cli/residua.ts';

const open: { queue: RunQueue; catalog: Catalog }[] = [];
afterEach(async () => {
  for (const { queue, catalog } of open.splice(0)) {
    await queue.close();
    catalog.close();
  }
});

function queueOf(folder: string, programs: RunEntries) {
  const catalog = openCatalog(folder, { create: true });
  const over = new Map<number, () => void>();
  const queue = new RunQueue(catalog, programs, launchNode, {
    changed: ({ id, state }) => {
      if (state !== 'queued' && state !== 'running') over.get(id)?.();
    },
    progressed: () => {},
    logged: () => {},
    catalogChanged: () => {},
  });
  open.push({ queue, catalog });
  const add = (kind: string) =>
    createRun(catalog, { kind, title: kind, parameters: {}, provenance: {}, at: new Date().toISOString() });
  const end = (id: number) => new Promise<void>((resolve) => over.set(id, resolve));
  return { catalog, queue, add, end };
}

const failing =
  (error: unknown): RunProgram =>
  () =>
    Promise.reject(error);

describe('the queue of runs', () => {
  it('marks a run failed with the reason in words, and goes on with the next', async () => {
    await using folder = await temporaryFolder();
    const broken = failing(new Problem('device', { device: 'webgpu', reason: 'lost' }));
    const { catalog, queue, add, end } = queueOf(folder.path, {
      project: { lane: 'heavy', load: async () => broken },
      score: { lane: 'heavy', load: async () => async () => {} },
    });
    const [first, second] = [add('project'), add('score')];
    const ended = end(second);
    queue.enqueue(first);
    queue.enqueue(second);
    await ended;
    expect(getRun(catalog, first)).toMatchObject({ state: 'failed', reason: 'device webgpu cannot be used: lost' });
    expect(getRun(catalog, second)).toMatchObject({ state: 'done', reason: null });
    expect(readRunLog(catalog, first).map(({ text }) => text)).toEqual([
      'started',
      'failed: device webgpu cannot be used: lost',
    ]);
  });

  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota of this user is used up'],
    ['EROFS', 'the folder is read-only'],
    ['EACCES', 'permission denied'],
    ['EPERM', 'operation not permitted'],
    ['EIO', 'the drive reported an input/output error'],
    ['ENODEV', 'the drive is gone'],
    ['ENXIO', 'the drive is gone'],
    ['ESTALE', 'the drive is gone'],
    ['SQLITE_FULL', 'the disk is full'],
    ['SQLITE_READONLY_DIRECTORY', 'the folder is read-only'],
    ['SQLITE_IOERR_WRITE', 'the drive reported an input/output error'],
  ])('pauses a run when its drive fails with %s, and it goes on when that is mended', async (code, reason) => {
    await using folder = await temporaryFolder();
    let failing = true;
    const program: RunProgram = async () => {
      if (failing) throw Object.assign(new Error(`${code}: write`), { code });
    };
    const { catalog, queue, add, end } = queueOf(folder.path, {
      project: { lane: 'heavy', load: async () => program },
    });
    const id = add('project');
    let ended = end(id);
    queue.enqueue(id);
    await ended;
    expect(getRun(catalog, id)).toMatchObject({ state: 'paused', reason });
    failing = false;
    ended = end(id);
    queue.enqueue(id);
    await ended;
    expect(getRun(catalog, id).state).toBe('done');
  });

  it('runs one heavy run at a time, and a light one beside it', async () => {
    await using folder = await temporaryFolder();
    const now = new Set<string>();
    const together: string[] = [];
    const gate = Promise.withResolvers<void>();
    const program =
      (name: string): RunProgram =>
      async () => {
        now.add(name);
        together.push([...now].sort().join('+'));
        await gate.promise;
        now.delete(name);
      };
    const { queue, add, end } = queueOf(folder.path, {
      project: { lane: 'heavy', load: async () => program('project') },
      score: { lane: 'heavy', load: async () => program('score') },
      import: { lane: 'light', load: async () => program('import') },
    });
    const ids = ['project', 'score', 'import'].map(add);
    const ended = ids.map(end);
    for (const id of ids) queue.enqueue(id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(together).toEqual(['project', 'import+project']);
    gate.resolve();
    await Promise.all(ended);
    expect(together.at(-1)).toBe('score');
  });

  it('keeps what died with its process as interrupted, and does not start what this version does not know', async () => {
    await using folder = await temporaryFolder();
    const { catalog, queue, add, end } = queueOf(folder.path, {
      project: { lane: 'heavy', load: async () => async () => {} },
    });
    const [dead, unknown] = [add('project'), add('holography')];
    // No process has this id: Linux counts to 2^22.
    catalog.run(`UPDATE runs SET state = 'running', process = 99999999 WHERE id = @dead`, { dead });
    queue.recover(false);
    expect(getRun(catalog, dead).state).toBe('interrupted');
    const ended = [end(dead), end(unknown)];
    queue.recover(true);
    await Promise.all(ended);
    expect(getRun(catalog, dead).state).toBe('done');
    expect(getRun(catalog, unknown)).toMatchObject({
      state: 'failed',
      reason: 'this version does not know runs of kind holography',
    });
  });
});

// The typed channel to a real child process: values, progress, events, cancellation, failures, death.
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/platform/errors.ts';
import type { Progress } from '../../src-main/platform/job.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { type Channel, openChannel } from '../../src-main/platform/process-channel.ts';
import type { ChildEvents, ChildMethods } from './fixtures/child.ts';

type Child = Channel<ChildMethods, ChildEvents, Record<never, never>>;
const opened: Child[] = [];
function start(): Child {
  const child: Child = openChannel(launchNode(new URL('./fixtures/child.ts', import.meta.url)), 'test', {});
  opened.push(child);
  return child;
}
afterEach(() => {
  for (const child of opened.splice(0)) child.close();
});

describe('a channel to a child process', () => {
  it('carries typed arrays as what they are', async () => {
    const answer = await start().call('echo', { samples: Float32Array.of(1, -2.5), ids: Uint32Array.of(7) });
    expect(answer).toEqual({ samples: Float32Array.of(1, -2.5), ids: Uint32Array.of(7) });
  });

  it('reports progress in order and tells events', async () => {
    const child = start();
    const seen: Progress[] = [];
    const noticed: string[] = [];
    child.on('noticed', ({ what }) => noticed.push(what));
    expect(await child.call('count', { to: 3 }, { report: (progress) => seen.push(progress) })).toBe(3);
    expect(seen.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(noticed).toEqual(['counted']);
  });

  it('cancels one request and leaves the others', async () => {
    const child = start();
    const controller = new AbortController();
    const waiting = child.call('wait', null, { signal: controller.signal });
    const echo = child.call('echo', 1);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled', values: { job: 'waiting' } });
    expect(await echo).toBe(1);
  });

  it('hands a Problem over with its values', async () => {
    const error = await start()
      .call('refuse', { file: 'a.dcm' })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ kind: 'content', values: { file: 'a.dcm', reason: 'broken' } });
  });

  it('refuses a request that the other side does not have, also names of Object.prototype', async () => {
    const child = start() as unknown as Channel<
      { constructor: { request: null; response: null } },
      ChildEvents,
      Record<never, never>
    >;
    await expect(child.call('constructor', null)).rejects.toMatchObject({ kind: 'usage' });
  });

  it('tells the signal that killed the process, to every open request and every later one', async () => {
    const child = start();
    const waiting = child.call('wait', null);
    const dying = child.call('die', { signal: 'SIGKILL' });
    const process = { kind: 'process', values: { process: 'test', reason: 'killed by SIGKILL' } };
    await expect(dying).rejects.toMatchObject(process);
    await expect(waiting).rejects.toMatchObject(process);
    await expect(child.call('echo', 1)).rejects.toMatchObject(process);
    expect(await child.ended).toBe('killed by SIGKILL');
  });

  it('tells the exit code and the last line of standard error', async () => {
    await expect(start().call('die', { code: 3 })).rejects.toMatchObject({
      values: { reason: 'exit code 3 (cannot go on)' },
    });
  });
});

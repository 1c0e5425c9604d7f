// What may happen to a decoder process at the wrong moment: each question is answered once, and the right file is blamed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { type DecoderOptions, openDecoderPool } from '../../src-main/decoder/decoder-pool.ts';
import type { Port } from '../../src-main/platform/process-channel.ts';
import { inWords } from '../../src-main/platform/words.ts';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly value: { readonly entries?: readonly ArchiveEntry[] } | null;
}

/** A decoder process that is played by the test. */
class Played {
  /** What it was asked since it was ready. */
  readonly asked: Call[] = [];
  isClosed = false;
  #tell: (message: unknown) => void = () => {};
  #end: (reason: string) => void = () => {};

  readonly port: Port = {
    post: (message) => {
      const call = message as Call;
      if (call.method === 'ready') queueMicrotask(() => this.answer(call, null));
      else this.asked.push(call);
    },
    listen: (onMessage, onEnd) => {
      this.#tell = onMessage;
      this.#end = onEnd;
    },
    close: () => {
      this.isClosed = true;
      this.die('killed by SIGKILL');
    },
  };

  answer({ id }: Call, value: unknown): void {
    if (!this.isClosed) this.#tell({ type: 'answer', id, value });
  }

  progress({ id }: Call): void {
    this.#tell({ type: 'progress', id, progress: { stage: 'decoding', done: 0, total: 1 } });
  }

  die(reason: string): void {
    this.#end(reason);
  }
}

const entry = (path: string): ArchiveEntry => ({ path, file: `/${path}`, inside: [], size: 1, modified: 0 });
const described = { description: { format: 'PNG', sha256: '', frames: [] } };

/** Lets promises go on as far as they can without time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

function played(more: Pick<DecoderOptions, 'processes' | 'secondsPerFrame' | 'secondsPerFile'> = {}) {
  const started: Played[] = [];
  const decoder = openDecoderPool({
    ...more,
    launch: () => {
      started.push(new Played());
      return started.at(-1)!.port;
    },
  });
  return { started, decoder };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a decoder process', () => {
  it('that dies between two files is replaced, and the second is not blamed', async () => {
    const { started, decoder } = played();
    const shown = decoder.thumbnail(entry('a'), 0, 8);
    await settle();
    started[0]!.answer(started[0]!.asked[0]!, new Uint8Array(1));
    await shown;
    // Its memory is found too large only now, over the next file.
    const next = decoder.thumbnail(entry('b'), 0, 8);
    const described1 = decoder.describe(entry('c'));
    await settle();
    started[0]!.die('killed by SIGKILL (it took more than 1024 MiB of memory)');
    await settle();
    started[1]!.answer(started[1]!.asked[0]!, new Uint8Array(2));
    await settle();
    started[1]!.die('killed by SIGKILL');
    await settle();
    started[2]!.answer(started[2]!.asked[0]!, [described]);
    expect(await next).toHaveLength(2);
    expect(await described1).toEqual(described.description);
    expect(started).toHaveLength(3);
  });

  it('that had read nothing else dies of its file', async () => {
    const { started, decoder } = played();
    const shown = decoder.thumbnail(entry('a'), 0, 8).catch(inWords);
    await settle();
    started[0]!.die('killed by SIGSEGV');
    expect(await shown).toBe('a: reading it was ended: killed by SIGSEGV');
    expect(started).toHaveLength(1);
  });

  it('that dies while idle is not asked again', async () => {
    const { started, decoder } = played();
    const shown = decoder.thumbnail(entry('a'), 0, 8);
    await settle();
    started[0]!.answer(started[0]!.asked[0]!, new Uint8Array(1));
    await shown;
    started[0]!.die('exit code 0');
    await settle();
    void decoder.thumbnail(entry('b'), 0, 8);
    await settle();
    expect(started.map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  it('has its time anew with each progress, and its answer counts until the very end of it', async () => {
    const { started, decoder } = played({ secondsPerFrame: 1, secondsPerFile: 60 });
    const first = decoder.describe(entry('a'));
    await settle();
    for (let tenth = 0; tenth < 40; tenth++) {
      await vi.advanceTimersByTimeAsync(900);
      started[0]!.progress(started[0]!.asked[0]!);
    }
    await vi.advanceTimersByTimeAsync(999);
    started[0]!.answer(started[0]!.asked[0]!, [described]);
    // The timer is due before anything else may happen: it must not end the process over the answered file.
    await vi.advanceTimersByTimeAsync(1);
    expect(await first).toEqual(described.description);
    expect(started[0]!.isClosed).toBe(false);
  });

  it('is ended over a file whose frames take too long together, however quick each of them is', async () => {
    const { started, decoder } = played({ secondsPerFrame: 1, secondsPerFile: 10 });
    const late = decoder.describe(entry('a')).catch(inWords);
    await settle();
    for (let half = 0; half < 30; half++) {
      await vi.advanceTimersByTimeAsync(500);
      started[0]!.progress(started[0]!.asked[0]!);
    }
    expect(started[0]!.isClosed).toBe(true);
    expect(await late).toBe('a: reading it was ended: all its frames together took more than 10 seconds');
  });

  it('that answers when its time is over has ended already; the next file has a new one and is asked once', async () => {
    const { started, decoder } = played({ secondsPerFrame: 1 });
    const late = decoder.describe(entry('a')).catch(inWords);
    await settle();
    const next = decoder.describe(entry('b'));
    await vi.advanceTimersByTimeAsync(1000);
    started[0]!.answer(started[0]!.asked[0]!, [described]);
    await settle();
    started[1]!.answer(started[1]!.asked[0]!, [described]);
    expect(await late).toBe('a: reading it was ended: it took more than 1 seconds');
    expect(await next).toEqual(described.description);
    expect(started.map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  it('that dies while all is closed says nothing of its file', async () => {
    const { started, decoder } = played();
    const shown = decoder.thumbnail(entry('a'), 0, 8).catch((error: unknown) => error);
    const files = [entry('b'), entry('c')].map((each) => decoder.describe(each).catch((error: unknown) => error));
    await settle();
    const closing = decoder.close();
    started[0]!.die('killed by SIGKILL');
    await closing;
    for (const outcome of await Promise.all([shown, ...files])) expect(outcome).toMatchObject({ kind: 'cancelled' });
    await expect(decoder.describe(entry('d'))).rejects.toMatchObject({ kind: 'cancelled' });
    expect(started).toHaveLength(1);
  });

  it('that comes up after all was closed is ended', async () => {
    const late = new Played();
    const { promise, resolve } = Promise.withResolvers<Port>();
    const decoder = openDecoderPool({ launch: () => promise });
    const shown = decoder.thumbnail(entry('a'), 0, 8).catch((error: unknown) => error);
    await settle();
    await decoder.close();
    resolve(late.port);
    expect(await shown).toMatchObject({ kind: 'cancelled' });
    await settle();
    expect(late.isClosed).toBe(true);
  });

  it('that cannot start fails every question as itself, and none waits', async () => {
    let tries = 0;
    const decoder = openDecoderPool({
      processes: 2,
      launch: () => {
        if (tries++ === 0) throw new Error('spawn ENOMEM');
        const dead = new Played();
        return { ...dead.port, post: () => dead.die('could not be started (spawn EAGAIN)') };
      },
    });
    const outcomes = ['a', 'b', 'c'].map((path) => decoder.describe(entry(path)).catch((error: unknown) => error));
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ kind: 'process' });
    await decoder.close();
  });
});

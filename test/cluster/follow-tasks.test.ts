// Following the tasks of a run, with a scheduler made up for the test: failures, late and wrong shards, starting over.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exchangePaths,
  readExchangeFile,
  submissionSchema,
  type TaskState,
  writeExchangeFile,
} from '../../src-main/cluster/exchange.ts';
import { followTasks } from '../../src-main/cluster/follow-tasks.ts';
import { readListing, writeListing } from '../../src-main/cluster/listing.ts';
import type { ArrayRequest, LiveTask, Scheduler } from '../../src-main/cluster/scheduler.ts';
import { readClusterSettings } from '../../src-main/cluster/settings.ts';
import { ShardWriter } from '../../src-main/cluster/shard.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { makeFolder } from '../../src-main/platform/make-folder.ts';
import { temporaryFolder } from '../cli/residua.ts';

/** What a task of the test does: it writes what it likes, and is over then. */
type Behaviour = (task: {
  readonly exchange: string;
  readonly index: number;
  readonly attempt: number;
  readonly images: readonly number[];
  readonly share: string;
  readonly submission: number;
}) => Promise<void>;

const count = 10;

async function prepared(folder: string, behaviour: Behaviour) {
  const exchange = join(folder, 'exchange');
  const paths = exchangePaths(exchange);
  makeFolder(exchange);
  await writeFile(paths.order, '{}');
  const entry = { path: 'a', file: 'a', inside: [], size: 1, modified: 1 };
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  await writeListing(
    paths.images,
    ids.map((id) => ({ id, entry, frame: 0, sha256: null, source: 's' })),
  );
  const settings = await readClusterSettings(join(folder, 'cluster.json'), ['pollSeconds=0.2', 'attempts=3']);
  const undone = new Set(ids);
  const merged: string[] = [];
  const said: string[] = [];
  const requests: ArrayRequest[] = [];
  const attempts = new Map<string, number>();
  const cancelled: string[] = [];
  const scheduler: Scheduler & { live: LiveTask[] } = {
    // Results are looked for at once, as on this machine.
    name: 'local',
    mostTasks: 3,
    nodes: 4,
    slots: 2,
    live: [],
    submit: async (request) => {
      requests.push(request);
      const { shares } = await readExchangeFile(paths.submission(request.submission), submissionSchema);
      for (const [index, share] of shares.entries()) {
        const attempt = (attempts.get(share.name) ?? 0) + 1;
        attempts.set(share.name, attempt);
        const images = (await readListing(paths.images, share)).map(({ id }) => id);
        await behaviour({ exchange, index, attempt, images, share: share.name, submission: request.submission });
      }
      return String(requests.length);
    },
    find: async () => [],
    tasks: async () => scheduler.live,
    cancel: async (jobs) => void cancelled.push(...jobs),
  };
  const follow = (signal = quiet.signal) =>
    followTasks(
      {
        exchange,
        settings,
        scheduler,
        undone: () => undone,
        merge: async ({ name, rows }) => {
          merged.push(name);
          for (const { image } of rows) undone.delete(image);
        },
        rate: { startSeconds: 0, secondsPerImage: 1 },
        log: (_, text) => void said.push(text),
      },
      { signal, report: () => {} },
    );
  return { exchange, paths, follow, undone, merged, said, requests, scheduler, cancelled };
}

async function seal(exchange: string, share: string, images: readonly number[], order?: string): Promise<void> {
  const facts = { order: order ?? (await hashOfFile(exchangePaths(exchange).order)).sha256, version: '1', share };
  const writer = new ShardWriter(exchangePaths(exchange).shards, { ...facts, node: 'n1', processor: 'p' });
  await writer.add(images.map((image) => ({ image, scores: [{ score: 's', value: image }] })));
  await writer.seal({ start: null, startSeconds: 2, workSeconds: images.length });
}

const say = (exchange: string, share: string, submission: number, change: Partial<TaskState>) => {
  const state = {
    share,
    submission,
    state: 'failed',
    reason: null,
    node: 'n1',
    processor: 'p',
    done: 0,
    total: 5,
  } as const;
  const times = { startSeconds: 0, workSeconds: 0, inFlight: [], deaths: {} };
  return writeExchangeFile(exchangePaths(exchange).task(share), { ...state, ...times, ...change });
};

describe('the tasks of a run', () => {
  it('are divided by the rate, and their shards are stored once each', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images }) => seal(exchange, share, images));
    expect(await run.follow()).toEqual({ startSeconds: 2, secondsPerImage: 1 });
    expect(run.requests.map(({ count }) => count)).toEqual([2]);
    expect(run.undone.size).toBe(0);
    expect(run.merged).toHaveLength(2);
    expect(await readdir(run.paths.shards)).toEqual([]);
    expect(await readdir(run.paths.merged)).toHaveLength(2);
    // Nothing is left of the contents: the catalog has them.
    expect(await readdir(join(run.paths.merged, run.merged[0]!))).toEqual(['manifest.json']);
  });

  it('that fail are submitted again; the reason of the last is told when there are too many', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, submission, attempt }) =>
      say(exchange, share, submission, { reason: `broken ${attempt}` }),
    );
    await expect(run.follow()).rejects.toMatchObject({ kind: 'run', values: { reason: 'broken 3' } });
    expect(run.requests).toHaveLength(3);
    // Nothing goes on that nobody collects.
    expect(run.cancelled).toEqual(['1', '2', '3']);
  });

  it('that are stopped before they have anything count as failures', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, submission }) =>
      say(exchange, share, submission, { state: 'stopped' }),
    );
    await expect(run.follow()).rejects.toMatchObject({
      kind: 'run',
      values: { reason: expect.stringContaining('time limit too short') },
    });
    expect(run.requests).toHaveLength(3);
  });

  it('of which a shard lacks a part do not stop the others', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images, attempt }) => {
      await seal(exchange, share, images);
      const { shards } = exchangePaths(exchange);
      const [name] = (await readdir(shards)).filter((each) => each.startsWith(share));
      if (attempt === 1 && share === '00001') await rm(join(shards, name!, 'files.bin'));
    });
    await run.follow();
    expect(run.undone.size).toBe(0);
    expect(await readdir(run.paths.refused)).toHaveLength(1);
  });

  it('that were stopped, as before a time limit, are submitted again without counting', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images, submission, attempt }) => {
      await say(exchange, share, submission, { state: 'stopped' });
      if (attempt <= images.length) await seal(exchange, share, images.slice(attempt - 1, attempt));
    });
    await run.follow();
    expect(run.requests).toHaveLength(5);
    expect(run.merged).toHaveLength(count);
  });

  it('say by their log why they ended without a word', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, index, submission }) => {
      makeFolder(exchangePaths(exchange).logs);
      await writeFile(
        join(exchangePaths(exchange).logs, `${submission}_${index}.log`),
        'slurmstepd: error\nkilled by OOM\n\n',
      );
    });
    await expect(run.follow()).rejects.toMatchObject({ values: { reason: 'killed by OOM' } });
  });

  it('may send the same images twice: the second time changes nothing', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images }) => {
      await seal(exchange, share, images);
      await seal(exchange, share, images);
    });
    await run.follow();
    expect(run.undone.size).toBe(0);
    expect(run.merged).toHaveLength(4);
  });

  it('of another order are refused, and their images are computed again', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images, attempt }) =>
      seal(exchange, share, images, attempt === 1 ? 'f'.repeat(64) : undefined),
    );
    await run.follow();
    expect(run.requests).toHaveLength(2);
    expect(await readdir(run.paths.refused)).toHaveLength(2);
    expect(run.said.filter((line) => /^shard .* refused: /.test(line))).toHaveLength(2);
  });

  it('are found again by whoever follows next, and what they left meanwhile is stored', async () => {
    await using folder = await temporaryFolder();
    const away: (() => Promise<void>)[] = [];
    const run = await prepared(folder.path, async ({ exchange, share, images, index, submission }) => {
      run.scheduler.live.push({ job: `${submission}`, index, state: 'running', reason: null, node: 'n1' });
      away.push(() => seal(exchange, share, images));
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort('interrupted'), 700);
    await expect(run.follow(stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(run.cancelled).toEqual([]);
    for (const finish of away) await finish();
    run.scheduler.live = [];
    await run.follow();
    expect(run.requests).toHaveLength(1);
    expect(run.undone.size).toBe(0);
  });

  it('end when the run is paused', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ index, submission }) => {
      run.scheduler.live.push({ job: `${submission}`, index, state: 'waiting', reason: 'Priority', node: null });
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort('paused'), 500);
    await expect(run.follow(stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(run.cancelled).toEqual(['1']);
    const { summary } = JSON.parse(await readFile(run.paths.status, 'utf8')) as { summary: string };
    expect(summary).toBe('tasks: 2 waiting (Priority), 0 done');
  });

  it('wait for a scheduler that does not answer', async () => {
    await using folder = await temporaryFolder();
    const run = await prepared(folder.path, async ({ exchange, share, images }) => seal(exchange, share, images));
    const { tasks } = run.scheduler;
    let silent = 3;
    Object.assign(run.scheduler, { tasks: () => (silent-- > 0 ? Promise.reject(new Error('no answer')) : tasks([])) });
    await run.follow();
    expect(run.said.filter((line) => line.includes('answer'))).toEqual([
      'the scheduler does not answer: no answer',
      'the scheduler answers again',
    ]);
  });
});

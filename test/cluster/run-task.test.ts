// A task by itself: what it leaves when it is stopped, when an image ends its engine, and when its order is another version's.

import { createHash } from 'node:crypto';
import { copyFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  exchangePaths,
  readExchangeFile,
  taskStateSchema,
  writeExchangeFile,
} from '../../src-main/cluster/exchange.ts';
import { writeListing } from '../../src-main/cluster/listing.ts';
import { networkPath, referenceTo } from '../../src-main/cluster/order.ts';
import { runTask } from '../../src-main/cluster/run-task.ts';
import { listShards, readShard } from '../../src-main/cluster/shard.ts';
import { divide } from '../../src-main/cluster/share-plan.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { makeFolder } from '../../src-main/platform/make-folder.ts';
import { type Launcher, launchNode } from '../../src-main/platform/process.ts';
import { version } from '../../src-main/platform/version.ts';
import { defaultOf } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';

const tinyNetwork = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const count = 5;

/** An exchange folder with one share of images with the numbers 1 to 5. */
async function exchangeFolder(folder: string, madeBy = version, steps = 2): Promise<string> {
  const exchange = join(folder, 'run-1');
  const paths = exchangePaths(exchange);
  makeFolder(exchange);
  const network = referenceTo(tinyNetwork, (await hashOfFile(tinyNetwork)).sha256);
  makeFolder(join(folder, 'networks'));
  await copyFile(tinyNetwork, networkPath(exchange, network));
  const images = [];
  for (let id = 1; id <= count; id++) {
    const file = join(folder, 'images', `${id}.png`);
    await writeGrey(file, 32, 32, (x, y) => (x * id + y * 3) % 256);
    const { size, mtimeMs } = await stat(file);
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const entry = { path: `${id}.png`, file, inside: [], size, modified: mtimeMs };
    images.push({ id, entry, frame: 0, sha256, source: join(folder, 'images') });
  }
  const places = await writeListing(paths.images, images);
  const values = Object.fromEntries(Object.entries(projection).map(([name, { schema }]) => [name, defaultOf(schema)]));
  const work = {
    kind: 'project',
    ...values,
    loss: 'pixel',
    steps,
    weightsFolder: folder,
    scoring: null,
    normals: false,
  };
  await writeExchangeFile(paths.order, { version: madeBy, run: 1, network, localiser: null, work });
  const submission = { number: 1, name: 'residua-test', job: '1', shares: divide(places, 1, 0), exclude: [] };
  await writeExchangeFile(paths.submission(1), submission);
  return exchange;
}

const place = (exchange: string) => ({ exchange, submission: 1, index: 0, shardSeconds: 600 });
const stateOf = (exchange: string) => readExchangeFile(exchangePaths(exchange).task('00001'), taskStateSchema);

/** The rows of all shards, by image. */
async function rowsIn(exchange: string) {
  const paths = exchangePaths(exchange);
  const order = (await hashOfFile(paths.order)).sha256;
  const shards = await Promise.all(
    (await listShards(paths.shards)).map((name) => readShard(join(paths.shards, name), order)),
  );
  return shards.flatMap(({ rows }) => rows).toSorted((a, b) => a.image - b.image);
}

/** An engine that ends as soon as it was handed the image with this number. */
const endsOver =
  (id: number, died: () => void): Launcher =>
  async (program) => {
    const port = launchNode(program);
    if (!program.href.endsWith('/engine/main.ts')) return port;
    return {
      ...port,
      post: (message) => {
        port.post(message);
        if (
          !JSON.stringify(message, (_, value: unknown) => (ArrayBuffer.isView(value) ? 0 : value)).includes(
            `"id":${id},"target"`,
          )
        )
          return;
        died();
        port.close();
      },
    };
  };

describe('a task', { timeout: 120_000 }, () => {
  it('computes its share into a shard, and nothing when it is asked again', async () => {
    await using folder = await temporaryFolder();
    const exchange = await exchangeFolder(folder.path);
    expect(await runTask(place(exchange), launchNode, quiet)).toBe('done');
    const rows = await rowsIn(exchange);
    expect(rows.map(({ image }) => image)).toEqual([1, 2, 3, 4, 5]);
    expect(rows[0]!.files!.map(({ role }) => role)).toEqual(['reconstruction', 'latents']);
    expect(await stateOf(exchange)).toMatchObject({ state: 'done', done: count, inFlight: [], deaths: {} });
    expect(await runTask(place(exchange), launchNode, quiet)).toBe('done');
    expect(await listShards(exchangePaths(exchange).shards)).toHaveLength(1);
  });

  it('leaves out the image over which the engine ends, alone, three times, and computes the others', async () => {
    await using folder = await temporaryFolder();
    const exchange = await exchangeFolder(folder.path);
    let deaths = 0;
    expect(
      await runTask(
        place(exchange),
        endsOver(3, () => deaths++),
        quiet,
      ),
    ).toBe('done');
    const rows = await rowsIn(exchange);
    expect(rows.map(({ image, skipped }) => [image, skipped])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 'computing it has ended the process 3 times'],
      [4, undefined],
      [5, undefined],
    ]);
    // Three times alone; before that once with others, where some were being computed when it was handed out.
    expect([3, 4]).toContain(deaths);
  });

  it('that is stopped keeps what it has, and the next attempt does the rest', async () => {
    await using folder = await temporaryFolder();
    const exchange = await exchangeFolder(folder.path, version, 300);
    const stop = new AbortController();
    const slow = runTask(place(exchange), launchNode, { ...quiet, signal: stop.signal });
    // The state may go past two between two looks.
    while (((await stateOf(exchange).catch(() => undefined))?.done ?? 0) < 2)
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort('interrupted');
    expect(await slow).toBe('stopped');
    const kept = await rowsIn(exchange);
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(kept.length).toBeLessThan(count);
    expect(await runTask(place(exchange), launchNode, quiet)).toBe('done');
    expect((await rowsIn(exchange)).map(({ image }) => image)).toEqual([1, 2, 3, 4, 5]);
  });

  it('says that the order is of another version', async () => {
    await using folder = await temporaryFolder();
    const exchange = await exchangeFolder(folder.path, '0.0.1');
    await expect(runTask(place(exchange), launchNode, quiet)).rejects.toMatchObject({ kind: 'mismatch' });
    const reason = `version of Residua: expected 0.0.1, found ${version}`;
    expect(await stateOf(exchange)).toMatchObject({ state: 'failed', reason });
  });

  it('refuses a network that was replaced', async () => {
    await using folder = await temporaryFolder();
    const exchange = await exchangeFolder(folder.path);
    const network = referenceTo(tinyNetwork, (await hashOfFile(tinyNetwork)).sha256);
    await writeGrey(networkPath(exchange, network), 4, 4, () => 0);
    await expect(runTask(place(exchange), launchNode, quiet)).rejects.toMatchObject({ kind: 'content' });
    expect(await listShards(exchangePaths(exchange).shards)).toEqual([]);
  });
});

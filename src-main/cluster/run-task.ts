// A task: the engine, fed with a share of a run's images and drained into shards. It opens no catalog.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { HeldOutScores } from '../engine/protocol.ts';
import { isOfTheRun, type Outcome } from '../holdings/image-results.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { version } from '../platform/version.ts';
import { inWords } from '../platform/words.ts';
import { exchangePaths, readExchangeFile, type Share, submissionSchema, type TaskState } from './exchange.ts';
import { afterDeath, mostDeaths, suspecting } from './in-flight.ts';
import { listedSource, readListing } from './listing.ts';
import { checkedNetwork, readOrder, type TaskOrder } from './order.ts';
import { listShards, readManifest, ShardWriter } from './shard.ts';
import { TaskReport } from './task-report.ts';
import { computeShare } from './task-work.ts';

export interface TaskPlace {
  /** The exchange folder of the run. */
  readonly exchange: string;
  readonly submission: number;
  /** Of the share in the submission. */
  readonly index: number;
  /** Results are made a shard at least so often. */
  readonly shardSeconds: number;
}

/**
 * Computes what shards of its share do not have yet. When it is stopped it makes a shard of what it has; a later attempt does the
 * rest. An image over which the engine has ended several times, alone, is left out with that reason. Throws what concerns
 * the whole task, after noting it.
 */
export async function runTask(place: TaskPlace, launch: Launcher, control: JobControl): Promise<TaskState['state']> {
  const { exchange, submission, index } = place;
  const { shares } = await readExchangeFile(exchangePaths(exchange).submission(submission), submissionSchema);
  const share = shares[index];
  if (share === undefined) throw new Problem('missing', { what: 'share', name: `${submission}, ${index}` });
  const report = await TaskReport.begin(exchange, submission, share);
  try {
    const { order, sha256 } = await readOrder(exchange);
    for (const network of [order.network, order.localiser]) {
      if (network !== null) await checkedNetwork(exchange, network);
    }
    while (!(await attempt(place, share, { order, sha256 }, report, launch, control))) {
      // The engine has ended over an image: which one shows when these are computed one by one.
      await report.write({ deaths: afterDeath(report.state), inFlight: [] });
    }
    const state = control.signal.aborted ? 'stopped' : 'done';
    await report.write({ state, inFlight: [] });
    return state;
  } catch (error) {
    await report.write({ state: 'failed', reason: inWords(error), inFlight: [] }).catch(() => {});
    throw error;
  }
}

/** True when all is done or it was stopped; false when the engine has ended over an image. What was computed is a shard either way. */
async function attempt(
  { exchange, shardSeconds }: TaskPlace,
  share: Share,
  { order, sha256 }: { readonly order: TaskOrder; readonly sha256: string },
  report: TaskReport,
  launch: Launcher,
  control: JobControl,
): Promise<boolean> {
  const paths = exchangePaths(exchange);
  const { node, processor, deaths } = report.state;
  const writer = new ShardWriter(paths.shards, { order: sha256, version, share: share.name, node, processor });
  const stored = new Set(await shardedImages(exchange, share.name));
  let start: unknown = null;
  let calibration: HeldOutScores[] = [];
  let sealedAt = performance.now();
  const seal = async () => {
    const isFirst = calibration.length > 0 && writer.images.length > 0;
    await writer.seal({ start, ...(isFirst ? { calibration } : {}), ...report.seconds });
    if (isFirst) calibration = [];
    sealedAt = performance.now();
  };
  const add = async (outcomes: readonly Outcome[]) => {
    await writer.add(outcomes);
    for (const { image } of outcomes) stored.add(image);
    settled(outcomes.map(({ image }) => image));
    report.note({ done: stored.size });
    if (performance.now() - sealedAt > shardSeconds * 1000) await seal();
  };
  const decoder = openDecoderPool({ launch });
  const listed = listedSource(`share ${share.name}`, await readListing(paths.images, share), decoder);
  const { source, settled } = suspecting(listed, deaths, (inFlight) => report.note({ inFlight }));
  const normals = existsSync(paths.normals)
    ? listedSource('the normals', await readListing(paths.normals), decoder)
    : null;
  try {
    const culprits = Object.entries(deaths).filter(([id, count]) => count >= mostDeaths && !stored.has(Number(id)));
    const skipped = `computing it has ended the process ${mostDeaths} times`;
    await add(culprits.map(([id]) => ({ image: Number(id), skipped })));
    const sink = {
      start: (started: unknown) => {
        start = started;
      },
      has: ({ id }: { readonly id: number }) => stored.has(id),
      putCalibration: (normals: readonly HeldOutScores[]) => {
        calibration.push(...normals.map(({ id, values }) => ({ id, values: finiteOf(values) })));
      },
      put: add,
      skip: async ({ id }: { readonly id: number }, error: unknown) => {
        if (isOfTheRun(error)) throw error;
        await add([{ image: id, skipped: inWords(error) }]);
      },
    };
    await computeShare({ exchange, order, source, normals, sink, launch }, control);
    return true;
  } catch (error) {
    if (control.signal.aborted) return true;
    if (isProblem(error, 'process') && error.values.process === 'engine' && report.state.inFlight.length > 0)
      return false;
    throw error;
  } finally {
    await seal();
    await decoder.close();
  }
}

/** Numbers of a JSON file are finite. */
const finiteOf = (values: HeldOutScores['values']): HeldOutScores['values'] =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));

/** Images that shards of a share have already, in the catalog or not yet. */
async function shardedImages(exchange: string, share: string): Promise<readonly number[]> {
  const { shards, merged } = exchangePaths(exchange);
  const images: number[] = [];
  // In this order: a shard that is being moved is seen in one of them.
  for (const folder of [shards, merged]) {
    for (const name of await listShards(folder)) {
      if (!name.startsWith(`${share}-`)) continue;
      const manifest = await readManifest(join(folder, name)).catch(() => undefined);
      images.push(...(manifest?.images ?? []));
    }
  }
  return images;
}

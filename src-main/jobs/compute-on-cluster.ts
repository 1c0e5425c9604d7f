// A run whose images are computed by tasks: hands them its order and its images, and stores the shards that come back.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { extendProvenance, type Run, type recordResults } from '../catalog/tables/runs.ts';
import { getSetting, setSetting } from '../catalog/tables/settings.ts';
import { exchangePaths, readExchangeFile, writeExchangeFile } from '../cluster/exchange.ts';
import { followTasks } from '../cluster/follow-tasks.ts';
import { type ListedImage, placesOf, writeListing } from '../cluster/listing.ts';
import { networkPath, orderSchema, referenceTo, type TaskOrder } from '../cluster/order.ts';
import type { Scheduler } from '../cluster/scheduler.ts';
import { openScheduler } from '../cluster/schedulers.ts';
import { type ClusterSettings, readClusterSettings, type SchedulerName } from '../cluster/settings.ts';
import type { CheckedShard } from '../cluster/shard.ts';
import type { Rate } from '../cluster/share-plan.ts';
import type { HeldOutScores } from '../engine/protocol.ts';
import { entryOf } from '../holdings/catalog-images.ts';
import { clusterFile, exchangeFoldersOf } from '../holdings/exchange-folders.ts';
import type { MaskReader } from '../holdings/mask-reader.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { hashOfFile } from '../platform/hash-of-file.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { version } from '../platform/version.ts';
import { inWords } from '../platform/words.ts';
import { submissionsIn } from './cluster-tasks.ts';
import { mergeShard } from './merge-shard.ts';
import type { RunTools } from './run-program.ts';

/** A network's file, whose content is known. */
interface NetworkFile {
  readonly file: string;
  readonly sha256: string;
}

export interface ClusterWork {
  readonly scheduler: SchedulerName;
  readonly overrides: readonly string[];
  readonly work: TaskOrder['work'];
  readonly network: NetworkFile | null;
  readonly localiser: NetworkFile | null;
  readonly images: readonly number[];
  /** In the order in which they are drawn from; null: the work needs none. */
  readonly normals: readonly number[] | null;
  /** Null where no score looks at masks. */
  readonly masks: MaskReader | null;
  /** Told once what the first engine has found out. */
  readonly start: (start: never) => void;
  /** Told what held-out normals score, by each task that has found it out. */
  readonly calibrated?: (normals: readonly HeldOutScores[]) => void;
  /** Stores rows, where they are not those of the run's images. */
  readonly record?: typeof recordResults;
  /** Runs of one key take about as long for an image. */
  readonly rateKey: string;
}

/**
 * Computes the images by tasks and stores their results as they arrive, each exactly once. A run that was interrupted finds its tasks
 * again. Throws as `followTasks`, and what opening the scheduler throws.
 */
export async function computeOnCluster(run: Run, order: ClusterWork, tools: RunTools): Promise<void> {
  const { catalog, log } = tools;
  const settings = await readClusterSettings(clusterFile(catalog), order.overrides);
  const scheduler = await openScheduler[order.scheduler](settings);
  const exchange = await preparedExchange(run, order, settings, scheduler, tools);
  const undone = new Set(order.images);
  const processors = new Map<string, number>();
  let started = false;
  const merge = async (shard: CheckedShard) => {
    const { manifest } = shard;
    if (!started) order.start(manifest.start as never);
    started = true;
    order.calibrated?.(manifest.calibration ?? []);
    for (const { image, skipped } of shard.rows) {
      if (skipped !== undefined && undone.has(image)) log('skipped', `skipped ${skipped}`);
    }
    await mergeShard(catalog, run.id, shard, undone, order.record);
    const { processor, images } = manifest;
    processors.set(processor, (processors.get(processor) ?? 0) + images.length);
    if (processors.size === 2) {
      const names = [...processors.keys()].join(' and ');
      log('noted', `computed on processors of several kinds, which may differ in the last digits: ${names}`);
    }
    tools.changed('scores');
  };
  const rates = ratesSchema.parse(getSetting(catalog, ratesKey));
  const rate = await followTasks(
    { exchange, settings, scheduler, undone: () => undone, merge, rate: rates[order.rateKey], log },
    tools,
  );
  if (rate !== undefined) setSetting(catalog, ratesKey, { ...rates, [order.rateKey]: rate });
  extendProvenance(catalog, run.id, { cluster: { processors: Object.fromEntries(processors) } });
  const paths = exchangePaths(exchange);
  // Logs, tasks and what was submitted stay: they say how it went.
  for (const done of [paths.images, paths.normals, paths.shards, paths.merged]) {
    await rm(done, { recursive: true, force: true });
  }
}

const ratesKey = 'cluster rates';
const ratesSchema = z
  .record(z.string(), z.object({ startSeconds: z.number(), secondsPerImage: z.number() }))
  .catch({}) as z.ZodType<Readonly<Record<string, Rate>>>;

/** The exchange folder with order and listings; the one of an interrupted run, where it still says the same. */
async function preparedExchange(
  run: Run,
  { work, network, localiser, images, normals, masks, scheduler }: ClusterWork,
  settings: ClusterSettings,
  queue: Scheduler,
  { catalog }: RunTools,
): Promise<string> {
  const part = work.kind;
  const earlier = exchangeFoldersOf(run)[part];
  if (earlier !== undefined && (await isOfThisRun(earlier, images))) return earlier;
  if (earlier !== undefined) await endTasksIn(earlier, queue);
  const root = settings.exchange ?? catalog.path('exchange');
  const exchange = join(root, `run-${run.id}-${randomBytes(4).toString('hex')}`);
  const paths = exchangePaths(exchange);
  makeFolder(exchange);
  for (const each of [network, localiser]) if (each !== null) await copyNetwork(exchange, each);
  await writeListing(paths.images, listed(catalog, images, masks));
  if (normals !== null) await writeListing(paths.normals, listed(catalog, normals, null));
  const reference = (each: NetworkFile | null) => (each === null ? null : referenceTo(each.file, each.sha256));
  const order: TaskOrder = {
    version,
    run: run.id,
    network: reference(network),
    localiser: reference(localiser),
    work,
  };
  await writeExchangeFile(paths.order, order);
  extendProvenance(catalog, run.id, { cluster: { scheduler, folders: { [part]: exchange } } });
  return exchange;
}

/** Ends the tasks of a folder that is given up, as far as it says which they are. */
async function endTasksIn(exchange: string, queue: Scheduler): Promise<void> {
  const submissions = await submissionsIn(exchange).catch(() => []);
  await queue.cancel(submissions.flatMap(({ job }) => job ?? [])).catch(() => {});
}

async function isOfThisRun(exchange: string, images: readonly number[]): Promise<boolean> {
  const paths = exchangePaths(exchange);
  const order = await readExchangeFile(paths.order, orderSchema).catch(() => undefined);
  if (order?.version !== version || !existsSync(paths.images)) return false;
  try {
    const listed = new Set((await placesOf(paths.images)).map(({ id }) => id));
    await submissionsIn(exchange);
    return images.every((id) => listed.has(id));
  } catch {
    // Damaged: what is not in the catalog is computed again.
    return false;
  }
}

/** Networks lie beside the exchange folders of runs, named by their content. */
export async function copyNetwork(exchange: string, { file, sha256 }: NetworkFile): Promise<void> {
  const target = networkPath(exchange, referenceTo(file, sha256));
  const found = existsSync(target) ? (await hashOfFile(target)).sha256 : undefined;
  if (found !== sha256) await writeFileAtomic(target, await readFile(file));
}

/** Images as a task finds them. Patients get numbers: who they are is nobody's business there. */
export async function* listed(
  catalog: Catalog,
  ids: ArrayLike<number>,
  masks: MaskReader | null,
): AsyncGenerator<ListedImage> {
  const patients = new Map<string, string>();
  const numberOf = (patient: string) => {
    const known = patients.get(patient) ?? `${patients.size + 1}`;
    patients.set(patient, known);
    return known;
  };
  const all = Array.from(ids);
  for (let first = 0; first < all.length; first += 1000) {
    for (const record of imageRecords(catalog, all.slice(first, first + 1000))) {
      const { id, frame, sha256, source, patient } = record;
      const mask = await masks?.place(id, 'region').catch((error: unknown) => inWords(error));
      yield {
        id,
        entry: entryOf(record),
        frame,
        sha256,
        source,
        ...(patient === null ? {} : { patient: numberOf(patient) }),
        ...(mask === undefined ? {} : typeof mask === 'string' ? { maskFault: mask } : { mask }),
      };
    }
  }
}

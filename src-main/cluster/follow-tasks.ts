// Follows the tasks of a run to its end: merges shards as they arrive, submits what failed again, and starts over where it was left.

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, Problem, systemCode } from '../platform/errors.ts';
import { hashOfFile } from '../platform/hash-of-file.ts';
import type { JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { inWords } from '../platform/words.ts';
import {
  exchangePaths,
  readExchangeFile,
  type Share,
  type TaskState,
  taskStateSchema,
  writeExchangeFile,
} from './exchange.ts';
import type { LiveTask, Scheduler } from './scheduler.ts';
import type { ClusterSettings } from './settings.ts';
import { type CheckedShard, listShards, readManifest, readShard } from './shard.ts';
import { pilotImages, type Rate, taskCount } from './share-plan.ts';
import { clusterStatus } from './status.ts';
import { type FollowedShare, SubmittedShares } from './submitted-shares.ts';

export interface FollowedRun {
  readonly exchange: string;
  readonly settings: ClusterSettings;
  readonly scheduler: Scheduler;
  /** Which images of the listing the catalog does not have results of. */
  readonly undone: () => ReadonlySet<number>;
  /** Stores a shard's results: those of images that are undone. What it resolves with is said in the log. */
  readonly merge: (shard: CheckedShard) => Promise<void>;
  /** Of earlier runs of this kind; undefined where unknown. */
  readonly rate: Rate | undefined;
  readonly log: (level: 'information' | 'noted' | 'problem', text: string) => void;
}

/** Seconds that a shard of a task that is over may take to be seen: shared storage shows new files late. */
const lateness = 3;
/** Seconds between two looks at tasks of this machine. */
const localPoll = 0.5;

/**
 * Resolves with the measured rate once every image is done. A share fails when its task ends without results; it is submitted again, on another
 * node, as often as the settings allow. Throws `run` with the last reason beyond that, and `cancelled` when it is stopped:
 * paused and cancelled runs end their tasks, an interrupted one leaves them alone and finds them again.
 */
export async function followTasks(run: FollowedRun, control: JobControl): Promise<Rate | undefined> {
  const shares = await SubmittedShares.open(run.exchange, run.scheduler);
  const order = (await hashOfFile(exchangePaths(run.exchange).order)).sha256;
  return new Follower(run, shares, order, control).follow();
}

class Follower {
  readonly #run: FollowedRun;
  readonly #control: JobControl;
  readonly #paths: ReturnType<typeof exchangePaths>;
  readonly #shares: SubmittedShares;
  readonly #failedNodes = new Set<string>();
  readonly #lastNode = new Map<string, string>();
  /** Shares whose tasks were seen to be over before their results were. */
  readonly #overSince = new Map<string, number>();
  readonly #lateness: number;
  /** SHA-256 of the order. */
  readonly #order: string;
  #rate: Rate | undefined;
  #silentSince: number | undefined;
  /** Why tasks waited when that was last said. */
  #saidWhy = '';

  constructor(run: FollowedRun, shares: SubmittedShares, order: string, control: JobControl) {
    this.#run = run;
    this.#shares = shares;
    this.#order = order;
    this.#control = control;
    this.#paths = exchangePaths(run.exchange);
    this.#rate = run.rate;
    this.#lateness = run.scheduler.name === 'local' ? 0 : lateness * 1000;
  }

  /** As `followTasks`. Where it fails, no task goes on that nobody collects. */
  async follow(): Promise<Rate | undefined> {
    try {
      return await this.#follow();
    } catch (error) {
      if (!isProblem(error, 'cancelled')) await this.#endTasks();
      throw error;
    }
  }

  async #follow(): Promise<Rate | undefined> {
    const { settings, scheduler, undone } = this.#run;
    for (const folder of [this.#paths.shards, this.#paths.merged, this.#paths.tasks, this.#paths.logs])
      makeFolder(folder);
    await this.#learnFromBefore();
    for (;;) {
      await this.#mergeAll();
      const left = undone();
      if (left.size === 0) break;
      const states = await this.#taskStates();
      const live = await this.#live();
      if (live !== undefined) {
        await this.#submitWhatIsMissing(left, states, live);
        await this.#say(left, states, live);
      }
      await this.#wait(scheduler.name === 'local' ? Math.min(localPoll, settings.pollSeconds) : settings.pollSeconds);
    }
    await this.#endTasks();
    return this.#rate;
  }

  /** The rate that an earlier follower has learned. */
  async #learnFromBefore(): Promise<void> {
    for (const name of await listShards(this.#paths.merged)) {
      if (this.#rate !== undefined) return;
      const manifest = await readManifest(join(this.#paths.merged, name)).catch(() => undefined);
      if (manifest !== undefined) this.#learn(manifest);
    }
  }

  /** Stores every shard that is there. What cannot be used is put aside, and its images are computed again. */
  async #mergeAll(): Promise<void> {
    for (const name of await listShards(this.#paths.shards)) {
      if (this.#control.signal.reason === 'interrupted') return;
      const folder = join(this.#paths.shards, name);
      try {
        const shard = await readShard(folder, this.#order);
        await this.#run.merge(shard);
        this.#learn(shard.manifest);
        await rm(join(this.#paths.merged, name), { recursive: true, force: true });
        await rename(folder, join(this.#paths.merged, name));
        // What it held is in the catalog; which images it was stays here for its task.
        for (const part of ['rows.jsonl', 'files.bin']) await rm(join(this.#paths.merged, name, part), { force: true });
      } catch (error) {
        if (!isOfShard(error)) throw error;
        this.#run.log('noted', `shard ${name} refused: ${inWords(error)}`);
        makeFolder(this.#paths.refused);
        await rm(join(this.#paths.refused, name), { recursive: true, force: true });
        await rename(folder, join(this.#paths.refused, name));
      }
    }
  }

  #learn({ startSeconds, workSeconds, images }: CheckedShard['manifest']): void {
    if (workSeconds > 0) this.#rate = { startSeconds, secondsPerImage: workSeconds / images.length };
  }

  async #taskStates(): Promise<ReadonlyMap<string, TaskState>> {
    const states = new Map<string, TaskState>();
    for (const { share } of this.#shares.all) {
      const state = await readExchangeFile(this.#paths.task(share.name), taskStateSchema).catch(() => undefined);
      if (state !== undefined) states.set(share.name, state);
    }
    return states;
  }

  /** The tasks that wait or run; undefined while the scheduler does not answer. */
  async #live(): Promise<readonly LiveTask[] | undefined> {
    try {
      const tasks = await this.#run.scheduler.tasks(this.#shares.jobs);
      if (this.#silentSince !== undefined) this.#run.log('information', 'the scheduler answers again');
      this.#silentSince = undefined;
      return tasks;
    } catch (error) {
      if (this.#silentSince === undefined) this.#run.log('noted', `the scheduler does not answer: ${inWords(error)}`);
      this.#silentSince ??= performance.now();
      return undefined;
    }
  }

  async #submitWhatIsMissing(
    left: ReadonlySet<number>,
    states: ReadonlyMap<string, TaskState>,
    live: readonly LiveTask[],
  ): Promise<void> {
    const busy = this.#shares.liveOf(live);
    for (const [name, { node }] of busy) if (node !== null) this.#lastNode.set(name, node);
    const again: Share[] = [];
    for (const followed of this.#shares.all) {
      const { share, images } = followed;
      const since = this.#overSince.get(share.name);
      if (busy.has(share.name) || !images.some((id) => left.has(id))) this.#overSince.delete(share.name);
      else if (since === undefined) this.#overSince.set(share.name, performance.now());
      else if (performance.now() - since >= this.#lateness) {
        this.#overSince.delete(share.name);
        if (this.#shares.isOwn(followed)) await this.#judge(followed, states.get(share.name), left);
        again.push(share);
      }
    }
    if (again.length > 0) await this.#submit(again);
    const isAnyLeft = this.#shares.all.some(({ images }) => images.some((id) => left.has(id)));
    const isPilotAway = this.#rate === undefined && isAnyLeft;
    if (this.#shares.undivided.length > 0 && !isPilotAway) await this.#submitNew(left);
  }

  /** Counts a failure, unless the task was stopped. Throws `run` when there were too many. */
  async #judge(followed: FollowedShare, state: TaskState | undefined, left: ReadonlySet<number>): Promise<void> {
    const { share } = followed;
    const last = await this.#shares.lastAttempt(followed);
    const own = state?.submission === last.number ? state : undefined;
    // A stop is no failure, unless nothing is ever done before it.
    const isStop = own?.state === 'stopped';
    const count = followed.images.filter((id) => left.has(id)).length;
    const isFutile = isStop && count === followed.leftAtStop;
    if (isStop) followed.leftAtStop = count;
    if (isStop && !isFutile) return;
    followed.failures++;
    followed.reason = isStop
      ? 'its task was stopped before it had a result; is its time limit too short?'
      : (own?.reason ?? last.words ?? 'its task ended without a result');
    const node = own?.node ?? last.node ?? this.#lastNode.get(share.name);
    this.#run.log('noted', `share ${share.name} failed${node === undefined ? '' : ` on ${node}`}: ${followed.reason}`);
    if (node !== undefined) this.#failedNodes.add(node);
    if (followed.failures < this.#run.settings.attempts) return;
    const times = followed.failures === 1 ? 'once' : `${followed.failures} times`;
    throw new Problem('run', { run: `share ${share.name} failed ${times}`, reason: followed.reason });
  }

  /** Divides what is not in a share yet: a pilot while the rate is not known, then all of it. */
  async #submitNew(left: ReadonlySet<number>): Promise<void> {
    const rest = this.#shares.undivided;
    const isKnown = this.#rate !== undefined || rest.length <= pilotImages;
    const lines = isKnown ? rest : rest.slice(0, pilotImages);
    const count = this.#rate === undefined ? 1 : taskCount(lines.length, this.#rate, this.#run.scheduler);
    const shares = this.#shares.divide(lines, count);
    await this.#submit(shares.filter(({ images }) => images.some((id) => left.has(id))).map(({ share }) => share));
  }

  async #submit(shares: readonly Share[]): Promise<void> {
    for (const line of await this.#shares.submit(shares, this.#excluded())) this.#run.log('information', line);
  }

  /** Nodes that failed, unless these are all there are: then a task may be tried there again. */
  #excluded(): string[] {
    const { scheduler } = this.#run;
    return scheduler.name === 'local' || this.#failedNodes.size >= scheduler.nodes ? [] : [...this.#failedNodes];
  }

  async #say(
    left: ReadonlySet<number>,
    states: ReadonlyMap<string, TaskState>,
    live: readonly LiveTask[],
  ): Promise<void> {
    const { scheduler } = this.#run;
    const total = this.#shares.places.length;
    const status = clusterStatus({
      scheduler: scheduler.name,
      jobs: this.#shares.jobs,
      shares: this.#shares.all.map(({ share, images, failures, reason }) => ({
        name: share.name,
        left: images.filter((id) => left.has(id)).length,
        failures,
        reason,
      })),
      tasks: this.#shares.liveOf(live),
      states,
      submitted: this.#shares.undivided.length === 0,
      left: left.size,
      total,
    });
    await writeExchangeFile(this.#paths.status, status);
    const done = total - left.size + status.computing;
    this.#control.report({ stage: 'computing on the cluster', done, total });
    const why = status.running === 0 ? status.reasons.join(', ') : '';
    if (why !== '' && why !== this.#saidWhy) this.#run.log('noted', `tasks wait: ${why}`);
    this.#saidWhy = why;
  }

  async #wait(seconds: number): Promise<void> {
    const { signal } = this.#control;
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, seconds * 1000);
        signal.addEventListener('abort', end);
      });
    }
    if (!signal.aborted) return;
    // Closing the program leaves the tasks alone; whoever pauses or cancels a run ends them.
    if (signal.reason !== 'interrupted') {
      await this.#endTasks();
      await this.#mergeAll();
    }
    throw new Problem('cancelled', { job: 'the run on the cluster' });
  }

  async #endTasks(): Promise<void> {
    await this.#run.scheduler
      .cancel(this.#shares.jobs)
      .catch((error: unknown) => this.#run.log('noted', `tasks could not be ended: ${inWords(error)}`));
  }
}

/** True for a failure that says something about a shard alone: it is put aside, and the others are stored. */
function isOfShard(error: unknown): boolean {
  if (isProblem(error)) return error.kind === 'mismatch' || error.kind === 'content' || error.kind === 'file';
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return true;
  return /^(ENOENT|EISDIR|ENOTDIR|SQLITE_CONSTRAINT\w*)$/.test(systemCode(error) ?? '');
}

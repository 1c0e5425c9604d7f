// Follows the tasks of a run to its end: merges shards as they arrive, submits what failed again, and starts over where it was left.
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { inWords } from '../platform/words.ts';
import {
  exchangePaths,
  readExchangeFile,
  type Share,
  type Submission,
  sha256OfFile,
  submissionSchema,
  type TaskState,
  taskStateSchema,
  writeExchangeFile,
} from './exchange.ts';
import { type LinePlace, placesOf } from './listing.ts';
import type { LiveTask, Scheduler } from './scheduler.ts';
import type { ClusterSettings } from './settings.ts';
import { type CheckedShard, listShards, readManifest, readShard } from './shard.ts';
import { divide, pilotImages, type Rate, taskCount } from './share-plan.ts';
import { clusterStatus } from './status.ts';
import { readLog } from './task-log.ts';

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

/** A share with what became of it so far. */
interface Followed {
  readonly share: Share;
  readonly images: readonly number[];
  failures: number;
  reason: string;
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
  return new Follower(run, control).follow();
}

class Follower {
  readonly #run: FollowedRun;
  readonly #control: JobControl;
  readonly #paths: ReturnType<typeof exchangePaths>;
  readonly #submissions: Submission[] = [];
  readonly #shares = new Map<string, Followed>();
  readonly #failedNodes = new Set<string>();
  readonly #lastNode = new Map<string, string>();
  /** Shares whose tasks were seen to be over before their results were. */
  readonly #overSince = new Map<string, number>();
  /** Shares that this follower has submitted: tasks of an earlier one may have ended with its machine, which is no failure. */
  readonly #own = new Set<string>();
  readonly #lateness: number;
  #order = '';
  #places: readonly LinePlace[] = [];
  /** Lines that are in shares. */
  #divided = 0;
  #rate: Rate | undefined;
  #silentSince: number | undefined;

  constructor(run: FollowedRun, control: JobControl) {
    this.#run = run;
    this.#control = control;
    this.#paths = exchangePaths(run.exchange);
    this.#rate = run.rate;
    this.#lateness = run.scheduler.name === 'local' ? 0 : lateness * 1000;
  }

  async follow(): Promise<Rate | undefined> {
    const { settings, scheduler, undone } = this.#run;
    this.#order = await sha256OfFile(this.#paths.order);
    this.#places = await placesOf(this.#paths.images);
    for (const folder of [this.#paths.shards, this.#paths.merged, this.#paths.tasks, this.#paths.logs])
      makeFolder(folder);
    await this.#remember();
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

  /** What an earlier follower has submitted. */
  async #remember(): Promise<void> {
    const names = await readdir(this.#paths.submissions).catch(() => []);
    const numbers = names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
    for (const number of numbers.toSorted((a, b) => a - b)) {
      const submission = await readExchangeFile(this.#paths.submission(number), submissionSchema);
      const [found] = submission.job === null ? await this.#run.scheduler.find(submission.name) : [];
      this.#submissions.push(found === undefined ? submission : { ...submission, job: found });
      for (const share of submission.shares) this.#follow(share);
    }
    for (const name of await listShards(this.#paths.merged)) {
      const manifest = await readManifest(join(this.#paths.merged, name)).catch(() => undefined);
      if (manifest !== undefined && this.#rate === undefined) this.#learn(manifest);
    }
  }

  #follow(share: Share): void {
    if (this.#shares.has(share.name)) return;
    const first = this.#places.findIndex(({ offset }) => offset === share.offset);
    if (first < 0)
      throw new Problem('content', { file: this.#paths.images, reason: 'does not have the lines of a share' });
    const images = this.#places.slice(first, first + share.count).map(({ id }) => id);
    this.#shares.set(share.name, { share, images, failures: 0, reason: '' });
    this.#divided = Math.max(this.#divided, first + share.count);
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
        await rename(folder, join(this.#paths.merged, name));
        // What it held is in the catalog; which images it was stays here for its task.
        for (const part of ['rows.jsonl', 'files.bin']) await rm(join(this.#paths.merged, name, part), { force: true });
      } catch (error) {
        if (!isProblem(error, 'mismatch') && !isProblem(error, 'content')) throw error;
        this.#run.log('problem', `shard refused: ${inWords(error)}`);
        makeFolder(this.#paths.refused);
        await rename(folder, join(this.#paths.refused, name));
      }
    }
  }

  #learn({ startSeconds, workSeconds, images }: CheckedShard['manifest']): void {
    if (workSeconds > 0) this.#rate = { startSeconds, secondsPerImage: workSeconds / images.length };
  }

  async #taskStates(): Promise<ReadonlyMap<string, TaskState>> {
    const states = new Map<string, TaskState>();
    for (const name of this.#shares.keys()) {
      const state = await readExchangeFile(this.#paths.task(name), taskStateSchema).catch(() => undefined);
      if (state !== undefined) states.set(name, state);
    }
    return states;
  }

  /** The tasks that wait or run; undefined while the scheduler does not answer. */
  async #live(): Promise<readonly LiveTask[] | undefined> {
    try {
      const tasks = await this.#run.scheduler.tasks(this.#submissions.flatMap(({ job }) => job ?? []));
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
    const busy = this.#sharesOf(live);
    for (const [name, { node }] of busy) if (node !== null) this.#lastNode.set(name, node);
    const again: Share[] = [];
    for (const followed of this.#shares.values()) {
      const { share, images } = followed;
      const since = this.#overSince.get(share.name);
      if (busy.has(share.name) || !images.some((id) => left.has(id))) this.#overSince.delete(share.name);
      else if (since === undefined) this.#overSince.set(share.name, performance.now());
      else if (performance.now() - since >= this.#lateness) {
        this.#overSince.delete(share.name);
        if (this.#own.has(share.name)) await this.#judge(followed, states.get(share.name));
        again.push(share);
      }
    }
    if (again.length > 0) await this.#submit(again);
    const isPilotAway = this.#rate === undefined && this.#shares.size > 0 && this.#anyLeft(left);
    if (this.#divided < this.#places.length && !isPilotAway) await this.#submitNew(left);
  }

  #anyLeft(left: ReadonlySet<number>): boolean {
    return [...this.#shares.values()].some(({ images }) => images.some((id) => left.has(id)));
  }

  /** Counts a failure, unless the task was stopped. Throws `run` when there were too many. */
  async #judge(followed: Followed, state: TaskState | undefined): Promise<void> {
    const { share } = followed;
    const submission = this.#submissions.findLast(({ shares }) => shares.some(({ name }) => name === share.name))!;
    const own = state?.submission === submission.number ? state : undefined;
    if (own?.state === 'stopped') return;
    followed.failures++;
    followed.reason = own?.reason ?? (await this.#lastWords(submission, share)) ?? 'its task ended without a result';
    const node = own?.node ?? this.#lastNode.get(share.name);
    this.#run.log('noted', `share ${share.name} failed${node === undefined ? '' : ` on ${node}`}: ${followed.reason}`);
    if (node !== undefined) this.#failedNodes.add(node);
    if (followed.failures < this.#run.settings.attempts) return;
    const times = followed.failures === 1 ? 'once' : `${followed.failures} times`;
    throw new Problem('run', { run: `share ${share.name} failed ${times}`, reason: followed.reason });
  }

  /** The last line that the task of a share has printed. */
  async #lastWords({ job, shares }: Submission, { name }: Share): Promise<string | undefined> {
    const index = shares.findIndex((each) => each.name === name);
    const lines = await readLog(join(this.#paths.logs, `${job}_${index}.log`));
    return lines.at(-1);
  }

  /** Divides what is not in a share yet: a pilot while the rate is not known, then all of it. */
  async #submitNew(left: ReadonlySet<number>): Promise<void> {
    const rest = this.#places.slice(this.#divided);
    const isKnown = this.#rate !== undefined || rest.length <= pilotImages;
    const lines = isKnown ? rest : rest.slice(0, pilotImages);
    const count = this.#rate === undefined ? 1 : taskCount(lines.length, this.#rate, this.#run.scheduler);
    const shares = divide(lines, count, this.#shares.size);
    for (const share of shares) this.#follow(share);
    await this.#submit(shares.filter(({ name }) => this.#shares.get(name)!.images.some((id) => left.has(id))));
  }

  async #submit(shares: readonly Share[]): Promise<void> {
    const { scheduler, exchange, log } = this.#run;
    for (let first = 0; first < shares.length; first += scheduler.mostTasks) {
      const part = shares.slice(first, first + scheduler.mostTasks);
      const number = (this.#submissions.at(-1)?.number ?? 0) + 1;
      const name = `residua-${randomBytes(6).toString('hex')}`;
      const exclude = this.#excluded();
      const submission: Submission = { number, name, job: null, shares: part, exclude };
      await writeExchangeFile(this.#paths.submission(number), submission);
      this.#submissions.push(submission);
      const job = await scheduler.submit({ name, exchange, submission: number, count: part.length, exclude });
      const known = { ...submission, job };
      this.#submissions[this.#submissions.length - 1] = known;
      await writeExchangeFile(this.#paths.submission(number), known);
      for (const share of part) this.#own.add(share.name);
      log(
        'information',
        `${part.length} ${part.length === 1 ? 'task' : 'tasks'} submitted to ${scheduler.name}: ${job}`,
      );
    }
  }

  /** Nodes that failed, unless these are all there are: then a task may be tried there again. */
  #excluded(): string[] {
    const { scheduler } = this.#run;
    return scheduler.name === 'local' || this.#failedNodes.size >= scheduler.nodes ? [] : [...this.#failedNodes];
  }

  /** Name of a share -> its live task. */
  #sharesOf(live: readonly LiveTask[]): ReadonlyMap<string, LiveTask> {
    const byJob = new Map(this.#submissions.map((submission) => [submission.job, submission]));
    return new Map(
      live.flatMap((task) => {
        const share = byJob.get(task.job)?.shares[task.index];
        return share === undefined ? [] : [[share.name, task] as const];
      }),
    );
  }

  async #say(
    left: ReadonlySet<number>,
    states: ReadonlyMap<string, TaskState>,
    live: readonly LiveTask[],
  ): Promise<void> {
    const { scheduler } = this.#run;
    const status = clusterStatus({
      scheduler: scheduler.name,
      jobs: this.#submissions.flatMap(({ job }) => job ?? []),
      shares: [...this.#shares.values()].map(({ share, images, failures, reason }) => ({
        name: share.name,
        left: images.filter((id) => left.has(id)).length,
        failures,
        reason,
      })),
      tasks: this.#sharesOf(live),
      states,
      submitted: this.#divided === this.#places.length,
      left: left.size,
      total: this.#places.length,
    });
    await writeExchangeFile(this.#paths.status, status);
    const computed = this.#places.length - left.size + status.computing;
    this.#control.report({
      stage: 'computing on the cluster',
      done: computed,
      total: this.#places.length,
      note: status.summary,
    });
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
    const jobs = this.#submissions.flatMap(({ job }) => job ?? []);
    await this.#run.scheduler
      .cancel(jobs)
      .catch((error: unknown) => this.#run.log('noted', `tasks could not be ended: ${inWords(error)}`));
  }
}

// The shares of a run and the arrays that they were submitted in, as the exchange folder keeps them: whoever follows next knows both.
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../platform/errors.ts';
import {
  exchangePaths,
  readExchangeFile,
  type Share,
  type Submission,
  submissionSchema,
  writeExchangeFile,
} from './exchange.ts';
import { type LinePlace, placesOf } from './listing.ts';
import type { LiveTask, Scheduler } from './scheduler.ts';
import { divide } from './share-plan.ts';
import { nodeLine } from './slurm-script.ts';
import { readLog } from './task-log.ts';

/** A share with what became of it so far. */
export interface FollowedShare {
  readonly share: Share;
  readonly images: readonly number[];
  failures: number;
  /** Images without a result when its task was last stopped. */
  leftAtStop: number;
  /** Of the last failure, in words. */
  reason: string;
}

export class SubmittedShares {
  readonly #exchange: string;
  readonly #paths: ReturnType<typeof exchangePaths>;
  readonly #scheduler: Scheduler;
  readonly #submissions: Submission[] = [];
  readonly #byName = new Map<string, FollowedShare>();
  /** Submitted by this process: tasks of an earlier one may have ended with its machine, which is no failure. */
  readonly #own = new Set<string>();
  /** The lines of the listing, in order. */
  readonly places: readonly LinePlace[];
  #divided = 0;

  private constructor(exchange: string, scheduler: Scheduler, places: readonly LinePlace[]) {
    this.#exchange = exchange;
    this.#paths = exchangePaths(exchange);
    this.#scheduler = scheduler;
    this.places = places;
  }

  /** Starts from earlier submissions; an array whose job number was not saved is looked up by its name. */
  static async open(exchange: string, scheduler: Scheduler): Promise<SubmittedShares> {
    const paths = exchangePaths(exchange);
    const shares = new SubmittedShares(exchange, scheduler, await placesOf(paths.images));
    const names = await readdir(paths.submissions).catch(() => []);
    const numbers = names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
    for (const number of numbers.toSorted((a, b) => a - b)) {
      const submission = await readExchangeFile(paths.submission(number), submissionSchema);
      const [found] = submission.job === null ? await scheduler.find(submission.name) : [];
      shares.#submissions.push(found === undefined ? submission : { ...submission, job: found });
      for (const share of submission.shares) shares.#add(share);
    }
    return shares;
  }

  get all(): readonly FollowedShare[] {
    return [...this.#byName.values()];
  }

  /** The scheduler's numbers of the arrays. */
  get jobs(): readonly string[] {
    return this.#submissions.flatMap(({ job }) => job ?? []);
  }

  /** Lines that are in no share yet. */
  get undivided(): readonly LinePlace[] {
    return this.places.slice(this.#divided);
  }

  isOwn({ share }: FollowedShare): boolean {
    return this.#own.has(share.name);
  }

  /** Divides lines, which follow the last share, into `count` shares. */
  divide(lines: readonly LinePlace[], count: number): readonly FollowedShare[] {
    return divide(lines, count, this.#byName.size).map((share) => this.#add(share));
  }

  /** Gives shares to the scheduler, in as many arrays as its limit asks for; what was submitted, in words. */
  async submit(shares: readonly Share[], exclude: readonly string[]): Promise<readonly string[]> {
    const { mostTasks, name: scheduler } = this.#scheduler;
    const said: string[] = [];
    for (let first = 0; first < shares.length; first += mostTasks) {
      const part = shares.slice(first, first + mostTasks);
      const number = (this.#submissions.at(-1)?.number ?? 0) + 1;
      const name = `residua-${randomBytes(6).toString('hex')}`;
      const submission: Submission = { number, name, job: null, shares: part, exclude: [...exclude] };
      await writeExchangeFile(this.#paths.submission(number), submission);
      this.#submissions.push(submission);
      const request = { name, exchange: this.#exchange, submission: number, count: part.length, exclude };
      const job = await this.#scheduler.submit(request);
      this.#submissions[this.#submissions.length - 1] = { ...submission, job };
      await writeExchangeFile(this.#paths.submission(number), { ...submission, job });
      for (const share of part) this.#own.add(share.name);
      said.push(`${part.length} ${part.length === 1 ? 'task' : 'tasks'} submitted to ${scheduler}: ${job}`);
    }
    return said;
  }

  /** Name of a share -> its live task. */
  liveOf(live: readonly LiveTask[]): ReadonlyMap<string, LiveTask> {
    const byJob = new Map(this.#submissions.map((submission) => [submission.job, submission]));
    return new Map(
      live.flatMap((task) => {
        const share = byJob.get(task.job)?.shares[task.index];
        return share === undefined ? [] : [[share.name, task] as const];
      }),
    );
  }

  /** The number of the last submission of a share, the last line that its task has printed, and its node. */
  async lastAttempt({ share }: FollowedShare): Promise<{
    readonly number: number;
    readonly words: string | undefined;
    readonly node: string | undefined;
  }> {
    const { number, job, shares } = this.#submissions.findLast((each) =>
      each.shares.some(({ name }) => name === share.name),
    )!;
    const index = shares.findIndex(({ name }) => name === share.name);
    const lines = await readLog(join(this.#paths.logs, `${job}_${index}.log`));
    const isNode = (line: string) => line.startsWith(nodeLine);
    const node = lines.findLast(isNode)?.slice(nodeLine.length);
    return { number, words: lines.findLast((line) => !isNode(line)), node };
  }

  #add(share: Share): FollowedShare {
    const known = this.#byName.get(share.name);
    if (known !== undefined) return known;
    const first = this.places.findIndex(({ offset }) => offset === share.offset);
    if (first < 0) {
      throw new Problem('content', { file: this.#paths.images, reason: 'does not have the lines of a share' });
    }
    const images = this.places.slice(first, first + share.count).map(({ id }) => id);
    const followed = { share, images, failures: 0, leftAtStop: images.length, reason: '' };
    this.#byName.set(share.name, followed);
    this.#divided = Math.max(this.#divided, first + share.count);
    return followed;
  }
}

// What a task says about itself in the exchange folder: how far it is, and which images it is computing.
import { availableParallelism, cpus, hostname } from 'node:os';
import {
  exchangePaths,
  readExchangeFile,
  type Share,
  type TaskState,
  taskStateSchema,
  writeExchangeFile,
} from './exchange.ts';
import { afterDeath } from './in-flight.ts';

/** Milliseconds between two notes of the same state, at least. */
const noteEvery = 1000;

/** The state of one attempt, written whenever it changes, though not more than once a second. */
export class TaskReport {
  readonly #file: string;
  readonly #began = performance.now();
  #state: TaskState;
  #notedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, state: TaskState) {
    this.#file = file;
    this.#state = state;
  }

  /** Begins an attempt at a share, with what the one before it has left. */
  static async begin(exchange: string, submission: number, share: Share): Promise<TaskReport> {
    const file = exchangePaths(exchange).task(share.name);
    const before = await readExchangeFile(file, taskStateSchema).catch(() => undefined);
    const report = new TaskReport(file, {
      share: share.name,
      submission,
      state: 'running',
      reason: null,
      node: process.env.SLURMD_NODENAME ?? hostname(),
      processor: `${cpus()[0]?.model.trim() ?? process.arch}, ${process.env.RESIDUA_THREADS ?? availableParallelism()} threads`,
      done: 0,
      total: share.count,
      startSeconds: 0,
      workSeconds: 0,
      inFlight: [],
      // One that ended without a word may have ended for what it was computing.
      deaths: before === undefined ? {} : before.state === 'running' ? afterDeath(before) : before.deaths,
    });
    await report.write();
    return report;
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Seconds until the first image, and since then. */
  get seconds(): Pick<TaskState, 'startSeconds' | 'workSeconds'> {
    const { startSeconds } = this.#state;
    return { startSeconds, workSeconds: startSeconds === 0 ? 0 : this.#elapsed - startSeconds };
  }

  get #elapsed(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Changes the state; it is written soon. */
  note(change: Partial<TaskState>): void {
    const isFirst = this.#state.startSeconds === 0 && (change.inFlight?.length ?? 0) > 0;
    this.#state = { ...this.#state, ...change, ...(isFirst ? { startSeconds: this.#elapsed } : {}) };
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        // A drive that is full is found out by whoever writes results.
        void this.write().catch(() => {});
      },
      Math.max(0, this.#notedAt + noteEvery - performance.now()),
    );
  }

  /** Writes the state as it is now. */
  write(change: Partial<TaskState> = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#notedAt = performance.now();
    this.#state = { ...this.#state, ...change };
    const written = this.#writing.then(() => writeExchangeFile(this.#file, { ...this.#state, ...this.seconds }));
    this.#writing = written.catch(() => {});
    return written;
  }
}
